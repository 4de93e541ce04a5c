import { randomUUID } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { attachAccelerators } from '#device/emulated.js';
import type { Worker } from '#hosting/worker.js';
import type { PredictJob, WorkerResponse } from '#protocol/messages.js';
import { logLine } from '#report/serve.js';
import { AcceleratedWorker } from '#serve/accelerators/accelerated-worker.js';
import { Accelerator } from '#serve/accelerators/accelerator.js';
import { logWriter } from '../src/cli/log-writer.js';
import { pack } from '../src/index.js';
import { answerOf, FakeWorker } from '../test/support/fake-worker.js';
import { rounds } from './effort.js';
import { type LoadResult, load } from './load.js';
import { largeModel } from './models.js';
import { type RunningServer, startServer } from './peers.js';
import { firstPrediction } from './ready.js';
import { type Row, report } from './report.js';
import { alternate, median, type Rounds } from './statistics.js';

/** A picture of 224 × 224 as the model takes it: floats of 4 bytes. */
const TENSOR = { body: Buffer.alloc(3 * 224 * 224 * 4), contentType: 'application/octet-stream' };
const TEXT = { body: Buffer.from('hello'), contentType: 'text/plain' };
const ONE = ['accelerators=eia1.medium'];
const TWO = ['accelerators=eia1.medium,eia1.medium'];

/** One configuration: its server stands beside the others, which take short turns, so that what disturbs the machine disturbs all alike. */
interface Candidate {
  readonly model: string;
  /** As many clients as workers. */
  readonly workers: number;
  readonly properties: readonly string[];
  readonly request: typeof TENSOR;
}

/** The post's finding, and what the turns of an emulated accelerator cost. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-eia-'));
  try {
    await packAll(store);
    const large = (workers: number, properties: readonly string[]): Candidate => ({
      ...{ model: 'resnet', workers, properties, request: TENSOR },
    });
    const noop = (model: string, properties: readonly string[]): Candidate => ({
      ...{ model, workers: 1, properties, request: TEXT },
    });
    const finding = await inTurns(store, 8, rounds(10), {
      one: large(1, ONE),
      two: large(2, ONE),
      apart: large(2, TWO),
    });
    const cost = await inTurns(store, 400, rounds(30), {
      with: noop('noop-eia', ONE),
      without: noop('noop-eia', []),
    });
    report('accelerators', [...findingRows(finding), costRow(cost.with, cost.without), await turnRow()]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** Starts a server for each candidate, and lets them answer blocks of so many requests, one after the other, so many times. */
async function inTurns<Name extends string>(
  store: string,
  requests: number,
  times: number,
  candidates: Readonly<Record<Name, Candidate>>,
): Promise<Rounds<Record<Name, () => Promise<LoadResult>>>> {
  const servers: RunningServer[] = [];
  const blocks: Partial<Record<Name, () => Promise<LoadResult>>> = {};
  try {
    for (const name in candidates) {
      const { model, workers, properties, request } = candidates[name];
      const options = { modelStore: store, models: { [model]: `${model}.mar` }, workers, properties };
      const server = await startServer('ours', options);
      servers.push(server);
      await firstPrediction(server, model, request);
      const url = `${server.inferenceUrl}/predictions/${model}`;
      blocks[name] = async () => {
        const result = await load({ url, ...request, connections: workers, requests });
        if (result.failures > 0) throw new Error(`${result.failures} requests to ${model} failed`);
        return result;
      };
      await blocks[name]?.();
    }
    return await alternate(times, blocks as Record<Name, () => Promise<LoadResult>>);
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function packAll(store: string): Promise<void> {
  const folder = (name: string, file: string): string => {
    const path = join(store, 'sources', name);
    mkdirSync(path, { recursive: true });
    linkOrCopy(file, join(path, file.split('/').at(-1) ?? ''));
    return path;
  };
  const common = { exportPath: store, force: true };
  const eia = { accelerator: 'eia1.medium', acceleratorCount: 2 };
  const resnet = folder('resnet', await largeModel());
  await pack({ ...common, ...eia, modelName: 'resnet', modelPath: resnet, handler: 'tensor' });
  const noop = folder('noop', 'bench/handlers/noop.ts');
  await pack({ ...common, ...eia, modelName: 'noop-eia', modelPath: noop, handler: 'noop.ts' });
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

type Runs = readonly LoadResult[];

/** Of all blocks together. */
const rate = (runs: Runs): number => {
  const sum = (of: (run: LoadResult) => number): number => runs.reduce((all, run) => all + of(run), 0);
  return sum((run) => run.requests) / sum((run) => run.seconds);
};
const latency = (runs: Runs): number => median(runs.map(({ p50 }) => p50));
const shown = (runs: Runs): string => `${rate(runs).toFixed(2)} /s, p50 ${latency(runs).toFixed(0)} ms`;

function findingRows({ one, two, apart }: Readonly<Record<'one' | 'two' | 'apart', Runs>>): Row[] {
  const beside = `1 worker ${shown(one)}`;
  const throughput = rate(two) / rate(one);
  const twice = latency(two) / latency(one);
  const spread = rate(apart) / rate(one);
  return [
    {
      ...{ what: 'one accelerator: 2 workers beside 1, throughput', ours: shown(two), others: beside },
      ...{ ratio: `${throughput.toFixed(2)}×`, floor: '0.95× to 1.05×', holds: Math.abs(throughput - 1) <= 0.05 },
    },
    {
      ...{ what: '… latency', ours: shown(two), others: beside },
      ...{ ratio: `${twice.toFixed(2)}×`, floor: '1.8× to 2.2×', holds: Math.abs(twice - 2) <= 0.2 },
    },
    {
      ...{ what: 'two accelerators: 2 workers beside 1, throughput', ours: shown(apart), others: beside },
      ...{ ratio: `${spread.toFixed(2)}×`, floor: 'more than 1.05×', holds: spread > 1.05 },
    },
  ];
}

/** The median of what each block took more than the one beside it. */
function added(own: Runs, other: Runs): number {
  return median(own.map(({ p50 }, round) => p50 - (other[round]?.p50 ?? Number.NaN)));
}

function costRow(own: Runs, other: Runs): Row {
  const more = added(own, other);
  return {
    what: 'a handler that does nothing, one client, in turns, p50',
    ours: `${latency(own).toFixed(3)} ms`,
    others: `no accelerators attached ${latency(other).toFixed(3)} ms`,
    ...{ ratio: `${more >= 0 ? '+' : '−'}${Math.abs(more).toFixed(3)} ms`, floor: '< 0.1 ms', holds: more < 0.1 },
  };
}

const CALLS = 20_000;

/** A turn in the process of the front end, with a worker that answers at once: no other program is between the two. */
async function turnRow(): Promise<Row> {
  const [facts] = attachAccelerators('eia1.medium');
  if (!facts) throw new Error('no accelerator is attached');
  const log = logWriter(new Writable({ write: (_chunk, _encoding, done) => done() }), logLine);
  const worker = new ReadyWorker();
  const tenant = { model: 'noop', worker: '9000', bytes: 0, ranOn: 'cpu' };
  const accelerator = new Accelerator(facts, 1);
  const inTurns = new AcceleratedWorker(worker, { accelerator, tenant, fallback: 'cpu', log });
  const [direct, turns] = [await perCall(worker), await perCall(inTurns)];
  return {
    what: '… the turn alone, within the front end, header and log line included, p50',
    ours: `${turns.toFixed(4)} ms`,
    others: `the same call without one ${direct.toFixed(4)} ms`,
    ...{ ratio: `+${(turns - direct).toFixed(4)} ms`, floor: '< 0.1 ms', holds: turns - direct < 0.1 },
  };
}

/** The median of so many calls, in milliseconds. */
async function perCall(worker: Worker): Promise<number> {
  const jobs = [{ id: randomUUID(), headers: [], parameters: [] }];
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const begun = performance.now();
    await worker.predict(jobs);
    times.push(performance.now() - begun);
    if (call % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return median(times);
}

/** A worker that has the answer before it is asked. */
class ReadyWorker extends FakeWorker {
  override async predict(jobs: readonly PredictJob[]): Promise<WorkerResponse> {
    return { code: 200, message: 'Prediction success', predictions: jobs.map(({ id }) => answerOf(id)) };
  }
}
