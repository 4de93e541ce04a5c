import { readReference } from '#handler/resolve.js';
import type { JsonObject } from '#json-object.js';
import type { BridgedBuild } from '#pack/bridge/with-bridge.js';
import type { Remark } from '../result.js';
import type { Source } from '../source.js';
import type { CarriedSettings } from './settings.js';

/** The servers whose handlers are in Python; SageMaker's toolkit starts Multi Model Server. */
export type PythonServer = 'torchserve' | 'mms' | 'sagemaker';

/** What the manifest is written for and with. */
interface Wanted {
  readonly server: PythonServer;
  readonly bridge?: BridgedBuild;
  readonly settings: CarriedSettings;
}

/** A manifest in a server's form, without the digests of the files, and what that changes. */
export interface ServerManifest {
  readonly value: JsonObject;
  readonly changed: readonly Remark[];
  readonly lost: readonly Remark[];
}

/** The fields that only one of the servers' archivers writes. */
const OF_MMS = { modelServerVersion: '1.0', implementationVersion: '1.0', specificationVersion: '1.0' } as const;
const OF_TORCHSERVE = { createdOn: '01/01/1980 00:00:00', archiverVersion: '0.12.0' } as const;

/** The manifest of an archive as the archiver of another server would have written it. */
export function serverManifest(source: Source, { server, bridge, settings }: Wanted): ServerManifest {
  const { document } = source;
  const isTorch = server === 'torchserve';
  const changed: Remark[] = [];
  const [own, others] = isTorch ? [OF_TORCHSERVE, OF_MMS] : [OF_MMS, OF_TORCHSERVE];
  const { model: _, runtime: before, ...fields } = document.value;
  const foreign = Object.keys(others).filter((key) => key in fields);
  const kept = Object.fromEntries(Object.entries(fields).filter(([key]) => !foreign.includes(key)));
  const missing = Object.fromEntries(Object.entries(own).filter(([key]) => !(key in kept)));
  if (document.legacy)
    changed.push({ what: `manifest of 0.4 (${document.entry})`, how: 'rewritten in the form of 1.0' });
  else if (foreign.length + Object.keys(missing).length > 0)
    changed.push({
      what: 'manifest',
      how: `in the form of ${isTorch ? 'TorchServe' : 'Multi Model Server'}: ${wordsOf(missing, foreign)}`,
    });
  const runtime = bridge?.handler.runtime ?? before ?? 'python';
  if (before === undefined && !document.legacy)
    changed.push({ what: 'runtime', how: 'written out: python, as the servers read a manifest without one' });
  const handler = bridge?.handler.reference ?? spelling(document.model['handler'], String(runtime));
  if (!bridge && handler !== document.model['handler'])
    changed.push({
      what: `handler ${String(document.model['handler'])}`,
      how: `spelled ${handler}, which names what is called`,
    });
  const noVersion = isTorch && document.model['modelVersion'] === undefined;
  if (noVersion) changed.push({ what: 'model version', how: '1.0, as TorchServe takes a model without one' });
  const configFile = settings.configFile;
  return {
    value: {
      ...kept,
      ...missing,
      runtime,
      model: {
        ...document.model,
        ...(handler !== undefined && { handler }),
        ...(noVersion && { modelVersion: '1.0' }),
        ...(configFile !== undefined && { configFile }),
        ...(bridge?.requirements?.fields ?? {}),
      },
    },
    changed,
    lost: lostFields(document.model, isTorch),
  };
}

function wordsOf(missing: JsonObject, foreign: readonly string[]): string {
  const names = Object.keys(missing);
  return [
    names.length > 0 ? `${names.join(', ')} added` : '',
    foreign.length > 0 ? `${foreign.join(', ')} left out` : '',
  ]
    .filter(Boolean)
    .join('; ');
}

/**
 * A Python handler as both servers load it: `folder/service:handle`. Without a colon they do not search the folder, and TorchServe takes
 * a plain name for one of its own handlers where no such module is there, so that such a name stays as it is.
 */
function spelling(handler: unknown, runtime: string): string | undefined {
  if (typeof handler !== 'string') return undefined;
  if (runtime === 'LSP' || handler.includes(':') || !handler.endsWith('.py')) return handler;
  const { module, entryPoint } = readReference(handler, runtime);
  return `${module}:${entryPoint}`;
}

/** What only TorchServe reads. */
function lostFields(model: JsonObject, isTorch: boolean): Remark[] {
  const configFile = model['configFile'];
  if (isTorch || typeof configFile !== 'string') return [];
  return [{ what: `configFile ${configFile}`, how: 'the file is carried, but only TorchServe reads it' }];
}
