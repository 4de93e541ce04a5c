import { InvalidArgumentError } from 'commander';

/** For commander: a whole number from `least`. */
export function wholeNumber(least: number = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}
