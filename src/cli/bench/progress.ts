import type { BenchProgress } from '#index.js';
import { benchProgress } from '#report/bench/progress.js';
import type { Io } from '../command.js';

/** A line on a terminal that says where a measurement stands, drawn over itself; silent in a pipe. `clear` removes it. */
export function progressLine({ stderr }: Io, quiet: boolean | undefined) {
  let visible = false;
  return {
    update: (progress: BenchProgress): void => {
      if (stderr.isTTY !== true || quiet) return;
      visible = true;
      stderr.write(`\r\u001b[2K${benchProgress(progress)}`);
    },
    clear: (): void => {
      if (visible) stderr.write('\r\u001b[2K');
      visible = false;
    },
  };
}
