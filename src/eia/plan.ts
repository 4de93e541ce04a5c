import { openArchive } from '#archive/open.js';
import { ACCELERATORS } from '#device/accelerators.js';
import { ENDED, SUCCESSORS } from '#device/elastic-inference/end-of-life.js';
import { MarError } from '#errors/mar-error.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { findManifest } from '#manifest/read-manifest.js';
import { declarationFindings, handlerFindings, modelFindings, type PlanFinding } from './findings.js';
import { type PlannedModel, readModels } from './models.js';

/** What a plan is made for. */
export interface PlanOptions {
  /** Rows of a batch; 1 unless told otherwise. */
  readonly batchSize?: number;
  /** Sizes of open axes, by their names. */
  readonly axes?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
}

/** Whether an archive would have fitted an accelerator. Bytes. */
export interface AcceleratorFit {
  readonly type: string;
  readonly memory: number;
  /**
   * `fits` the whole estimate, copies and arena of a runtime included; `tight`: weights, inputs and results alone; `no`: not even
   * those; `unknown` where a graph cannot be read.
   */
  readonly fit: 'fits' | 'tight' | 'no' | 'unknown';
  /** What AWS's documentation asked for: at least the size of the model file. */
  readonly ruleOfThumb: boolean;
  /** The archive declares it. */
  readonly declared: boolean;
}

/** What became of an archive's accelerator: what it would need, what stood in its way, and where it can go. */
export interface EiaPlan {
  readonly archive: string;
  /** `model.extensions.eia` as it is written; absent where the archive declares none. */
  readonly declared?: JsonObject;
  readonly batchSize: number;
  readonly models: readonly PlannedModel[];
  /** Of all models together; null where the graph of one cannot be read. */
  readonly memory: { readonly least: number; readonly peak: number } | null;
  readonly fileBytes: number;
  readonly accelerators: readonly AcceleratorFit[];
  readonly findings: readonly PlanFinding[];
  /** That the service has ended, and what replaces it. */
  readonly ended: string;
  readonly successors: readonly { readonly to: string; readonly about: string }[];
}

/**
 * Plans an archive or model directory for Elastic Inference as it was: nothing is run, and no accelerator is reached. Throws what
 * opening an archive throws, and `ERR_EIA_NO_MODEL` where there is no model to plan.
 */
export async function planEia(path: string, options: PlanOptions = {}): Promise<EiaPlan> {
  const { batchSize = 1, axes, signal } = options;
  const archive = await openArchive(path, signal ? { signal } : {});
  try {
    const { document } = await findManifest(archive);
    const eia = document && objectAt(document.model, 'extensions')['eia'];
    const declared = isObject(eia) ? eia : undefined;
    const models = await readModels(archive, { batch: batchSize, ...(axes && { axes }) });
    if (models.length === 0) {
      throw new MarError(
        `${path} holds no model: no .onnx, no MXNet -symbol.json, no TorchScript or TensorFlow file.`,
        {
          code: 'ERR_EIA_NO_MODEL',
        },
      );
    }
    const memory = together(models);
    const fileBytes = models.reduce((all, model) => all + model.fileBytes, 0);
    const at = `${document?.entry ?? ''}#/model/extensions/eia`;
    return {
      archive: path,
      ...(declared && { declared }),
      batchSize,
      models,
      memory,
      fileBytes,
      accelerators: ACCELERATORS.map(({ type, memoryMiB }) => ({
        type,
        memory: memoryMiB * 2 ** 20,
        fit: fitOf(memory, memoryMiB * 2 ** 20),
        ruleOfThumb: fileBytes <= memoryMiB * 2 ** 20,
        declared: declared !== undefined && String(declared['acceleratorType']).replace(/^ml\./, '') === type,
      })),
      findings: [
        ...(declared ? declarationFindings(declared, at) : []),
        ...modelFindings(models, declared),
        ...(await handlerFindings(archive)),
      ],
      ended: ENDED,
      successors: SUCCESSORS.map(([to, about]) => ({ to, about })),
    };
  } finally {
    await archive.close();
  }
}

function together(models: readonly PlannedModel[]): EiaPlan['memory'] {
  let [least, peak] = [0, 0];
  for (const { estimate } of models) {
    if (!estimate) return null;
    least += estimate.weights + estimate.activations;
    peak += estimate.peak;
  }
  return { least, peak };
}

function fitOf(memory: EiaPlan['memory'], bytes: number): AcceleratorFit['fit'] {
  if (memory === null) return 'unknown';
  if (memory.peak <= bytes) return 'fits';
  return memory.least <= bytes ? 'tight' : 'no';
}
