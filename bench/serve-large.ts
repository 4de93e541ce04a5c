import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { largeArchives } from './archives.js';
import { QUICK, rounds, seconds } from './effort.js';
import { load } from './load.js';
import { largeModel } from './models.js';
import { availableServers, type RunningServer, type ServerName, startServer } from './peers.js';
import { firstPrediction } from './ready.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

const SECONDS = seconds(6);
/**
 * Requests of a load. By the clock it would end in the middle of a run, and a load of six seconds has no more than 30 to 60 of them: up to 3 %
 * too few would be counted.
 */
const REQUESTS = QUICK ? 10 : 50;
const PICTURE = 'examples/image-classifier/model/MAR-INF/tests/chelsea.png';
const BODY = { body: readFileSync(PICTURE), contentType: 'image/png' };

/** With two, the worker hears of the next request only between two runs: ONNX Runtime holds its thread. */
const CONNECTIONS = [2, 4];

interface Large {
  /** Seconds from the registration to the first answer. */
  readonly register: number;
  /** Predictions per second for each number of connections. */
  readonly perSecond: Readonly<Record<number, number>>;
}

/** Registering and running a model of 240 MB. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-large-'));
  try {
    const model = await largeModel();
    const archives = await largeArchives(store, model);
    const servers = availableServers().map((name) => {
      const archive = name === 'ours' ? archives.script : archives.python;
      return [name, () => measure(name, store, archive)] as const;
    });
    const results = await alternate(rounds(5), { ...Object.fromEntries(servers), bare: () => measureBare(model) });
    report('serve-large', rows(results));
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** The model in a process of its own that does nothing else. */
async function measureBare(model: string): Promise<Large> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'bench/node/bare-session.mjs',
    model,
    PICTURE,
    String(SECONDS),
  ]);
  return { register: Number.NaN, perSecond: Object.fromEntries(CONNECTIONS.map((count) => [count, Number(stdout)])) };
}

async function measure(name: ServerName, store: string, archive: string): Promise<Large> {
  const server = await startServer(name, { modelStore: store, models: {}, workers: 1 });
  try {
    await untilHealthy(server);
    const started = performance.now();
    const query = `url=${archive}&model_name=large&initial_workers=1&synchronous=true`;
    const answer = await fetch(`${server.managementUrl}/models?${query}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${name} refuses ${archive}: ${answer.status} ${await answer.text()}`);
    await answer.text();
    const register = (await firstPrediction(server, 'large', BODY, started)) / 1000;
    const url = `${server.inferenceUrl}/predictions/large`;
    const perSecond: Record<number, number> = {};
    for (const connections of CONNECTIONS) {
      perSecond[connections] = (await load({ url, ...BODY, connections, requests: REQUESTS })).perSecond;
    }
    return { register, perSecond };
  } finally {
    await server.stop();
  }
}

async function untilHealthy({ managementUrl }: RunningServer): Promise<void> {
  for (;;) {
    const answer = await fetch(`${managementUrl}/models`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function rows(results: Readonly<Record<string, readonly Large[]>>): Row[] {
  const of = (name: string, value: (one: Large) => number) => median((results[name] ?? []).map(value));
  const register = of('ours', (one) => one.register);
  const peers = ['mms', 'torchserve'].filter((peer) => results[peer]);
  const title = (peer: string) => (peer === 'mms' ? 'MMS' : 'TorchServe');
  const rate = (name: string, connections: number) => of(name, (one) => one.perSecond[connections] ?? Number.NaN);
  return [
    ...peers.map((peer) => {
      const theirs = of(peer, (one) => one.register);
      return {
        what: 'register → first prediction, synchronous, one worker',
        ours: `${register.toFixed(2)} s`,
        others: `${title(peer)} ${theirs.toFixed(2)} s`,
        ...ratio(register, theirs, peer === 'mms' ? { atMost: 0.4 } : undefined),
      };
    }),
    ...CONNECTIONS.flatMap((connections) =>
      ['bare', ...peers].map((other) => {
        const [ours, theirs] = [rate('ours', connections), rate(other, connections)];
        const floor = other === 'bare' ? { atLeast: 0.98 } : undefined;
        return {
          what: `predictions, one worker with one thread, ${connections} connections`,
          ours: `${ours.toFixed(1)} /s`,
          others: `${other === 'bare' ? 'bare ONNX Runtime session' : title(other)} ${theirs.toFixed(1)} /s`,
          ...ratio(ours, theirs, floor),
        };
      }),
    ),
  ];
}
