import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { peerPython } from '../test/support/peers.js';
import { imageArchives, largeArchives, noopArchives, numbersArchive } from './archives.js';
import { type Bar, barsOf } from './bars.js';
import { QUICK, rounds, seconds } from './effort.js';
import { type LoadOptions, load } from './load.js';
import { type MlserverModel, mlserverPython, startMlserver } from './mlserver.js';
import { largeModel } from './models.js';
import { availableServers, peerProgram, type RunningServer, startServer } from './peers.js';
import { runTimed } from './processes.js';
import { answered } from './ready.js';
import { type Row, report } from './report.js';
import { median } from './statistics.js';

const EXAMPLE = 'examples/image-classifier/model';
const TITLES = {
  script: 'ours, TypeScript',
  python: 'ours, Python',
  mms: 'MMS',
  torchserve: 'TorchServe',
  mlserver: 'MLServer',
};
type Contender = keyof typeof TITLES;

/** One load on servers that stand for the same work. */
interface Workload {
  readonly what: string;
  readonly workers: number;
  readonly connections: readonly number[];
  /** An archive of the store by contender; ours are two where the handler is compared too. */
  readonly archives: Partial<Record<Exclude<Contender, 'mlserver'>, string>>;
  readonly request: { readonly body: Buffer; readonly contentType: string };
  readonly mlserver: { readonly model: MlserverModel; readonly body: Buffer };
}

interface Figures {
  /** Seconds from the start of the server to its first answer. */
  readonly start: number;
  readonly perSecond: ReadonlyMap<number, number>;
}

/** All peers beside ours, by turns: packing, starting, and four kinds of work. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-peers-'));
  const began = loadavg()[0] ?? 0;
  const python = mlserverPython();
  try {
    const model = await largeModel();
    const rows: Row[] = [];
    const bars: Bar[] = [];
    await packing(store, model, rows, bars);
    for (const workload of await workloads(store, model)) {
      const found = await measure(workload, store, python);
      compare(`start → first answer, ${workload.what}`, found, ({ start }) => start, 'seconds', rows, bars);
      for (const connections of workload.connections) {
        const what = `${workload.what}, ${workload.workers} worker${workload.workers === 1 ? '' : 's'}, ${connections} connection${connections === 1 ? '' : 's'}`;
        compare(what, found, ({ perSecond }) => perSecond.get(connections) ?? Number.NaN, 'rate', rows, bars);
      }
    }
    report('peers', rows, notes(rows, bars, python, began));
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function workloads(store: string, model: string): Promise<Workload[]> {
  const noop = await noopArchives(store);
  const numbers = await numbersArchive(store);
  const image = await imageArchives(store);
  const large = await largeArchives(store, model);
  const photograph = sharp(join(EXAMPLE, 'MAR-INF/tests/chelsea.png')).resize(720, 720, { fit: 'fill' });
  const picture = { body: await photograph.jpeg({ quality: 90 }).toBuffer(), contentType: 'image/jpeg' };
  const list = Array.from({ length: 1000 }, (_, index) => Math.sin(index) * 100);
  const labels = join(EXAMPLE, 'synset.txt');
  const example = join(EXAMPLE, 'efficientnet-lite0-int8.onnx');
  const text = (value: string) => openInference({ datatype: 'BYTES', shape: [1], data: [value] });
  const base64 = text(picture.body.toString('base64'));
  const same = (archive: string) => ({ python: archive, mms: archive, torchserve: archive });
  const photo = (runs: { script: string; python: string }) => ({
    script: runs.script,
    mms: runs.python,
    torchserve: runs.python,
  });
  const classifier = (file: string, mean: number, scale: number): MlserverModel => ({
    ...{ name: 'm', runtime: 'Image', files: [file, labels] },
    settings: { model: file.split('/').at(-1), mean, scale },
  });
  return [
    {
      ...{ what: 'a handler that does nothing', workers: 1, connections: [1, 32] },
      archives: { script: noop.script, ...same(noop.python) },
      request: { body: Buffer.from('hello'), contentType: 'text/plain' },
      mlserver: { model: { name: 'm', runtime: 'Noop', files: [] }, body: text('hello') },
    },
    {
      ...{ what: 'mean and deviation of 1,000 numbers in Python', workers: 1, connections: [8] },
      archives: same(numbers),
      request: { body: Buffer.from(JSON.stringify(list)), contentType: 'application/json' },
      mlserver: {
        model: { name: 'm', runtime: 'Numbers', files: [] },
        body: openInference({ datatype: 'FP64', shape: [list.length], data: list }),
      },
    },
    ...[1, 2].map(
      (workers): Workload => ({
        ...{ what: 'EfficientNet-Lite0 int8 on a JPEG', workers, connections: [4 * workers] },
        archives: photo(image),
        request: picture,
        mlserver: { model: classifier(example, 127, 128), body: base64 },
      }),
    ),
    {
      ...{ what: 'ResNet-152 (240 MB) on a JPEG', workers: 1, connections: [4] },
      archives: photo(large),
      request: picture,
      mlserver: { model: classifier(model, 0, 255), body: base64 },
    },
  ];
}

/** A request of the Open Inference Protocol with one input. */
function openInference(input: {
  readonly datatype: string;
  readonly shape: number[];
  readonly data: unknown[];
}): Buffer {
  return Buffer.from(JSON.stringify({ inputs: [{ name: 'input', ...input }] }));
}

async function measure(
  workload: Workload,
  store: string,
  python: string | undefined,
): Promise<Map<Contender, readonly Figures[]>> {
  const contenders = (Object.keys(TITLES) as Contender[]).filter((name) =>
    name === 'mlserver'
      ? python !== undefined
      : workload.archives[name] !== undefined &&
        (name === 'script' || name === 'python' || availableServers().includes(name)),
  );
  const found = new Map<Contender, Figures[]>();
  for (let round = 0; round < rounds(2); round++)
    for (const name of contenders)
      found.set(name, [...(found.get(name) ?? []), await figuresOf(name, workload, store, python ?? '')]);
  return found;
}

async function figuresOf(name: Contender, workload: Workload, store: string, python: string): Promise<Figures> {
  const { archives, workers, connections, mlserver } = workload;
  const started = performance.now();
  const server =
    name === 'mlserver'
      ? await startMlserver(python, mlserver.model, workers)
      : await startServer(name === 'script' || name === 'python' ? 'ours' : name, {
          ...{ modelStore: store, models: { m: archives[name] ?? '' }, workers },
        });
  const asked: Pick<LoadOptions, 'url' | 'body' | 'contentType'> =
    name === 'mlserver'
      ? { url: `${server.inferenceUrl}/v2/models/m/infer`, body: mlserver.body, contentType: 'application/json' }
      : { url: `${server.inferenceUrl}/predictions/m`, ...workload.request };
  try {
    const start = (await answered(server, asked, started)) / 1000;
    return { start, perSecond: await rates(server, asked, connections) };
  } finally {
    await server.stop();
  }
}

async function rates(
  { checkAlive }: RunningServer,
  asked: Pick<LoadOptions, 'url' | 'body' | 'contentType'>,
  connections: readonly number[],
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (const count of connections) {
    await load({ ...asked, connections: count, seconds: seconds(1.5) });
    const { perSecond, failures, requests } = await load({ ...asked, connections: count, seconds: seconds(4) });
    checkAlive();
    if (failures > 0) throw new Error(`${asked.url} failed ${failures} of ${requests} requests`);
    found.set(count, perSecond);
  }
  return found;
}

/** A row for each peer, beside our best; ratios above one are in our favour, whatever is measured. */
function compare(
  what: string,
  found: ReadonlyMap<Contender, readonly Figures[]>,
  pick: (figures: Figures) => number,
  unit: 'seconds' | 'rate',
  rows: Row[],
  bars: Bar[],
): void {
  const value = (name: Contender): number => median((found.get(name) ?? []).map(pick));
  const text = (number: number): string =>
    unit === 'seconds'
      ? `${number.toFixed(2)} s`
      : `${number < 100 ? number.toFixed(1) : Math.round(number).toLocaleString('en')} /s`;
  const names = [...found.keys()];
  const isOurs = (name: Contender): boolean => name === 'script' || name === 'python';
  for (const own of names.filter(isOurs))
    for (const peer of names.filter((name) => !isOurs(name))) {
      const [mine, theirs] = [value(own), value(peer)];
      const times = unit === 'seconds' ? theirs / mine : mine / theirs;
      rows.push({
        what,
        ours: `${TITLES[own].replace('ours, ', '')} ${text(mine)}`,
        others: `${TITLES[peer]} ${text(theirs)}`,
        ratio: `${times.toFixed(2)}×`,
      });
    }
  bars.push({ what, unit, values: names.map((name) => [TITLES[name], value(name), text(value(name))] as const) });
}

/** The 240 MB directory by each archiver; MLServer has none, it reads a folder. */
async function packing(store: string, model: string, rows: Row[], bars: Bar[]): Promise<void> {
  const folder = join(store, 'packing');
  mkdirSync(folder);
  cpSync(model, join(folder, 'resnet-152.onnx'));
  copyFileSync('bench/handlers/noop.py', join(folder, 'noop.py'));
  const target = ['--export-path', store, '-f'];
  const archivers: Partial<Record<Contender, () => Promise<number>>> = {};
  const add = (name: Contender, program: string | undefined, args: readonly string[]): void => {
    if (program !== undefined) archivers[name] = async () => (await runTimed(program, args, store)).seconds;
  };
  const ours = [resolve('dist/bin/model-archiver.js'), '--model-path', folder, '--handler', 'noop.py:handle'];
  add('python', process.execPath, [...ours, '--model-name', 'packed', ...target]);
  add('mms', peerProgram('mms', 'model-archiver'), [
    ...['--model-name', 'packed-mms', '--model-path', folder, '--handler', 'noop:handle', ...target],
  ]);
  add('torchserve', peerProgram('torchserve', 'torch-model-archiver'), [
    ...['--model-name', 'packed-torch', '--version', '1', '--serialized-file', join(folder, 'resnet-152.onnx')],
    ...['--handler', join(folder, 'noop.py'), ...target],
  ]);
  const found = new Map<Contender, Figures[]>();
  for (let round = 0; round < rounds(2); round++)
    for (const [name, pack] of Object.entries(archivers) as [Contender, () => Promise<number>][])
      found.set(name, [...(found.get(name) ?? []), { start: await pack(), perSecond: new Map() }]);
  compare('packing 240 MB', found, ({ start }) => start, 'seconds', rows, bars);
}

function notes(rows: readonly Row[], bars: readonly Bar[], python: string | undefined, load: number): string {
  const [processor] = cpus();
  const versions = [
    `model-archiver with Node ${process.versions.node}`,
    ...versionsOf('MMS', peerPython('mms'), 'multi-model-server'),
    ...versionsOf('TorchServe', peerPython('torchserve'), 'torchserve'),
    ...versionsOf('MLServer', python, 'mlserver'),
  ];
  const lost = rows.filter(({ ratio }) => Number.parseFloat(ratio) < 1);
  const won = lost.map(({ what, ours, others, ratio }) => `- ${what}: ${others}, ours ${ours} (${ratio})`);
  return [
    `${processor?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${load.toFixed(1)} when it began${QUICK ? ', quick' : ''}. ${versions.join('; ')}.`,
    ...(won.length > 0 ? ['Where a peer is better:', won.join('\n')] : ['No peer is better in any row.']),
    `\`\`\`text\n${bars.map(barsOf).join('\n\n')}\n\`\`\``,
  ].join('\n\n');
}

function versionsOf(title: string, python: string | undefined, name: string): string[] {
  if (python === undefined) return [];
  const program = `import importlib.metadata as m; print(m.version("${name}"), "with ONNX Runtime", m.version("onnxruntime"))`;
  const { stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
  return [`${title} ${stdout.trim() || 'of an unknown version'}`];
}
