import type { Command } from 'commander';
import type { LocalModelOptions } from '#index.js';
import { printableLine } from '#printable.js';
import type { Io } from './command.js';
import { wholeNumber } from './whole-number.js';

/** Flags of the commands that load a model without a server. */
export interface ModelFlags {
  readonly threads?: number;
  readonly timeout?: number;
  readonly python?: string;
  readonly installRequirements?: true;
}

/** Adds those flags to a command. */
export function modelOptions(command: Command): Command {
  return command
    .option('--threads <n>', 'threads of the inference library (default: all cores)', wholeNumber(1))
    .option('--timeout <seconds>', 'longest time for loading and for each answer (default: 120)', wholeNumber(1))
    .option('--python <interpreter>', 'interpreter for Python handlers')
    .option(
      '--install-requirements',
      "install the archive's Python requirements in a cached virtual environment first",
    );
}

/** The flags as options of the API; what the handler prints goes to stderr. */
export function toModelOptions(
  { threads, timeout, python, installRequirements }: ModelFlags,
  io: Io,
): LocalModelOptions {
  return {
    ...(threads !== undefined && { threads }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(python !== undefined && { python }),
    ...(installRequirements !== undefined && { installRequirements }),
    onLine: ({ text }) => io.stderr.write(`${printableLine(text)}\n`),
    signal: io.signal,
  };
}
