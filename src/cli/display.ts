import type { Io } from './command.js';

/** How a report is shown on standard output. */
export interface Display {
  readonly color: boolean;
  /** Width of the terminal; absent in a pipe or file. */
  readonly columns?: number;
}

/** Colours on a terminal that has them; NO_COLOR (no-color.org) and FORCE_COLOR (`0` and `false` for none) are over it. */
export function displayOf({ stdout, env }: Io): Display {
  const forced = env['FORCE_COLOR'];
  const terminal = stdout.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
  const color = forced === undefined ? terminal : forced !== '0' && forced !== 'false';
  return { color, ...(stdout.columns !== undefined && { columns: stdout.columns }) };
}
