import { readFile } from 'node:fs/promises';
import { MarError, messageOf, reasonOf } from '#errors/mar-error.js';
import { holdToSchema, listProblems, type SchemaProblem } from '#schema.js';
import type { Shape } from '../load/pacing.js';
import { type Machine, machineDifferences } from '../machine.js';
import type { FigureName } from '../measure/figure-names.js';
import type { BenchResult } from '../result.js';

/** An earlier result, as far as a later one is held against it. */
export interface Baseline {
  readonly file: string;
  readonly result: BenchResult;
  /** The figure of each round that has it. */
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
 * Reads a result that `mar bench` has written as JSON (schemas/bench-result.schema.json). Throws `ERR_BENCH_BASELINE` where it is none, is
 * not whole, or is of another load, and `ERR_BENCH_OTHER_MACHINE`.
 */
export async function readBaseline(file: string, { shape, machine, otherMachine }: Comparable): Promise<Baseline> {
  const result = await readResult(file);
  const { status, rounds, load } = result;
  if (status !== 'complete') throw refused(file, `it is of a run that was not completed (${status})`);
  const differences = shapeDifferences(shape, load.shape);
  if (differences.length > 0) throw refused(file, `it is of another load: ${differences.join(', ')}`);
  const others = machineDifferences(machine, result.machine);
  if (others.length > 0 && !otherMachine) {
    throw new MarError(`The baseline ${file} is of another machine: ${others.join(', ')}.`, {
      code: 'ERR_BENCH_OTHER_MACHINE',
    });
  }
  if (rounds.length === 0) throw refused(file, 'it has no rounds');
  return { file, result, valuesOf: (figure) => rounds.flatMap(({ figures }) => figures[figure] ?? []) };
}

async function readResult(file: string): Promise<BenchResult> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw refused(file, `it cannot be read: ${reasonOf(cause)}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(file, `it is not JSON: ${messageOf(cause)}`, { cause });
  }
  const refuse = (problems: readonly SchemaProblem[]): MarError =>
    refused(file, 'it is not a result of mar bench', { detail: listProblems(problems) });
  return holdToSchema<BenchResult>('bench-result', value, refuse);
}

function shapeDifferences(shape: Shape, before: Shape): string[] {
  const earlier = new Map<string, unknown>(Object.entries(before));
  return Object.entries(shape)
    .filter(([key, value]) => earlier.get(key) !== value)
    .map(([key, value]) => `${key} ${String(earlier.get(key))}, now ${String(value)}`);
}

function refused(file: string, why: string, more: { cause?: unknown; detail?: string } = {}): MarError {
  return new MarError(`The baseline ${file} cannot be used: ${why}.`, { code: 'ERR_BENCH_BASELINE', ...more });
}
