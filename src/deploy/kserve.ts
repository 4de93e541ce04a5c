import { Document, isScalar, visit } from 'yaml';
import type { Deployable } from './deployable.js';
import { serveCommand } from './docker.js';
import type { KserveOptions } from './options.js';

/** Seconds that accepted requests may take when a pod ends, and those after which Kubernetes ends it for good. */
const DRAIN_SECONDS = 20;
const GRACE_SECONDS = 30;

/** Requests of resources, as Kubernetes writes them. */
export interface Resources {
  readonly cpu?: string;
  readonly memory?: string;
}

/** The resource of a KServe InferenceService whose predictor is the container of `mar deploy docker`. */
export function inferenceService(
  archive: Deployable,
  names: { readonly name: string; readonly namespace?: string | undefined },
  { image, workers = 1 }: Pick<KserveOptions, 'image' | 'workers'>,
  requests: Resources,
): string {
  const more = ['--workers', String(workers), '--shutdown-timeout', String(DRAIN_SECONDS)];
  const [command = '', ...args] = serveCommand(archive, more);
  // Where there is no limit KServe sets one of its own, which may be below the request.
  const resources = Object.keys(requests).length === 0 ? {} : { resources: { requests, limits: requests } };
  const resource = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: names.name, ...(names.namespace !== undefined && { namespace: names.namespace }) },
    spec: {
      predictor: {
        terminationGracePeriodSeconds: GRACE_SECONDS,
        containers: [
          {
            name: 'kserve-container',
            image,
            command: [command],
            args,
            ports: [{ containerPort: 8080, protocol: 'TCP' }],
            readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5, timeoutSeconds: 3 },
            ...resources,
            securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
          },
        ],
      },
    },
  };
  return yaml(resource);
}

/** Texts in quotes, of which every YAML parser makes the same; a list of them on one line. */
function yaml(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({
    ...{ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
    ...{ lineWidth: 0, flowCollectionPadding: false },
  });
}
