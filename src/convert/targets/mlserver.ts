import { readFile } from 'node:fs/promises';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import type { Serving } from '#manifest/manifest.js';
import type { OnnxValue } from '#models/onnx/model.js';
import { besideCode } from '#own-files.js';
import { type ConversionTarget, type Plan, refused } from '../conversion.js';
import { deviceLost } from '../device.js';
import { folderNameFault } from '../folder-name.js';
import { type BatchAxis, batchAxis } from '../onnx/batch-axis.js';
import { handlerLost } from '../onnx/handler-lost.js';
import { modelFiles, modelOf, type SourceModel } from '../onnx/model-of.js';
import type { ConvertOptions } from '../options.js';
import type { Remark } from '../result.js';
import { fromConfigFile } from '../servers/settings.js';
import type { Source } from '../source.js';

/** Types that the Open Inference Protocol has in MLServer. */
const TYPES: readonly string[] = [
  ...['bool', 'uint8', 'uint16', 'uint32', 'uint64', 'int8', 'int16', 'int32', 'int64'],
  ...['float16', 'float32', 'float64', 'string'],
];

const RUNTIME = 'mar_onnx_runtime.py';

/** A model folder with a runtime of its own, since MLServer has none for ONNX. */
export const MLSERVER: ConversionTarget = { name: 'mlserver', form: 'no-archive', ending: '', plan };

async function plan(source: Source, options: ConvertOptions): Promise<Plan> {
  const found = await modelOf(source, options);
  const faults = folderNameFault(source.name);
  if ('reasons' in found) return refused(source.name, [...faults, ...found.reasons]);
  const { model } = found;
  const silent = model.outputs.filter((output) => !TYPES.includes(output.type));
  const reasons = [...faults, ...model.inputs.flatMap(faultOf)];
  if (silent.length === model.outputs.length)
    reasons.push('No output of the model is a tensor of a type that MLServer has.');
  if (reasons.length > 0) return refused(source.name, reasons);
  const serving = { ...(await fromConfigFile(source)), ...source.serving };
  const batching = batchingOf(serving, found, batchAxis(found));
  const folder = `${source.name}/`;
  const own: PlannedEntry[] = [
    {
      path: `${folder}model-settings.json`,
      bytes: Buffer.from(`${JSON.stringify(settingsOf(source, serving, batching.size), undefined, 2)}\n`),
      origin: 'the settings',
    },
    {
      path: folder + RUNTIME,
      bytes: await readFile(besideCode(`convert/onnx/${RUNTIME}`)),
      origin: 'the runtime',
    },
  ];
  return {
    model: source.name,
    entries: [...(await modelFiles(source, found, folder)), ...own],
    carried: [
      {
        what: found.path,
        how: `${folder}model.onnx${found.beside.length > 0 ? `, with ${found.beside.join(', ')} beside it` : ''}`,
      },
      ...(source.served.modelVersion === undefined
        ? []
        : [{ what: `version ${source.served.modelVersion}`, how: 'the version of the model' }]),
      ...(serving.threads === undefined
        ? []
        : [{ what: `threads ${serving.threads}`, how: 'parameters.extra.threads' }]),
      ...(isGpu(source.device)
        ? [
            {
              what: `the device context ${source.device}`,
              how: 'the provider of ONNX Runtime, where onnxruntime-gpu is installed',
            },
          ]
        : []),
      ...batching.carried,
    ],
    changed: [],
    lost: [
      ...handlerLost(source, found, 'MLServer'),
      ...batching.lost,
      ...(serving.workers === undefined
        ? []
        : [
            {
              what: `workers ${serving.workers}`,
              how: `they are the server's, not the model's: "parallel_workers" of its settings.json`,
            },
          ]),
      ...silent.map(({ name, type }) => ({
        what: `the output ${name}`,
        how: `it is ${type}, which the protocol has no form for`,
      })),
      ...(source.device?.startsWith('eia') ? deviceLost(source, 'MLServer') : []),
    ],
    notes: [
      "It brings a runtime of its own, since MLServer has none for ONNX. Install: pip install 'mlserver==1.7.*' 'uvloop<0.22' onnxruntime.",
      'MLServer listens on every address unless its settings.json has a "host".',
    ],
    reasons: [],
  };
}

function faultOf({ name, type, dims }: OnnxValue): string[] {
  if (!TYPES.includes(type)) return [`MLServer has no type for the input ${name}, which is ${type}.`];
  return dims === undefined ? [`The model does not say how many axes the input ${name} has.`] : [];
}

const isGpu = (device: string | undefined): boolean => /^gpu:\d+$/.test(device ?? '');

function settingsOf(
  { name, served, device }: Source,
  { threads, maxBatchDelay = 0 }: Serving,
  size: number | undefined,
) {
  const providers = isGpu(device)
    ? [['CUDAExecutionProvider', { device_id: device?.slice('gpu:'.length) }], 'CPUExecutionProvider']
    : undefined;
  const extra = { ...(threads !== undefined && { threads }), ...(providers && { providers }) };
  return {
    name,
    implementation: 'mar_onnx_runtime.OnnxModel',
    platform: 'onnxruntime_onnx',
    ...(size !== undefined && { max_batch_size: size, max_batch_time: maxBatchDelay / 1000 }),
    parameters: {
      uri: './model.onnx',
      ...(served.modelVersion !== undefined && { version: served.modelVersion }),
      ...(Object.keys(extra).length > 0 && { extra }),
    },
  };
}

interface Batching {
  readonly size: number | undefined;
  readonly carried: readonly Remark[];
  readonly lost: readonly Remark[];
}

/**
 * MLServer joins the requests of a batch without a look at their inputs and shapes: that is right only for a model with one input whose
 * other axes are fixed.
 */
function batchingOf(
  { batchSize = 1, maxBatchDelay = 0 }: Serving,
  { model }: SourceModel,
  { joins, why }: BatchAxis,
): Batching {
  if (batchSize <= 1) return { size: undefined, carried: [], lost: [] };
  const what = `batch size ${batchSize}`;
  const [only, ...others] = model.inputs;
  const isFixed = others.length === 0 && only?.dims?.slice(1).every((extent) => typeof extent === 'number') === true;
  const fault = !joins
    ? why
    : !isFixed
      ? 'MLServer joins requests without a look at their shapes, and the model has several inputs or more than one open axis'
      : maxBatchDelay === 0
        ? 'MLServer joins requests only where they wait for each other: give --max-batch-delay'
        : undefined;
  if (fault !== undefined) return { size: undefined, carried: [], lost: [{ what, how: fault }] };
  return {
    size: batchSize,
    carried: [{ what, how: `max_batch_size and max_batch_time (${maxBatchDelay} ms)` }],
    lost: [],
  };
}
