import { messageOf, systemCode } from '#errors.js';
import type { Io } from './command.js';

export interface OutputWatch {
  /** Waits for what was written, and says whether results were lost; a reader that left early (`| head`) wanted no more. */
  broken(): Promise<boolean>;
}

/** Catches what goes wrong with standard output and standard error, which would otherwise end the process with a stack. */
export function watchOutput({ stdout, stderr }: Io): OutputWatch {
  let lost = false;
  stdout.on('error', (error: Error) => {
    if (systemCode(error) === 'EPIPE' || lost) return;
    lost = true;
    stderr.write(`error: standard output cannot be written: ${messageOf(error)}\n`);
  });
  // Nobody is left to be told.
  stderr.on('error', () => {});
  return {
    broken: async () => {
      if (!stdout.destroyed) await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      return lost;
    },
  };
}
