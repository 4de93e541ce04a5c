import { InvalidArgumentError } from 'commander';
import { type FailOn, FIGURES } from '#index.js';
import { didYouMean } from '#nearest.js';

/** For commander: a number above 0, or from 0 where that is said. */
export function positiveNumber({ zero = false }: { readonly zero?: boolean } = {}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && (value > 0 || zero)) return value;
    throw new InvalidArgumentError(`Expected a number ${zero ? 'from' : 'above'} 0.`);
  };
}

/** For commander: `3%`, or `3`, as a share. */
export function percentage(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (/^\d+(\.\d+)?%?$/.test(text) && value > 0 && value < 100) return value / 100;
  throw new InvalidArgumentError('Expected a percentage above 0 and below 100, for example 3%.');
}

/** For commander: `p99=+10%`, `throughput=-5%`, repeatable. */
export function readFailOn(text: string, before: readonly FailOn[] = []): FailOn[] {
  const [, name = '', sign, digits] = /^([a-z0-9]+)=([+-])(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const figure = FIGURES.find((one) => one === name);
  if (sign === undefined)
    throw new InvalidArgumentError('Expected FIGURE=CHANGE, for example p99=+10% or throughput=-5%.');
  if (figure === undefined)
    throw new InvalidArgumentError(
      `There is no figure ${name}, expected ${FIGURES.join(', ')}${didYouMean(name, FIGURES)}.`,
    );
  const worse = figure === 'throughput' ? '-' : '+';
  if (sign !== worse)
    throw new InvalidArgumentError(
      `${figure} is worse when it ${worse === '-' ? 'falls' : 'grows'}: write ${figure}=${worse}${digits}%.`,
    );
  return [...before, { figure, change: (sign === '-' ? -1 : 1) * (Number(digits) / 100) }];
}
