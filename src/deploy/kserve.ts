import { isObject, type JsonObject } from '#json-object.js';
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
  return yaml({
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
  });
}

/** YAML whose scalars are those of JSON, of which every YAML parser makes the same. */
function yaml(value: JsonObject, indent = ''): string {
  return Object.entries(value)
    .map(([key, item]) => `${indent}${key}:${yamlOf(item, indent)}`)
    .join('');
}

function yamlOf(value: unknown, indent: string): string {
  if (isObject(value)) return `\n${yaml(value, `${indent}  `)}`;
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  if (items.length === 0) return ` ${JSON.stringify(value).replaceAll('","', '", "')}\n`;
  return `\n${items.map((item) => `${indent}  - ${yaml(item, `${indent}    `).trimStart()}`).join('')}`;
}
