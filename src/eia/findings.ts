import type { Archive } from '#archive/archive.js';
import { ACCELERATOR_TYPES, findAccelerator, MAX_ACCELERATORS } from '#device/accelerators.js';
import { apiMismatch, apiOf, isBelow } from '#device/elastic-inference/apis.js';
import { parseDevice } from '#device/parse-device.js';
import type { JsonObject } from '#json-object.js';
import { didYouMean } from '#nearest.js';
import { handlerPlaces } from './handler-places.js';
import type { PlannedModel } from './models.js';

/** Something that stood, or stands, in the way of running the archive as it is declared. */
export interface PlanFinding {
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  /** An entry, or a place in one: `service.py:12`. */
  readonly at?: string;
}

/** What the declaration asks for that never was. */
export function declarationFindings(eia: JsonObject, at: string): PlanFinding[] {
  const error = (message: string): PlanFinding => ({ severity: 'error', message, at });
  const { acceleratorType: type, count, ordinals, contexts } = eia;
  const found: PlanFinding[] = [];
  if (typeof type !== 'string' || !findAccelerator(type))
    found.push(
      error(
        `The accelerator type ${shown(type)} never existed${typeof type === 'string' ? didYouMean(type, ACCELERATOR_TYPES) : ''}.`,
      ),
    );
  const model = contextOf(contexts, 'model');
  const data = contextOf(contexts, 'data');
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_ACCELERATORS)
    found.push(error(`The count is ${shown(count)}; an instance took 1 to ${MAX_ACCELERATORS} accelerators.`));
  else {
    const used = [...(Array.isArray(ordinals) ? ordinals : []), ...(model?.kind === 'eia' ? [model.ordinal] : [])];
    for (const ordinal of new Set<unknown>(used))
      if (typeof ordinal !== 'number' || !Number.isInteger(ordinal) || ordinal < 0 || ordinal >= count)
        found.push(error(`The accelerator ${shown(ordinal)} does not exist with a count of ${count}.`));
  }
  if (model?.kind !== 'eia') found.push(error('The context of the model is not an accelerator: eia:N was meant.'));
  if (data?.kind !== 'cpu')
    found.push(error('Data is not on the cpu: an accelerator held the model only, and an array on it failed.'));
  const mismatch = apiMismatch(eia);
  if (mismatch) found.push(error(`${mismatch.found} never existed together: ${mismatch.message}.`));
  const api = apiOf(eia['api']);
  for (const limit of api?.limits ?? []) found.push({ severity: 'note', message: `${api?.words}: ${limit}`, at });
  return found;
}

function contextOf(contexts: unknown, key: 'model' | 'data') {
  const value =
    typeof contexts === 'object' && contexts !== null ? new Map(Object.entries(contexts)).get(key) : undefined;
  return typeof value === 'string' ? parseDevice(value) : undefined;
}

const shown = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));

/** What the model files have that the EI builds did not take. */
export function modelFindings(models: readonly PlannedModel[], eia: JsonObject | undefined): PlanFinding[] {
  return models.flatMap((model) => [
    ...model.problems.map((message): PlanFinding => ({ severity: 'error', message, at: model.entry })),
    ...model.remarks.map((message): PlanFinding => ({ severity: 'note', message, at: model.entry })),
    ...formatFindings(model),
    ...versionFindings(model, eia),
  ]);
}

function formatFindings({ format, entry }: PlannedModel): PlanFinding[] {
  if (format !== 'onnx') return [];
  return [
    {
      severity: 'note',
      message:
        'No ONNX Runtime provider for accelerators ever existed: ONNX reached them only after an import into MXNet.',
      at: entry,
    },
  ];
}

/** A graph that was saved by a newer MXNet than the build that the declaration means. */
function versionFindings({ version, entry, format }: PlannedModel, eia: JsonObject | undefined): PlanFinding[] {
  const api = apiOf(eia?.['api']);
  if (format !== 'mxnet' || version === undefined || api?.framework !== 'mxnet') return [];
  const wanted = typeof eia?.['frameworkVersion'] === 'string' ? eia['frameworkVersion'] : undefined;
  const isNewer =
    wanted !== undefined ? isBelow(wanted, version) : api.below !== undefined && !isBelow(version, api.below);
  if (!isNewer) return [];
  return [
    {
      severity: 'warning',
      message: `The graph was saved by MXNet ${version}; the EI build that is declared is ${wanted ?? api.words}, and an older one need not read it.`,
      at: entry,
    },
  ];
}

/** What the handler does that the EI builds did not allow. */
export async function handlerFindings(archive: Archive): Promise<PlanFinding[]> {
  const places = await handlerPlaces(archive);
  return places.flatMap(({ fact: { refused }, entry, line }): PlanFinding[] =>
    refused === undefined ? [] : [{ severity: 'warning', message: refused, at: `${entry}:${line}` }],
  );
}
