import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeArchives } from './archives.js';
import { rounds, seconds } from './effort.js';
import { load } from './load.js';
import { largeModel } from './models.js';
import { startServer } from './peers.js';
import { processTree } from './processes.js';
import { firstPrediction } from './ready.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

const PICTURE = 'examples/image-classifier/model/MAR-INF/tests/chelsea.png';
const BODY = { body: readFileSync(PICTURE), contentType: 'image/png' };
const SHARED = ['share_weights=true'];

interface Held {
  /** Proportional set size of front end and workers in MB: what they share counts once. */
  readonly megabytes: number;
  /** Seconds from the start of the server to the first answer. */
  readonly start: number;
  readonly perSecond: number;
}

/** Memory of one and two workers of the 240 MB model, each with its own weights and with shared ones. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-weights-'));
  try {
    const { script } = await largeArchives(store, await largeModel());
    const measure = (workers: number, properties: readonly string[]) => () => held(store, script, workers, properties);
    const { one, two, sharedOne, sharedTwo } = await alternate(rounds(3), {
      one: measure(1, []),
      two: measure(2, []),
      sharedOne: measure(1, SHARED),
      sharedTwo: measure(2, SHARED),
    });
    const of = (runs: readonly Held[], pick: (held: Held) => number): number => median(runs.map(pick));
    const compare = (
      what: string,
      ours: readonly Held[],
      name: string,
      theirs: readonly Held[],
      kind: 'memory' | 'start' | 'rate',
      floor?: Parameters<typeof ratio>[2],
    ): Row => {
      const pick = ({ megabytes, start, perSecond }: Held): number =>
        ({ memory: megabytes, start, rate: perSecond })[kind];
      const text = (value: number): string =>
        ({ memory: `${value.toFixed(0)} MB`, start: `${value.toFixed(2)} s`, rate: `${value.toFixed(1)} /s` })[kind];
      const [own, other] = [of(ours, pick), of(theirs, pick)];
      return { what, ours: text(own), others: `${name} ${text(other)}`, ...ratio(own, other, floor) };
    };
    report('weights', [
      compare('memory of two workers, shared weights', sharedTwo, 'one with shared weights', sharedOne, 'memory', {
        atMost: 1.3,
      }),
      compare('… the same', sharedTwo, 'one with its own', one, 'memory', { atMost: 1.3 }),
      compare('… each with its own', two, 'one with its own', one, 'memory'),
      compare('memory of one worker, shared weights', sharedOne, 'with its own', one, 'memory'),
      compare('start → first prediction, one worker, shared weights', sharedOne, 'with its own', one, 'start'),
      compare('… two workers', sharedTwo, 'each with its own', two, 'start'),
      compare(
        'predictions, two workers, four connections, shared weights',
        sharedTwo,
        'each with its own',
        two,
        'rate',
      ),
    ]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function held(store: string, archive: string, workers: number, properties: readonly string[]): Promise<Held> {
  const started = performance.now();
  const server = await startServer('ours', { modelStore: store, models: { large: archive }, workers, properties });
  try {
    const start = (await firstPrediction(server, 'large', BODY, started)) / 1000;
    const url = `${server.inferenceUrl}/predictions/large`;
    // All workers have run before anything is measured.
    await load({ url, ...BODY, connections: 2 * workers, requests: 8 * workers });
    const { failures, perSecond } = await load({ url, ...BODY, connections: 4, seconds: seconds(5) });
    if (failures > 0) throw new Error(`${failures} requests failed`);
    return { megabytes: proportional(server.pid), start, perSecond };
  } finally {
    await server.stop();
  }
}

function proportional(root: number): number {
  const kilobytes = processTree(root).map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? Number.NaN);
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}
