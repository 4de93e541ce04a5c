import { Argument, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '#nearest.js';

/** What may stand for a value on the command line, for shells that complete it. */
export interface Values {
  readonly words?: readonly string[];
  /** Endings of files, each with its dot; an empty list stands for any file. */
  readonly files?: readonly string[];
  readonly directories?: true;
  /** Names of the validator's rules. */
  readonly rules?: true;
}

/** An archive or a model directory. */
export const ARCHIVES: Values = { files: ['.mar', '.model', '.tgz', '.tar.gz'], directories: true };
export const DIRECTORIES: Values = { directories: true };

const known = new WeakMap<Option | Argument, Values>();

/** An option whose values a shell can complete: `option('--config <file>', 'options as JSON', { files: ['.json'] })`. */
export function option(flags: string, description: string, values: Values = {}): Option {
  const made = new Option(flags, description);
  known.set(made, values);
  return made;
}

/** The same for an argument: `argument('<archive>', 'a .mar', ARCHIVES)`. */
export function argument(name: string, description: string, values: Values = {}): Argument {
  const made = new Argument(name, description);
  known.set(made, values);
  return made;
}

/** Parses a value that is one of these words; another is refused with the nearest. */
export function oneOf<T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`expected ${words.join(', ')}${didYouMean(text, words)}.`);
  };
}

/** What was said of an option or argument, or commander's choices; without either nothing is known, and any file may be meant. */
export function valuesOf(of: Option | Argument): Values {
  const { words, ...rest } = known.get(of) ?? {};
  const all = [...(of.argChoices ?? []), ...(words ?? [])];
  return all.length > 0 ? { ...rest, words: all } : rest;
}
