import type { ReadProgress } from '#index.js';
import { printableLine } from '#printable.js';
import type { Io } from './command.js';

/** Nothing is drawn for what is done sooner. */
const PATIENCE_MS = 1000;
const REDRAW_MS = 100;
const WIDTH = 24;

/** A line that is drawn over itself; `clear` removes it. */
export interface ProgressBar {
  update(progress: ReadProgress): void;
  clear(): void;
}

/** A bar on a terminal for anything that takes longer than a second; silent in a pipe. */
export function progressBar({ stderr }: Io, now: () => number = Date.now): ProgressBar {
  const started = now();
  let drawn = 0;
  let visible = false;
  return {
    update({ bytes, totalBytes, path }) {
      const time = now();
      if (stderr.isTTY !== true || time - started < PATIENCE_MS || time - drawn < REDRAW_MS) return;
      drawn = time;
      visible = true;
      const share = totalBytes === 0 ? 1 : bytes / totalBytes;
      const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
      const name = printableLine(path.length > 40 ? `…${path.slice(-39)}` : path);
      stderr.write(`\r\u001b[2K${bar} ${String(Math.floor(share * 100)).padStart(3)}% ${name}`);
    },
    clear() {
      if (visible) stderr.write('\r\u001b[2K');
      visible = false;
    },
  };
}

/**
 * Runs `use` with what draws how far the work on an archive is, where that can be seen; the bar is gone afterwards, and `clear`
 * removes it for a line that is printed meanwhile.
 */
export async function withReadBar<T>(
  io: Io,
  quiet: boolean | undefined,
  use: (watch: { onRead?: (progress: ReadProgress) => void }, clear: () => void) => Promise<T>,
): Promise<T> {
  const bar = progressBar(io);
  let over = false;
  // What a handler prints comes after the reading, on a line of its own.
  const onRead = (progress: ReadProgress): void =>
    progress.bytes < progress.totalBytes && !over ? bar.update(progress) : bar.clear();
  return use(!quiet && io.stderr.isTTY === true ? { onRead } : {}, bar.clear).finally(() => {
    // What is still being stopped after a failure draws nothing below its message.
    over = true;
    bar.clear();
  });
}
