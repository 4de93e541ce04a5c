import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MarError, messageOf, reasonOf } from '#errors/mar-error.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { MeasuredService } from './service/measured.js';
import type { Points } from './service/resample.js';

/** What a result of `mar bench` says that a simulation goes by. */
export interface Measurement {
  readonly service: MeasuredService;
  readonly workers?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly maxBatchDelay?: number | undefined;
  readonly warnings: readonly string[];
}

const MEASURE = 'Measure it with our runner: mar bench x.mar --output x.json (without --no-split).';

/** Reads a result that `mar bench` has written as JSON. Throws `ERR_SIMULATE_FILE` where it is another file, or has no times of batches. */
export async function readMeasured(file: string): Promise<Measurement> {
  const result = await readResult(file);
  const times = result['times'];
  if (!isObject(times)) throw refused(file, 'it has no service times', MEASURE);
  const handler = listOf(times['handler']).map((one, index) => {
    const size = isObject(one) ? one['size'] : undefined;
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
      throw refused(file, `times.handler.${index} has no batch size from 1`, MEASURE);
    return { size, times: pointsIn(file, `times.handler.${index}.times`, isObject(one) ? one['times'] : undefined) };
  });
  if (handler.length === 0) throw refused(file, 'it has no service times', MEASURE);
  const network = pointsIn(file, 'times.network', times['network']);
  const service = new MeasuredService({ handler, network }, `measured, ${basename(file)}`);
  const target = objectAt(result, 'target');
  return {
    service,
    workers: wholeIn(target['workers'], 1),
    batchSize: wholeIn(target['batchSize'], 1),
    maxBatchDelay: wholeIn(target['maxBatchDelay'], 0),
    warnings: warningsOf(file, result),
  };
}

function warningsOf(file: string, result: JsonObject): string[] {
  const { status } = result;
  const errors = Object.keys(objectAt(result, 'errors')).length;
  return [
    ...(status === 'complete' ? [] : [`${file} is of a run that was not completed (${String(status)}).`]),
    ...(errors === 0 ? [] : [`In ${file} requests failed: its times are of the others.`]),
    ...tooFewClients(file, result),
  ];
}

/** Workers that are never handed the next batch while they run one have the way there and back in the time of each. */
function tooFewClients(file: string, result: JsonObject): string[] {
  const target = objectAt(result, 'target');
  const { kind, connections } = objectAt(objectAt(result, 'load'), 'shape');
  const atOnce = (wholeIn(target['workers'], 1) ?? 1) * (wholeIn(target['batchSize'], 1) ?? 1);
  if (kind !== 'closed' || typeof connections !== 'number' || connections > atOnce) return [];
  return [
    `In ${file} ${connections} clients asked workers that take ${atOnce} requests at once, so that none ever had another waiting: each time has in it the way to an idle worker and back (half a millisecond or so), which is not lost under load. Measure with twice as many clients: -c ${2 * atOnce}.`,
  ];
}

async function readResult(file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw refused(file, `it cannot be read: ${reasonOf(error)}`, undefined, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(file, `it is not JSON: ${messageOf(error)}`, undefined, error);
  }
  if (!isObject(value) || value['format'] !== 1 || !Array.isArray(value['rounds']))
    throw refused(file, 'it is not a result of mar bench', MEASURE);
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function pointsIn(file: string, place: string, value: unknown): Points {
  const points = listOf(value).map((point): readonly [number, number] => {
    const [milliseconds, count] = listOf(point);
    if (typeof milliseconds !== 'number' || typeof count !== 'number' || milliseconds < 0 || !(count > 0))
      throw refused(file, `${place} has something else than pairs of milliseconds and a count above 0`, MEASURE);
    return [milliseconds, count];
  });
  if (points.length === 0) throw refused(file, `${place} is empty`, MEASURE);
  return points;
}

function wholeIn(value: unknown, least: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : undefined;
}

function refused(file: string, why: string, hint?: string, cause?: unknown): MarError {
  return new MarError(`The times of ${file} cannot be used: ${why}.`, {
    code: 'ERR_SIMULATE_FILE',
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}
