import { pathToFileURL } from 'node:url';
import type { DeviceContext } from '#device/context.js';
import { detectMachine } from '#device/detect-machine.js';
import { seenAccelerator } from '#device/emulated.js';
import { resolveDevice } from '#device/resolve-device.js';
import type { JsonObject } from '#json-object.js';
import { writtenInputs } from '#manifest/declared-inputs.js';
import type { Manifest } from '#manifest/manifest.js';
import { findManifestIn } from '#manifest/read-manifest.js';
import { unreadable } from '#manifest/refuse.js';
import type { RunningSessions } from '#protocol/load-report.js';
import type { LoadRequest } from '#protocol/messages.js';
import { builtinService } from '#service/builtin/index.js';
import { Context, type ModelContext, type ModelService } from '#service/index.js';
import type { ReadInputs } from './declared/read-declared.js';
import { entryPoint } from './entry-point.js';
import { findHandlerFile } from './handler-file.js';
import { decodeInputs } from './inputs.js';
import { moduleDirectories, provideModules } from './provided.js';

/** A service that is ready for its first batch. */
export interface LoadedModel {
  readonly service: ModelService;
  readonly context: ModelContext;
  /** Makes a handler's inputs of a request. */
  readonly readInputs: ReadInputs;
  /** Undefined where the handler has loaded no session through `model-archiver/service`. */
  readonly sessions: RunningSessions | undefined;
}

/** Imports the handler, finds its service and initializes it. What goes wrong is thrown as it is: the handler's own error. */
export async function loadModel(load: LoadRequest): Promise<LoadedModel> {
  process.chdir(load.modelPath);
  // Behind the bridge even our own code may have its native modules from elsewhere.
  if (moduleDirectories().length > 0) provideModules();
  const { manifest, extensions } = await readManifest(load);
  const device = resolveDevice(extensions, { ...detectMachine(), emulated: seenAccelerator(process.env) });
  if (device.running !== device.model) process.stderr.write(fallbackNotice(load.modelName, device));
  let sessions: RunningSessions | undefined;
  const context: ModelContext = {
    modelName: load.modelName,
    manifest,
    modelDir: load.modelPath,
    gpuId: load.gpuId >= 0 ? load.gpuId : null,
    batchSize: load.batchSize,
    device,
    onSession: ({ running, executionProviders }, joining) => {
      sessions = {
        running,
        executionProviders,
        batching: sessions?.batching?.joins === false ? sessions.batching : joining,
      };
    },
  };
  const readInputs = await inputReader(extensions);
  const service = await loadService(load);
  await service.initialize?.(new Context(context));
  return { service, context, readInputs, sessions };
}

/** The check of declared inputs loads a compiler of schemas, which the other archives are spared. */
async function inputReader(extensions: JsonObject): Promise<ReadInputs> {
  const declared = writtenInputs(extensions);
  if (declared === undefined) return decodeInputs;
  const { declaredReader } = await import('./declared/read-declared.js');
  return declaredReader(declared);
}

function fallbackNotice(modelName: string, { model, accelerator, running, emulated }: DeviceContext): string {
  if (emulated)
    return `Model ${modelName} runs on ${running}, which emulates ${model} (${emulated.type}): no accelerator is here.\n`;
  return `Model ${modelName} is declared for ${model}${accelerator ? ` (${accelerator.type})` : ''}, which is not here; it runs on ${running}.\n`;
}

async function loadService(load: LoadRequest): Promise<ModelService> {
  const builtin = await builtinService(load.handler);
  if (builtin) return builtin;
  const file = findHandlerFile(load.modelPath, load.handler);
  provideModules();
  return entryPoint(await import(pathToFileURL(file.path).href), file.entryPoint, load.handler.split(':')[0] ?? '');
}

/** As it is: a handler may look for anything in it, and nobody has held it to the schema. */
async function readManifest({ modelPath, modelName }: LoadRequest) {
  const found = await findManifestIn(modelPath, process.env['MAR_MANIFEST']);
  const error = unreadable(found, modelName);
  if (error) throw error;
  const manifest = found.document?.value;
  return { manifest: isManifest(manifest) ? manifest : undefined, extensions: found.served.extensions };
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'model' in value;
}
