import { InvalidArgumentError } from 'commander';
import { SLO_FIGURES, type Slo } from '#index.js';
import { didYouMean } from '#nearest.js';

/** For commander: `3`, or from and to as `2..20`; a range that is turned round is refused with its words. */
export function replicaCount(text: string): number | { readonly least: number; readonly most: number } {
  const [, first, second] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (first === undefined || Number(first) < 1)
    throw new InvalidArgumentError('Expected a whole number from 1, or a range such as 2..20.');
  if (second === undefined) return Number(first);
  if (Number(second) < Number(first))
    throw new InvalidArgumentError(`The range is turned round: write ${second}..${first}.`);
  return { least: Number(first), most: Number(second) };
}

/** For commander: `100`, or `unlimited`. */
export function queueSize(text: string): number {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 0, or unlimited.');
}

/** For commander: `10ms`, `1.5s`, `250us` or milliseconds without a unit, in milliseconds. */
export function milliseconds(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(us|µs|ms|s)?$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('Expected a time such as 10ms or 1.5s.');
  return Number(digits) * (unit === 's' ? 1000 : unit === undefined || unit === 'ms' ? 1 : 0.001);
}

/** For commander: `p99=100ms`, repeatable. */
export function readSlo(text: string, before: readonly Slo[] = []): Slo[] {
  const [, name = '', time] = /^([a-z0-9]+)=(.+)$/.exec(text) ?? [];
  if (time === undefined) throw new InvalidArgumentError('Expected FIGURE=TIME, for example p99=100ms.');
  const figure = SLO_FIGURES.find((one) => one === name);
  if (figure === undefined)
    throw new InvalidArgumentError(
      `There is no figure ${name}, expected ${SLO_FIGURES.join(', ')}${didYouMean(name, SLO_FIGURES)}.`,
    );
  const limit = milliseconds(time);
  if (limit <= 0) throw new InvalidArgumentError('Expected a time above 0.');
  return [...before, { figure, milliseconds: limit }];
}
