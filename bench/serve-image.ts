import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { imageArchives } from './archives.js';
import { rounds, seconds } from './effort.js';
import { availableServers, type ServerName } from './peers.js';
import { type Row, ratio, report } from './report.js';
import { type Session, session } from './sessions.js';
import { alternate, median } from './statistics.js';

const PHOTOGRAPH = 'examples/image-classifier/model/MAR-INF/tests/chelsea.png';

/** Latency and throughput of a real model on a real photograph. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-image-'));
  try {
    const archives = await imageArchives(store);
    const body = await sharp(PHOTOGRAPH).resize(720, 720, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
    const measure = (name: ServerName, workers: number, connections: number[]) => () =>
      session(name, {
        modelStore: store,
        models: { image: name === 'ours' ? archives.script : archives.python },
        model: 'image',
        workers,
        request: { body, contentType: 'image/jpeg' },
        connections,
        seconds: seconds(4),
      });
    const one = await alternate(
      rounds(3),
      perServer((name) => measure(name, 1, [1, 4])),
    );
    const two = await alternate(
      rounds(3),
      perServer((name) => measure(name, 2, [8])),
    );
    report('serve-image', rows(one, two));
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

function perServer(measure: (name: ServerName) => () => Promise<Session>): Record<string, () => Promise<Session>> {
  return Object.fromEntries(availableServers().map((name) => [name, measure(name)]));
}

type Runs = Readonly<Record<string, readonly Session[]>>;

function rows(one: Runs, two: Runs): Row[] {
  const value = (runs: readonly Session[] = [], connections: number, key: 'p50' | 'perSecond') =>
    median(runs.map(({ loads }) => loads.get(connections)?.[key] ?? Number.NaN));
  const compare = (
    what: string,
    runs: Runs,
    connections: number,
    key: 'p50' | 'perSecond',
    floor?: Parameters<typeof ratio>[2],
  ) =>
    (['mms', 'torchserve'] as const)
      .filter((peer) => runs[peer])
      .map((peer): Row => {
        const [own, theirs] = [value(runs['ours'], connections, key), value(runs[peer], connections, key)];
        const text = (number: number) => (key === 'p50' ? `${number.toFixed(1)} ms` : `${number.toFixed(0)} /s`);
        const name = peer === 'mms' ? 'MMS' : 'TorchServe';
        return {
          what,
          ours: text(own),
          others: `${name} ${text(theirs)}`,
          ...ratio(own, theirs, peer === 'mms' ? floor : undefined),
        };
      });
  return [
    ...compare('1 connection, one worker, p50', one, 1, 'p50', { atMost: 0.85 }),
    ...compare('4 connections, one worker', one, 4, 'perSecond', { atLeast: 2 }),
    ...compare('8 connections, two workers', two, 8, 'perSecond', { atLeast: 1.7 }),
    ...startRows(one),
  ];
}

function startRows(runs: Runs): Row[] {
  const start = (name: string) => median((runs[name] ?? []).map(({ startMilliseconds }) => startMilliseconds));
  return ['mms', 'torchserve']
    .filter((peer) => runs[peer])
    .map((peer) => ({
      what: 'start → first prediction of the classifier',
      ours: `${start('ours').toFixed(0)} ms`,
      others: `${peer === 'mms' ? 'MMS' : 'TorchServe'} ${start(peer).toFixed(0)} ms`,
      ...ratio(start('ours'), start(peer), peer === 'mms' ? { atMost: 0.5 } : undefined),
    }));
}
