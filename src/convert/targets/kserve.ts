import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFile } from '#archive/writing/source-file.js';
import { judgement } from '#check/judged.js';
import {
  CPU,
  type Form,
  formFault,
  inferenceService,
  KSERVE_NAME,
  MEMORY,
  type Resources,
  resourcesOf,
  ruledName,
} from '#conventions/kserve.js';
import { MarError } from '#errors/mar-error.js';
import { checkOptions } from '../check-options.js';
import { type ConversionTarget, type Plan, refused } from '../conversion.js';
import { folderNameFault } from '../folder-name.js';
import { onlyRunsModel } from '../onnx/handler-lost.js';
import type { ConvertOptions, KserveRuntime } from '../options.js';
import type { Remark } from '../result.js';
import type { Source } from '../source.js';
import { writePlan } from '../write.js';
import { TORCHSERVE } from './torchserve.js';
import { planTriton } from './triton.js';

/** What has to lie at the storage URI. */
const STORAGE = 'storage/';

/** An InferenceService, and beside it the files that its server loads from the storage. */
export const KSERVE: ConversionTarget = { name: 'kserve', form: 'no-archive', ending: '', plan };

async function plan(source: Source, options: ConvertOptions): Promise<Plan> {
  const { storageUri } = options;
  if (storageUri === undefined) {
    throw new MarError('KServe loads a model from a storage, and nothing says which one.', {
      code: 'ERR_OPTION',
      hint: 'Say where the folder storage/ will lie: --storage-uri s3://bucket/model.',
    });
  }
  const runtime = options.kserveRuntime ?? (onlyRunsModel(source) ? 'triton' : 'torchserve');
  checkOptions(options, [runtime]);
  const stored =
    runtime === 'triton' ? await planTriton(source, options, STORAGE) : await planTorchserve(source, options);
  const { name, fault } = ruledName(KSERVE_NAME, options.name, source.name);
  const folder = stored.reasons.length > 0 ? [] : folderNameFault(source.name);
  const reasons = [
    ...stored.reasons,
    ...folder,
    ...faultsOf(options),
    ...(fault === undefined ? [] : [`${fault}${options.name === undefined ? ' Give one with --name.' : ''}`]),
  ];
  if (reasons.length > 0) return refused(source.name, reasons);
  const requests = resources(options);
  const text = inferenceService({ name }, predictor(runtime, storageUri, requests));
  return {
    ...stored,
    entries: [{ path: 'inference-service.yaml', bytes: Buffer.from(text), origin: 'the resource' }, ...stored.entries],
    carried: [
      ...stored.carried,
      ...Object.entries(requests).map(([what, how]) => ({
        what: `${what} ${how}`,
        how: 'requests and limits of the predictor',
      })),
    ],
    changed: [
      ...stored.changed,
      ...(name === source.name
        ? []
        : [{ what: `name ${source.name}`, how: `the resource is called ${name}; the model keeps its name` }]),
    ],
    lost: [...stored.lost, ...(Object.keys(requests).length === 0 ? [unmeasured] : [])],
    notes: [
      `Copy the content of ${STORAGE} to ${storageUri}, then: kubectl apply -f inference-service.yaml.`,
      `The server is kserve-${runtime}${runtime === 'triton' && options.kserveRuntime === undefined ? ', since the archive does nothing but run its model' : ''}. No cluster ran this.`,
      ...stored.notes.filter((note) => !note.startsWith('Start one with')),
    ],
  };
}

const unmeasured: Remark = {
  what: 'resource requests',
  how: 'none is written: nothing here is measured. Give --cpu and --memory of what mar bench saw',
};

/** The folder that TorchServe of KServe wants: its settings, and a model store with the archive. */
async function planTorchserve(source: Source, options: ConvertOptions): Promise<Plan> {
  const made = await TORCHSERVE.plan(source, options);
  if (made.reasons.length > 0) return made;
  const file = join(source.workshop, 'model.mar');
  await writeFile(file, '');
  await writePlan(file, made, TORCHSERVE.form, options.signal);
  const { faults, remarks } = await judgement(file, 'torchserve', options.signal);
  if (faults.length > 0) return refused(source.name, faults);
  const mar = `${source.name}.mar`;
  const path = `${STORAGE}model-store/${mar}`;
  const { complete: _, ...kept } = made;
  return {
    ...kept,
    entries: [
      {
        path: `${STORAGE}config/config.properties`,
        bytes: Buffer.from(properties(source, mar)),
        origin: 'the settings',
      },
      { path, source: sourceFile({ path, file }, await stat(file)) },
    ],
    notes: [...made.notes, ...remarks],
    lost: [
      ...made.lost,
      {
        what: 'the form of requests',
        how: 'the TorchServe of KServe takes bodies by its own protocol, and hands each of the "instances" to the handler, not the body itself',
      },
    ],
  };
}

/**
 * What kserve-torchserve reads from the storage. The program of KServe before TorchServe, in the same container, asks it on port 8085 and
 * sends no token.
 */
function properties({ name, served, serving }: Source, marName: string): string {
  const { workers = 1, batchSize = 1, maxBatchDelay = 100 } = serving;
  const version = served.modelVersion ?? '1.0';
  const model = {
    defaultVersion: true,
    marName,
    minWorkers: workers,
    maxWorkers: workers,
    batchSize,
    maxBatchDelay,
    responseTimeout: 120,
  };
  const snapshot = { name: 'startup.cfg', modelCount: 1, models: { [name]: { [version]: model } } };
  return [
    'inference_address=http://127.0.0.1:8085',
    'management_address=http://127.0.0.1:8085',
    'metrics_address=http://0.0.0.0:8082',
    'disable_token_authorization=true',
    'enable_envvars_config=true',
    'install_py_dep_per_model=true',
    'model_store=/mnt/models/model-store',
    `model_snapshot=${JSON.stringify(snapshot)}`,
    '',
  ].join('\n');
}

function resources({ cpu, memory, gpu }: ConvertOptions): Resources {
  return {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(gpu !== undefined && { 'nvidia.com/gpu': String(gpu) }),
  };
}

function predictor(runtime: KserveRuntime, storageUri: string, requests: Resources) {
  return {
    model: {
      modelFormat: { name: runtime === 'triton' ? 'onnx' : 'pytorch' },
      runtime: `kserve-${runtime === 'triton' ? 'tritonserver' : 'torchserve'}`,
      protocolVersion: runtime === 'triton' ? 'v2' : 'v1',
      storageUri,
      ...resourcesOf(requests),
    },
  };
}

/** What KServe's storage initializer fetches. */
const STORAGE_URI: Form = {
  flag: '--storage-uri',
  pattern: /^(s3|gs|hf|pvc|https?|abfss?|hdfs|webhdfs|oci):\/\/\S+$/,
  words: 'an address that KServe fetches models from, like s3://bucket/model',
};

function faultsOf({ cpu, memory, storageUri }: ConvertOptions): string[] {
  const given = [
    [CPU, cpu],
    [MEMORY, memory],
    [STORAGE_URI, storageUri],
  ] as const;
  return given.flatMap(([form, value]) => (value === undefined ? [] : (formFault(form, value) ?? [])));
}
