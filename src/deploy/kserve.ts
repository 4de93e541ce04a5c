import { inferenceService, type Resources, resourcesOf } from '#conventions/kserve.js';
import type { Deployable } from './deployable.js';
import { serveCommand } from './docker.js';
import type { KserveOptions } from './options.js';

/** Seconds that accepted requests may take when a pod ends, and those after which Kubernetes ends it for good. */
const DRAIN_SECONDS = 20;
const GRACE_SECONDS = 30;

/** The resource of a KServe InferenceService whose predictor is the container of `mar deploy docker`. */
export function containerService(
  archive: Deployable,
  names: { readonly name: string; readonly namespace?: string | undefined },
  { image, workers = 1 }: Pick<KserveOptions, 'image' | 'workers'>,
  requests: Resources,
): string {
  const more = ['--workers', String(workers), '--shutdown-timeout', String(DRAIN_SECONDS)];
  const [command = '', ...args] = serveCommand(archive, more);
  return inferenceService(names, {
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [
      {
        name: 'kserve-container',
        image,
        command: [command],
        args,
        ports: [{ containerPort: 8080, protocol: 'TCP' }],
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5, timeoutSeconds: 3 },
        ...resourcesOf(requests),
        securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
      },
    ],
  });
}
