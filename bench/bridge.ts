import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { bridgedArchives, imageArchives, noopArchives } from './archives.js';
import { QUICK, rounds, seconds } from './effort.js';
import { type LoadResult, load } from './load.js';
import { availableServers, type RunningServer, startServer } from './peers.js';
import { processorSeconds } from './processes.js';
import { firstPrediction, type Request } from './ready.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

const PHOTOGRAPH = 'examples/image-classifier/model/MAR-INF/tests/chelsea.png';
/** On the page: the example answers at most so much later than in our runner, and is registered so much later than a Python handler. */
const LATER = { answer: 1.5, registration: 1500 };

/**
 * What the bridge costs on Multi Model Server, beside native Python handlers there and beside our runner. All of them are loaded at
 * once and take turns in short slices, so that what disturbs the machine disturbs all alike.
 */
export async function run(): Promise<void> {
  if (!availableServers().includes('mms')) throw new Error('MAR_TEST_MMS_PYTHON does not name a Python with mms');
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-bridge-'));
  try {
    const native = { noop: (await noopArchives(store)).python, image: (await imageArchives(store)).python };
    const bridged = await bridgedArchives(store);
    const body = await sharp(PHOTOGRAPH).resize(720, 720, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
    const image = { body, contentType: 'image/jpeg' };
    const noop = { body: Buffer.from('hello'), contentType: 'text/plain' };
    const mms = await startServer('mms', { modelStore: store, models: {}, workers: 1 });
    const ours = await startServer('ours', { modelStore: store, models: bridged, workers: 1 });
    try {
      await firstPrediction(ours, 'image', image);
      const registering = await alternate(rounds(5), {
        native: () => registered(mms, native.image, 'image-native'),
        bridged: () => registered(mms, bridged.image, 'image'),
      });
      await registered(mms, native.noop, 'noop-native', true);
      await registered(mms, bridged.noop, 'noop', true);
      await registered(mms, native.image, 'image-native', true);
      await registered(mms, bridged.image, 'image', true);
      // What Java has not compiled yet would be measured otherwise.
      for (const model of ['noop-native', 'noop'])
        await load({
          url: `${mms.inferenceUrl}/predictions/${model}`,
          ...noop,
          connections: 8,
          requests: QUICK ? 100 : 4000,
        });
      const rows: Row[] = [];
      for (const connections of [1, 8]) {
        const found = await alternate(rounds(7), {
          native: slice(mms, 'noop-native', noop, connections),
          bridged: slice(mms, 'noop', noop, connections),
        });
        rows.push(...noopRows(connections, found));
      }
      const images = await alternate(rounds(9), {
        ours: slice(ours, 'image', image, 1),
        bridged: slice(mms, 'image', image, 1),
        native: slice(mms, 'image-native', image, 1),
      });
      report('bridge', [...rows, ...imageRows(images), ...registrationRows(registering)]);
    } finally {
      await Promise.all([mms.stop(), ours.stop()]);
    }
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

interface Slice extends LoadResult {
  /** Milliseconds of a processor that the server and its workers used for one request. */
  readonly processor: number;
}

interface Registration {
  readonly milliseconds: number;
  /** The same of a processor. */
  readonly processor: number;
}

/** A short load after a shorter one that warms up. */
function slice(server: RunningServer, model: string, request: Request, connections: number): () => Promise<Slice> {
  const url = `${server.inferenceUrl}/predictions/${model}`;
  return async () => {
    await load({ url, ...request, connections, seconds: seconds(0.4) });
    const before = processorSeconds(server.pid);
    const result = await load({ url, ...request, connections, seconds: seconds(1.5) });
    const processor = ((processorSeconds(server.pid) - before) / result.requests) * 1000;
    if (result.failures > 0) throw new Error(`${model} failed ${result.failures} of ${result.requests} requests`);
    return { ...result, processor };
  };
}

/** A registration with one worker; the model is taken away again unless it stays. */
async function registered(server: RunningServer, file: string, model: string, stays = false): Promise<Registration> {
  await listening(server);
  const query = `url=${file}&model_name=${model}&initial_workers=1&synchronous=true`;
  const before = processorSeconds(server.pid);
  const started = performance.now();
  const response = await fetch(`${server.managementUrl}/models?${query}`, { method: 'POST' });
  const text = await response.text();
  const milliseconds = performance.now() - started;
  const processor = (processorSeconds(server.pid) - before) * 1000;
  if (response.status !== 200) throw new Error(`${file} was not registered: ${text}`);
  if (!stays) await (await fetch(`${server.managementUrl}/models/${model}`, { method: 'DELETE' })).arrayBuffer();
  return { milliseconds, processor };
}

async function listening(server: RunningServer): Promise<void> {
  for (;;) {
    server.checkAlive();
    const answer = await fetch(`${server.managementUrl}/models`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function noopRows(connections: number, found: Record<'native' | 'bridged', Slice[]>): Row[] {
  const rate = (name: 'native' | 'bridged') => median(found[name].map(({ perSecond }) => perSecond));
  const text = (value: number) => `${Math.round(value).toLocaleString('en')} /s`;
  const used = (name: 'native' | 'bridged') => median(found[name].map(({ processor }) => processor));
  const what = `no-op on MMS, ${connections} connection${connections === 1 ? '' : 's'}`;
  return [
    {
      what,
      ours: text(rate('bridged')),
      others: `native Python ${text(rate('native'))}`,
      ...ratio(rate('bridged'), rate('native'), { atLeast: 0.5 }),
    },
    {
      what: `… processor, server and workers`,
      ours: `${used('bridged').toFixed(2)} ms`,
      others: `native Python ${used('native').toFixed(2)} ms`,
      ...ratio(used('bridged'), used('native')),
    },
  ];
}

function imageRows(found: Record<'ours' | 'bridged' | 'native', Slice[]>): Row[] {
  const p50 = (name: 'ours' | 'bridged' | 'native') => median(found[name].map((result) => result.p50));
  const text = (value: number) => `${value.toFixed(1)} ms`;
  // Neighbouring slices saw the same machine.
  const later = median(found.bridged.map((result, round) => result.p50 - (found.ours[round]?.p50 ?? Number.NaN)));
  return [
    {
      what: 'the example on MMS, 1 connection, p50',
      ours: text(p50('bridged')),
      others: `our runner ${text(p50('ours'))}`,
      ratio: `${later.toFixed(1)} ms later`,
      floor: `≤ ${LATER.answer} ms later`,
      holds: later <= LATER.answer,
    },
    {
      what: 'the example on MMS, 1 connection, p50',
      ours: text(p50('bridged')),
      others: `native Python ${text(p50('native'))}`,
      ...ratio(p50('bridged'), p50('native')),
    },
  ];
}

function registrationRows(found: Record<'native' | 'bridged', Registration[]>): Row[] {
  const of = (name: 'native' | 'bridged', what: keyof Registration) => median(found[name].map((one) => one[what]));
  const row = (what: keyof Registration, text: string): Row => {
    const later = of('bridged', what) - of('native', what);
    return {
      what: text,
      ours: `${of('bridged', what).toFixed(0)} ms`,
      others: `native Python ${of('native', what).toFixed(0)} ms`,
      ratio: `${later.toFixed(0)} ms more`,
      floor: `≤ ${LATER.registration} ms more`,
      holds: later <= LATER.registration,
    };
  };
  return [
    row('milliseconds', 'registering the vendored example on MMS'),
    row('processor', '… processor, server and worker'),
  ];
}
