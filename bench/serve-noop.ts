import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noopArchives } from './archives.js';
import { rounds, seconds } from './effort.js';
import { availableServers, type RunningServer, type ServerName } from './peers.js';
import { residentMegabytes } from './processes.js';
import { type Row, ratio, report } from './report.js';
import { type Session, session } from './sessions.js';
import { alternate, median } from './statistics.js';

const CONNECTIONS = [1, 8, 32];
const FLOORS: Readonly<Record<number, number>> = { 1: 1.8, 32: 2.5 };
const REQUEST = { body: Buffer.from('hello'), contentType: 'text/plain' };

interface Observed extends Session {
  readonly idle: number;
  readonly loaded: number;
}

/** Requests per second, start and memory of a server whose handler does nothing. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-noop-'));
  try {
    const { script, python } = await noopArchives(store);
    const measure = (name: ServerName, archive: string) => () => observed(name, store, archive);
    const servers = availableServers();
    const results = await alternate(rounds(3), {
      script: measure('ours', script),
      python: measure('ours', python),
      ...(servers.includes('mms') && { mms: measure('mms', python) }),
      ...(servers.includes('torchserve') && { torchserve: measure('torchserve', python) }),
    });
    const { mms, torchserve } = results as Partial<Record<string, Observed[]>>;
    report('serve-noop', [
      ...(mms ? rows('MMS', results.script, results.python, mms, true) : []),
      ...(torchserve ? rows('TorchServe', results.script, results.python, torchserve, false) : []),
    ]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function observed(name: ServerName, store: string, archive: string): Promise<Observed> {
  const memory = { idle: 0, loaded: 0 };
  const result = await session(name, {
    modelStore: store,
    models: { noop: archive },
    model: 'noop',
    workers: 1,
    request: REQUEST,
    connections: CONNECTIONS,
    seconds: seconds(3),
    observe: (server: RunningServer, moment) => {
      memory[moment] = Math.max(memory[moment], residentMegabytes(server.frontEnd()));
    },
  });
  return { ...result, ...memory };
}

const perSecond = (runs: readonly Observed[], connections: number) =>
  median(runs.map(({ loads }) => loads.get(connections)?.perSecond ?? Number.NaN));
const rate = (value: number) => `${Math.round(value).toLocaleString('en')} /s`;

function rows(
  peer: string,
  script: readonly Observed[],
  python: readonly Observed[],
  theirs: readonly Observed[],
  floors: boolean,
): Row[] {
  const throughput = (own: readonly Observed[], handler: string, floor: (connections: number) => number | undefined) =>
    CONNECTIONS.map((connections): Row => {
      const [mine, other] = [perSecond(own, connections), perSecond(theirs, connections)];
      const atLeast = floors ? floor(connections) : undefined;
      return {
        what: `${handler}, ${connections} connection${connections === 1 ? '' : 's'}`,
        ours: rate(mine),
        others: `${peer} ${rate(other)}`,
        ...ratio(mine, other, atLeast === undefined ? undefined : { atLeast }),
      };
    });
  const value = (what: string, unit: string, pick: (run: Observed) => number, atMost: number): Row => {
    const [mine, other] = [median(script.map(pick)), median(theirs.map(pick))];
    return {
      what,
      ours: `${mine.toFixed(0)} ${unit}`,
      others: `${peer} ${other.toFixed(0)} ${unit}`,
      ...ratio(mine, other, floors ? { atMost } : undefined),
    };
  };
  return [
    ...throughput(script, 'TypeScript handler', (connections) => FLOORS[connections]),
    ...throughput(python, 'the same Python archive', (connections) => (connections === 8 ? undefined : 1)),
    value('start → first prediction', 'ms', (run) => run.startMilliseconds, 0.7),
    value('memory of the front end, idle', 'MB', (run) => run.idle, 0.5),
    value('memory of the front end, under load', 'MB', (run) => run.loaded, 0.5),
  ];
}
