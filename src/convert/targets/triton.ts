import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import type { Serving } from '#manifest/manifest.js';
import type { OnnxValue } from '#models/onnx/model.js';
import { type ConversionTarget, type Plan, refused } from '../conversion.js';
import { deviceLost } from '../device.js';
import { folderNameFault } from '../folder-name.js';
import { batchAxis } from '../onnx/batch-axis.js';
import { configText, type Field, type Message } from '../onnx/config-text.js';
import { handlerLost } from '../onnx/handler-lost.js';
import { labelsOf } from '../onnx/labels-of.js';
import { modelFiles, modelOf } from '../onnx/model-of.js';
import type { ConvertOptions } from '../options.js';
import type { Remark } from '../result.js';
import { fromConfigFile } from '../servers/settings.js';
import type { Source } from '../source.js';

/** Triton's name of each element type of ONNX. */
const TYPES: Readonly<Record<string, string>> = {
  bool: 'TYPE_BOOL',
  uint8: 'TYPE_UINT8',
  uint16: 'TYPE_UINT16',
  uint32: 'TYPE_UINT32',
  uint64: 'TYPE_UINT64',
  int8: 'TYPE_INT8',
  int16: 'TYPE_INT16',
  int32: 'TYPE_INT32',
  int64: 'TYPE_INT64',
  float16: 'TYPE_FP16',
  float32: 'TYPE_FP32',
  float64: 'TYPE_FP64',
  string: 'TYPE_STRING',
  bfloat16: 'TYPE_BF16',
};

const LABELS = 'labels.txt';

/** A model repository with one model, which Triton's backend for ONNX Runtime runs. */
export const TRITON: ConversionTarget = { name: 'triton', form: 'no-archive', ending: '', plan: planTriton };

/** The model repository as a plan; `folder` is where it begins, with a slash at its end. */
export async function planTriton(source: Source, options: ConvertOptions, folder = ''): Promise<Plan> {
  const found = await modelOf(source, options);
  const faults = folderNameFault(source.name);
  if ('reasons' in found) return refused(source.name, [...faults, ...found.reasons]);
  const { model } = found;
  const reasons = [...faults, ...[...model.inputs, ...model.outputs].flatMap(faultOf)];
  if (reasons.length > 0) return refused(source.name, reasons);
  const serving = { ...(await fromConfigFile(source)), ...source.serving };
  const axis = batchAxis(found);
  const { batchSize = 1, maxBatchDelay } = serving;
  const most = axis.joins && batchSize > 1 ? batchSize : 0;
  const labels = await labelsOf(source, found);
  const isBatch = most > 0;
  const text = configText({
    fields: {
      name: { text: source.name },
      platform: { text: 'onnxruntime_onnx' },
      max_batch_size: { word: most },
      input: model.inputs.map((value) => tensor(value, isBatch)),
      output: model.outputs.map((value) => tensor(value, isBatch, labels?.output === value.name ? LABELS : undefined)),
      instance_group: instances(serving, source.device),
      dynamic_batching: isBatch ? batching(maxBatchDelay) : undefined,
      parameters: threads(serving),
    },
  });
  const own: PlannedEntry[] = [
    { path: `${folder}${source.name}/config.pbtxt`, bytes: Buffer.from(text), origin: 'the configuration' },
  ];
  if (labels?.labels)
    own.push({
      path: `${folder}${source.name}/${LABELS}`,
      bytes: Buffer.from(`${labels.labels.join('\n')}\n`),
      origin: 'the labels',
    });
  return {
    model: source.name,
    entries: [...own, ...(await modelFiles(source, found, `${folder}${source.name}/1/`))],
    carried: [
      {
        what: found.path,
        how: `${source.name}/1/model.onnx${found.beside.length > 0 ? `, with ${found.beside.join(', ')} beside it` : ''}`,
      },
      ...(labels?.labels
        ? [{ what: `labels of ${labels.from}`, how: `${LABELS}, of the output ${labels.output}` }]
        : []),
      ...carriedSettings(serving, source.device, most),
    ],
    changed:
      source.served.modelVersion === undefined
        ? []
        : [{ what: `version ${source.served.modelVersion}`, how: '1: Triton counts versions in whole numbers' }],
    lost: [
      ...handlerLost(source, found, 'Triton'),
      ...batchLost(serving, axis),
      ...(labels?.problem === undefined ? [] : [{ what: `labels of ${labels.from}`, how: labels.problem }]),
      ...(source.device?.startsWith('eia') ? deviceLost(source, 'Triton') : []),
    ],
    notes: [
      'No Triton server ran this: none can be installed here. Its configuration is what the signature of the model says.',
      'Start one with the folder of the output: tritonserver --model-repository=FOLDER.',
    ],
    reasons: [],
  };
}

function faultOf({ name, type, dims }: OnnxValue): string[] {
  if (TYPES[type] === undefined) return [`Triton has no type for ${name}, which is ${type}.`];
  if (dims === undefined) return [`The model does not say how many axes ${name} has, and Triton has to know.`];
  if (dims.length === 0)
    return [`${name} is a scalar, which a configuration of Triton cannot say of a model without batches.`];
  return dims.includes(0) ? [`${name} has an axis of length 0, which Triton refuses.`] : [];
}

function tensor({ name, type, dims = [] }: OnnxValue, isBatch: boolean, labels?: string): Message {
  const axes = (isBatch ? dims.slice(1) : dims).map((extent) => ({ word: typeof extent === 'number' ? extent : -1 }));
  const isRows = axes.length === 0;
  return {
    fields: {
      name: { text: name },
      data_type: { word: TYPES[type] ?? '' },
      dims: isRows ? [{ word: 1 }] : axes,
      reshape: isRows ? { fields: { shape: [] } } : undefined,
      label_filename: labels === undefined ? undefined : { text: labels },
    },
  };
}

function instances({ workers }: Serving, device: string | undefined): Field | undefined {
  const gpu = /^gpu:(\d+)$/.exec(device ?? '')?.[1];
  const isCpu = device === 'cpu' || device?.startsWith('eia');
  if (workers === undefined && gpu === undefined && !isCpu) return undefined;
  return {
    fields: {
      count: workers === undefined ? undefined : { word: workers },
      kind: gpu !== undefined ? { word: 'KIND_GPU' } : isCpu ? { word: 'KIND_CPU' } : undefined,
      gpus: gpu === undefined ? undefined : [{ word: gpu }],
    },
  };
}

function batching(maxBatchDelay: number | undefined): Message {
  return {
    fields: { max_queue_delay_microseconds: maxBatchDelay === undefined ? undefined : { word: maxBatchDelay * 1000 } },
  };
}

function threads({ threads: count }: Serving): Field | undefined {
  if (count === undefined) return undefined;
  return {
    fields: { key: { text: 'intra_op_thread_count' }, value: { fields: { string_value: { text: String(count) } } } },
  };
}

function carriedSettings(
  { workers, threads: count, maxBatchDelay }: Serving,
  device: string | undefined,
  most: number,
): Remark[] {
  const isGpu = /^gpu:\d+$/.test(device ?? '');
  return [
    ...(most > 0
      ? [
          {
            what: `batch size ${most}`,
            how: `max_batch_size and dynamic_batching${maxBatchDelay === undefined ? '' : `, which waits ${maxBatchDelay} ms`}`,
          },
        ]
      : []),
    ...(workers === undefined ? [] : [{ what: `workers ${workers}`, how: 'instance_group' }]),
    ...(count === undefined ? [] : [{ what: `threads ${count}`, how: 'the parameter intra_op_thread_count' }]),
    ...(isGpu || device === 'cpu' ? [{ what: `the device context ${device}`, how: 'instance_group' }] : []),
  ];
}

function batchLost(
  { batchSize, maxBatchDelay }: Serving,
  { joins, why }: { readonly joins: boolean; readonly why: string },
): Remark[] {
  if (batchSize !== undefined && batchSize > 1)
    return joins
      ? []
      : [{ what: `batch size ${batchSize}`, how: `${why}, so that Triton runs each request by itself` }];
  const remarks: Remark[] = [];
  if (maxBatchDelay !== undefined)
    remarks.push({ what: `batch delay of ${maxBatchDelay} ms`, how: 'without a batch size over 1 nothing waits' });
  if (joins)
    remarks.push({
      what: 'batches',
      how: `${why}, but the archive asks for no batch size: give --batch-size to have Triton join them`,
    });
  return remarks;
}
