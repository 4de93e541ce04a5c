import type { Writable } from 'node:stream';
import { messageOf, systemCode } from '#errors/mar-error.js';
import type { Io } from './command.js';

export interface OutputWatch {
  /**
   * Waits for what was written, and says whether results were lost; a reader that left early (`| head`) wanted no more. After an
   * interrupt, output that nobody takes is given up.
   */
  broken(): Promise<boolean>;
}

/** What a reader has to take the rest after an interrupt, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** Catches what goes wrong with standard output and standard error, which would otherwise end the process with a stack. */
export function watchOutput({ stdout, stderr, signal }: Io): OutputWatch {
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
      await Promise.all([flushed(stdout, signal), flushed(stderr, signal)]);
      return lost;
    },
  };
}

/** Resolves when everything written is with the operating system, or soon after `signal` aborts. */
function flushed(stream: Writable, signal: AbortSignal): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      timer = setTimeout(end, LAST_WORDS_MS);
    };
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    stream.write('', end);
  });
}
