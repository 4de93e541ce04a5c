import type { CodeTable } from '../error-kind.js';

/** Measuring and what follows from it: `mar bench`, `mar simulate`. */
export const BENCH_CODES = {
  ERR_BENCH_NO_LOAD: {
    kind: 'input',
    meaning:
      'The archive brings no request that a load could be made of: it has no golden case that its model answers, or one with headers that HTTP does not have.',
    remedy: 'Name files to send behind the archive, or add a golden case to MAR-INF/tests (`mar init` makes one).',
  },
  ERR_BENCH_TARGET: {
    kind: 'unavailable',
    meaning: 'Our runner could not be started for a measurement, or the model does not load in it.',
    remedy: 'Try `mar test ARCHIVE`, which tells the cause at length.',
  },
  ERR_BENCH_ANSWERS: {
    kind: 'input',
    meaning:
      'Before the load, the server answered every request with an error or with something else than its golden case expects.',
    remedy:
      'Try `mar test ARCHIVE`, with `--url URL` for a server, and look at the address: it is that of the model itself, such as /predictions/NAME or /invocations.',
  },
  ERR_BENCH_BASELINE: {
    kind: 'input',
    meaning: 'The baseline is not a complete result of `mar bench`, or it is of another kind of load.',
    remedy: 'Write one with the same flags: `mar bench … --output baseline.json`.',
  },
  ERR_BENCH_OTHER_MACHINE: {
    kind: 'conflict',
    meaning: 'The baseline was measured on another machine: its figures say nothing about this one.',
    remedy: 'Measure a baseline here, or give `--other-machine` to compare nevertheless.',
  },
  ERR_SIMULATE_FILE: {
    kind: 'input',
    meaning:
      'The file of service times is not a result of `mar bench`, or it has none: it was measured with `--no-split`, by an earlier version, or at a server that does not say how long its workers take.',
    remedy:
      'Measure the archive with our runner: `mar bench x.mar --output x.json`, or say what a request takes with `--service`.',
  },
} as const satisfies CodeTable;
