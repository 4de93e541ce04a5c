import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceContext } from '#device/context.js';
import { fallBack } from '#device/resolve-device.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { typeFaults, zipMaps } from '#models/onnx/runtime-types.js';
import type { Context } from '../context.js';
import { onnxRuntime } from './onnx-runtime.js';
import { sharedModel } from './shared-weights.js';

/** The providers of a device, the GPU's number with them. */
function providersOf({ running, executionProviders }: DeviceContext): InferenceSession.ExecutionProviderConfig[] {
  const deviceId = Number(running.split(':')[1] ?? 0);
  return executionProviders.map((name) => (name === 'cuda' ? { name, deviceId } : name));
}

/** What ONNX Runtime says when a provider is installed without the libraries, the driver or the GPU that it needs. */
const NO_PROVIDER = /AppendExecutionProvider|CUDA driver|no CUDA-capable/i;

/**
 * ONNX Runtime's session of a model file on the device of the context, and the device it runs on: where the provider of the declared
 * one cannot be loaded the cpu with a notice, or `ERR_DEVICE_UNAVAILABLE` if the archive says so. Inputs or outputs that cannot pass
 * are `ERR_MODEL_TYPE`.
 */
export async function createSession(
  path: string,
  model: OnnxModel | undefined,
  context: Context,
): Promise<{ readonly session: InferenceSession; readonly device: DeviceContext }> {
  if (model) refuseTypes(model, context);
  const { InferenceSession } = await onnxRuntime();
  const source = model && (await withoutMaps(path, model));
  const threads = Number(process.env['OMP_NUM_THREADS']);
  // What lies beside the model may change without it.
  const isShareable = model !== undefined && !source && !model.initializers.some(({ external }) => external);
  const copyOf = (options: InferenceSession.SessionOptions): Promise<string | undefined> =>
    sharedModel(path, async (rewriting) =>
      (await InferenceSession.create(path, { ...options, ...rewriting })).release(),
    );
  const create = async (device: DeviceContext) => {
    const options = {
      executionProviders: providersOf(device),
      ...(threads > 0 && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
    };
    const copy = isShareable && options.executionProviders.join() === 'cpu' ? await copyOf(options) : undefined;
    const creating = copy
      ? InferenceSession.create(copy, { ...options, graphOptimizationLevel: 'disabled' })
      : source
        ? InferenceSession.create(source, options)
        : InferenceSession.create(path, options);
    return { session: await creating.catch(explain), device };
  };
  return create(context.device).catch((error: unknown) => {
    if (context.device.running === 'cpu' || !NO_PROVIDER.test(messageOf(error))) throw error;
    const obstacle = `The libraries of ONNX Runtime for ${context.device.running} cannot be loaded here: ${messageOf(error)}.`;
    const { emulated } = context.device;
    const device: DeviceContext = emulated
      ? { ...context.device, running: 'cpu', executionProviders: ['cpu'] }
      : fallBack(context.device, obstacle);
    process.stderr.write(`${obstacle} Model ${context.modelName} runs on ${device.running}.\n`);
    return create(device);
  });
}

/** Outputs that cannot be had are told, as long as there are others: a service may not want them. */
function refuseTypes(model: OnnxModel, { modelName }: Context): void {
  const faults = typeFaults(model);
  const lost = faults.filter(({ direction }) => direction === 'output').length;
  const fatal = faults.find(({ isFatal }) => isFatal) ?? (lost === model.outputs.length ? faults[0] : undefined);
  if (fatal) {
    throw new MarError(`The model's ${fatal.direction} '${fatal.name}' ${fatal.problem} ONNX Runtime for Node.`, {
      code: 'ERR_MODEL_TYPE',
      hint: fatal.remedy,
    });
  }
  for (const { name, problem } of faults)
    process.stderr.write(
      `Model ${modelName} runs without its output '${name}': it ${problem} ONNX Runtime for Node.\n`,
    );
}

/** The model's bytes with tensors in place of the outputs that ZipMap makes; undefined for a model without such. */
async function withoutMaps(path: string, model: OnnxModel): Promise<Uint8Array | undefined> {
  const maps = zipMaps(model);
  if (maps.size === 0) return undefined;
  if (model.initializers.some(({ external }) => external)) {
    throw new MarError('The model ends in ZipMap and has weights beside it; only one of the two can be served.', {
      code: 'ERR_MODEL_TYPE',
      hint: 'Convert it with `options={"zipmap": False}`.',
    });
  }
  const { unzipMaps } = await import('#models/onnx/unzip-maps.js');
  return unzipMaps(await readFile(path), maps);
}

/** Adds what to do where ONNX Runtime's own words do not say it. */
function explain(error: unknown): never {
  const locale = /construct locale with name:\s*([\w.@-]+)/.exec(messageOf(error))?.[1];
  if (locale === undefined) throw error;
  throw new MarError(`The model's StringNormalizer needs the locale ${locale}, which this machine does not have.`, {
    code: 'ERR_MODEL_LOCALE',
    hint: `Install it (Debian: apt-get install locales, then localedef -i ${locale.split('.')[0]} -f UTF-8 ${locale}), or export the model with locale "C".`,
    cause: error,
  });
}
