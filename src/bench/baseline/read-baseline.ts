import { readFile } from 'node:fs/promises';
import { MarError, messageOf, reasonOf } from '#errors/mar-error.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import type { Shape } from '../load/pacing.js';
import { type Machine, machineDifferences } from '../machine.js';
import type { FigureName } from '../measure/figure-names.js';

/** An earlier result, as far as a later one is held against it. */
export interface Baseline {
  readonly file: string;
  readonly startedAt: string;
  /** The whole of it, not looked at. */
  readonly result: JsonObject;
  /** The figure of each round. */
  valuesOf(figure: FigureName): number[];
}

/** What the new measurement is. */
export interface Comparable {
  readonly shape: Shape;
  readonly machine: Machine;
  /** Takes the figures of another machine. */
  readonly otherMachine: boolean;
}

/**
 * Reads a result that `mar bench` has written as JSON. Throws `ERR_BENCH_BASELINE` where it is none, is not whole, or is of another load,
 * and `ERR_BENCH_OTHER_MACHINE`.
 */
export async function readBaseline(file: string, { shape, machine, otherMachine }: Comparable): Promise<Baseline> {
  const result = await readResult(file);
  if (result['status'] !== 'complete')
    throw refused(file, `it is of a run that was not completed (${String(result['status'])})`);
  const before = objectAt(result, 'load')['shape'];
  const differences = isObject(before) ? shapeDifferences(shape, before) : ['it says nothing of its load'];
  if (differences.length > 0) throw refused(file, `it is of another load: ${differences.join(', ')}`);
  const others = machineDifferences(machine, machineIn(result, file));
  if (others.length > 0 && !otherMachine) {
    throw new MarError(`The baseline ${file} is of another machine: ${others.join(', ')}.`, {
      code: 'ERR_BENCH_OTHER_MACHINE',
    });
  }
  const { rounds } = result;
  if (!Array.isArray(rounds) || rounds.length === 0) throw refused(file, 'it has no rounds');
  return {
    ...{ file, result },
    startedAt: String(result['startedAt']),
    valuesOf: (figure) =>
      rounds.flatMap((round: unknown) => {
        const value = isObject(round) ? objectAt(round, 'figures')[figure] : undefined;
        return typeof value === 'number' ? [value] : [];
      }),
  };
}

async function readResult(file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw refused(file, `it cannot be read: ${reasonOf(error)}`, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(file, `it is not JSON: ${messageOf(error)}`, error);
  }
  if (!isObject(value) || value['format'] !== 1 || !Array.isArray(value['rounds']))
    throw refused(file, 'it is not a result of mar bench');
  return value;
}

function shapeDifferences(shape: Shape, before: JsonObject): string[] {
  return Object.entries(shape)
    .filter(([key, value]) => before[key] !== value)
    .map(([key, value]) => `${key} ${String(before[key])}, now ${String(value)}`);
}

function machineIn(result: JsonObject, file: string): Machine {
  const { processor, cores, memoryBytes, platform, architecture, release } = objectAt(result, 'machine');
  if (typeof processor !== 'string' || typeof cores !== 'number' || typeof memoryBytes !== 'number')
    throw refused(file, 'it does not say of which machine it is');
  return {
    ...{ processor, cores, memoryBytes },
    platform: String(platform),
    architecture: String(architecture),
    release: String(release),
  };
}

function refused(file: string, why: string, cause?: unknown): MarError {
  return new MarError(`The baseline ${file} cannot be used: ${why}.`, {
    code: 'ERR_BENCH_BASELINE',
    ...(cause !== undefined && { cause }),
  });
}
