import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { QUICK } from './effort.js';
import { type RunningServer, startServer } from './peers.js';
import { MODELS, type RegistryModel } from './registry/models.js';
import { type Row, report } from './report.js';

/** Where the packages are kept from one run to the next. */
const PACKAGES = process.env['MAR_BENCH_PACKAGES'] ?? join(tmpdir(), 'mar-bench-registry');
const BATCHES = QUICK ? [1, 5] : [1, 2, 5];
/** What may lie between two versions of ONNX Runtime on one processor. */
const TOLERANCE = { absolute: 1e-4, relative: 1e-3 };

interface Written {
  readonly shape: readonly number[];
  readonly type: string;
  readonly file: string;
}
interface Asked {
  readonly inputs: Readonly<Record<string, Written>>;
  readonly outputs: Readonly<Record<string, Written>>;
}

/**
 * Models that ship in packages of PyPI: installed by this, packed as a user does (`mar init`, `mar build`), and asked over HTTP alone and in batches.
 * Each answer is held against Python's onnxruntime on the same bytes.
 */
export async function run(): Promise<void> {
  const python = install();
  if (python === undefined) return;
  const rows: Row[] = [];
  for (const model of MODELS) {
    rows.push(await compared(python, model));
    report('registry-models', rows);
  }
}

/** A Python with onnxruntime beside the packages; undefined, and said so, where they cannot be had. */
function install(): string | undefined {
  const python = join(PACKAGES, 'venv/bin/python');
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', join(PACKAGES, 'venv')]);
    const pip = ['-m', 'pip', 'install', '-qq', '--disable-pip-version-check'];
    execFileSync(python, [...pip, 'onnxruntime', 'numpy'], { stdio: 'inherit' });
    const packages = [...new Set(MODELS.map((model) => model.package))];
    const folder = join(PACKAGES, 'models');
    if (!MODELS.every(({ file }) => existsSync(join(folder, file))))
      execFileSync(python, [...pip, '--no-deps', '--target', folder, ...packages], { stdio: 'inherit' });
    return python;
  } catch (error) {
    console.log(`registry-models is skipped: the packages could not be installed (${String(error).split('\n')[0]})`);
    return undefined;
  }
}

async function compared(python: string, model: RegistryModel): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), 'mar-bench-model-'));
  try {
    const file = join(PACKAGES, 'models', model.file);
    const { init, verdict } = packAsUser(root, file);
    const script = ['bench/registry/answers.py', file, root, JSON.stringify(model.requests)];
    const printed = execFileSync(python, script, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const { version, requests } = JSON.parse(printed) as { version: string; requests: Asked[] };
    const server = await startServer('ours', {
      modelStore: root,
      models: {},
      workers: 1,
      properties: ['max_request_size=100000000', 'max_response_size=100000000'],
    });
    let worst: readonly number[];
    try {
      await ready(server);
      worst = await inBatches(server, requests);
    } finally {
      await server.stop();
    }
    const size = (statSync(file).size / 1e6).toFixed(1);
    const told = BATCHES.map((batch, index) => `${batch}: ${(worst[index] ?? Number.NaN).toPrecision(1)}`);
    return {
      what: `\`${basename(model.file)}\` of ${model.package} (${size} MB); \`mar init\`: ${init}; \`validate --run\`: ${verdict}`,
      ours: `largest difference of 5 answers in batches of ${told.join(', ')}`,
      others: `Python’s onnxruntime ${version}`,
      ratio: '',
      floor: `${TOLERANCE.absolute} + ${TOLERANCE.relative} × value`,
      holds: verdict === 'pass' && worst.every((difference) => Number.isFinite(difference)),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** `mar init`, `mar build` and `mar validate --run` in a folder with the model; what init chose, and the verdict. Where that is not `tensor`, init is asked for it. */
function packAsUser(root: string, file: string): { init: string; verdict: string } {
  const source = join(root, 'model');
  mkdirSync(source);
  copyFileSync(file, join(source, 'model.onnx'));
  const mar = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'dist/bin/mar.js'), ...args], {
      cwd: source,
      encoding: 'utf8',
    });
    if (status !== 0 && args[0] !== 'validate')
      throw new Error(`mar ${args.join(' ')} of ${file}: ${stderr || stdout}`);
    return status === 0 ? `${stdout}${stderr}` : 'fails';
  };
  const init = /template (\S+?):/.exec(mar('init', '--yes'))?.[1] ?? '?';
  mar('build', '--force');
  const verdict = mar('validate', join(root, 'model.mar'), '--run', '--quiet') === 'fails' ? 'fails' : 'pass';
  if (init !== 'tensor') {
    mar('init', '--yes', '--template', 'tensor', '--force');
    mar('build', '--force');
  }
  return { init: `\`${init}\``, verdict };
}

async function ready(server: RunningServer): Promise<void> {
  for (;;) {
    server.checkAlive();
    const answer = await fetch(`${server.inferenceUrl}/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The largest difference of all answers for each size of batch; NaN where one is further off than the tolerance, or has another shape. */
async function inBatches(
  { inferenceUrl, managementUrl }: RunningServer,
  requests: readonly Asked[],
): Promise<number[]> {
  const worst: number[] = [];
  for (const batch of BATCHES) {
    const name = `model-${batch}`;
    const query = `url=model.mar&model_name=${name}&initial_workers=1&synchronous=true&batch_size=${batch}&max_batch_delay=500`;
    const registered = await fetch(`${managementUrl}/models?${query}`, { method: 'POST' });
    if (!registered.ok) throw new Error(await registered.text());
    const differences = await Promise.all(
      requests.map((one) => differenceOf(`${inferenceUrl}/predictions/${name}`, one)),
    );
    worst.push(Math.max(...differences));
    await (await fetch(`${managementUrl}/models/${name}`, { method: 'DELETE' })).arrayBuffer();
  }
  return worst;
}

/** Sends the inputs as files of a form, as little-endian bytes. One output is asked for as bytes, several as JSON. */
async function differenceOf(url: string, { inputs, outputs }: Asked): Promise<number> {
  const form = new FormData();
  for (const [name, { file }] of Object.entries(inputs))
    form.append(name, new Blob([readFileSync(file)], { type: 'application/octet-stream' }), `${name}.bin`);
  const shapes = Object.entries(inputs).map(([name, { shape }]) => `${name}=${shape.join(',')}`);
  const [only, ...more] = Object.keys(outputs);
  const asBytes = more.length === 0;
  const headers = { 'x-tensor-shape': shapes.join('; '), ...(asBytes && { accept: 'application/octet-stream' }) };
  const answer = await fetch(url, { method: 'POST', body: form, headers });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  if (asBytes && only !== undefined) {
    const shape = answer.headers.get('x-tensor-shape')?.split(',').map(Number) ?? [];
    const found = floatsOf(Buffer.from(await answer.arrayBuffer()));
    return distance(found, shape, outputs[only]);
  }
  const told = (await answer.json()) as Record<string, unknown>;
  return Math.max(
    ...Object.keys(outputs).map((name) => distance(flat(told[name]), shapeOf(told[name]), outputs[name])),
  );
}

function distance(found: readonly number[], shape: readonly number[], expected: Written | undefined): number {
  if (expected === undefined || shape.join() !== expected.shape.join()) return Number.NaN;
  const values = floatsOf(readFileSync(expected.file));
  let largest = values.length === found.length ? 0 : Number.NaN;
  for (const [index, value] of values.entries()) {
    const off = Math.abs(value - (found[index] ?? Number.NaN));
    largest = off <= TOLERANCE.absolute + TOLERANCE.relative * Math.abs(value) ? Math.max(largest, off) : Number.NaN;
  }
  return largest;
}

function floatsOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

function flat(lists: unknown): number[] {
  return [lists].flat(Number.POSITIVE_INFINITY).map(Number);
}

function shapeOf(lists: unknown): number[] {
  return Array.isArray(lists) ? [lists.length, ...shapeOf(lists[0])] : [];
}
