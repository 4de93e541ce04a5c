import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openArchive } from '#archive/open.js';
import { estimateMemory } from '#models/onnx/memory/estimate-memory.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { peerPython } from '../test/support/peers.js';
import { rounds } from './effort.js';
import { cacheFolder, largeModel } from './models.js';
import { type Row, report } from './report.js';
import { median } from './statistics.js';

/** The estimate may miss by this share, or by so many bytes, whichever is more. */
const SHARE = 0.15;
const BYTES = 16 * 2 ** 20;
/** Runs of the model in each process: the second one brings the block that all later ones use. */
const RUNS = 3;

const INT8 = resolve('examples/image-classifier/model/efficientnet-lite0-int8.onnx');

/** The graphs that bench/graphs.py makes, once, in the cache directory. */
function madeGraphs(): string {
  const folder = join(cacheFolder(), 'graphs');
  if (existsSync(join(folder, 'complete'))) return folder;
  mkdirSync(folder, { recursive: true });
  const python = process.env['MAR_BENCH_ONNX_PYTHON'] ?? peerPython('mms') ?? 'python3';
  const made = spawnSync(python, ['bench/graphs.py', folder, INT8], { encoding: 'utf8' });
  if (made.status !== 0)
    throw new Error(`the graphs could not be made; ${python} needs onnx and numpy:\n${made.stderr}`);
  return folder;
}

interface Subject {
  readonly name: string;
  readonly path: string;
  /** Type and axes of each input for a batch. */
  readonly inputs: (batch: number) => Readonly<Record<string, { type: 'float32' | 'int64'; dims: readonly number[] }>>;
  readonly axes?: Readonly<Record<string, number>>;
}

const float = (name: string, ...rest: number[]): Subject['inputs'] => {
  return (batch) => ({ [name]: { type: 'float32', dims: [batch, ...rest] } });
};

async function subjects(): Promise<Subject[]> {
  const graphs = madeGraphs();
  const made = (name: string): string => join(graphs, `${name}.onnx`);
  return [
    { name: 'EfficientNet-Lite0, int8', path: INT8, inputs: float('input', 3, 224, 224) },
    { name: 'EfficientNet-Lite0, float', path: made('efficientnet-lite0-float'), inputs: float('input', 3, 224, 224) },
    { name: 'ResNet-152', path: await largeModel(), inputs: float('data', 3, 224, 224) },
    {
      name: 'hourglass, dynamic axes, 256 × 256',
      path: made('hourglass-dynamic'),
      inputs: float('image', 3, 256, 256),
      axes: { height: 256, width: 256 },
    },
    { name: 'dense layers, external data', path: made('layers-external'), inputs: float('x', 2048) },
    {
      name: 'transformer, 6 layers, 256 tokens',
      path: made('transformer'),
      inputs: (batch) => ({ tokens: { type: 'int64', dims: [batch, 256] } }),
    },
    { name: 'LSTM, 2 layers, 200 steps', path: made('recurrent'), inputs: float('x', 200, 256) },
  ];
}

/** Measures the peak of each model at batch 1 and 8 beside what is estimated from its graph. */
export async function run(): Promise<void> {
  const identity = join(madeGraphs(), 'identity.onnx');
  const nothing = await measured(identity, { x: { type: 'float32', dims: [1, 4] } });
  const rows: Row[] = [];
  for (const { name, path, inputs, axes } of await subjects()) {
    const model = await readModel(path);
    for (const batch of [1, 8]) {
      const peak = (await measured(path, inputs(batch))) - nothing;
      const estimate = estimateMemory(model, { batch, ...(axes && { axes }) }).peak;
      const error = estimate - peak;
      rows.push({
        what: `${name}, batch ${batch}`,
        ours: megabytes(estimate),
        others: megabytes(peak),
        ratio: `${error < 0 ? '−' : '+'}${megabytes(Math.abs(error))}, ${error < 0 ? '−' : '+'}${Math.abs((100 * error) / peak).toFixed(0)} %`,
        floor: '± 15 % or 16 MB',
        holds: Math.abs(error) <= Math.max(BYTES, SHARE * peak),
      });
    }
  }
  report('memory', rows);
}

async function readModel(path: string): Promise<OnnxModel> {
  const archive = await openArchive(join(path, '..'));
  try {
    const entry = archive.get(path.slice(path.lastIndexOf('/') + 1));
    if (!entry) throw new Error(`${path} is gone`);
    const reader = await archive.reader(entry);
    return await readOnnx(reader).finally(() => reader.close());
  } finally {
    await archive.close();
  }
}

/** The median growth over processes that load and run the model. */
async function measured(path: string, inputs: ReturnType<Subject['inputs']>): Promise<number> {
  const peaks: number[] = [];
  for (let round = 0; round < rounds(5); round++) {
    const args = ['bench/node/model-memory.mjs', path, JSON.stringify(inputs), String(RUNS)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${path} does not run:\n${stderr}`);
    peaks.push(Number(stdout));
  }
  return median(peaks);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
