import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Peer, peerPython } from '../test/support/peers.js';
import { rounds } from './effort.js';
import { largeModel } from './models.js';
import { peerProgram } from './peers.js';
import { type Finished, runTimed } from './processes.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

const SERVICE = `import { type Inputs, Service } from 'model-archiver/service';
export default class extends Service {
  override handle(batch: readonly Inputs[]) {
    return batch.map(() => 'ok');
  }
}
`;

const PYTHON_SERVICE = 'def handle(data, context):\n    return data and ["ok"] * len(data)\n';

/** Packing time and memory beside plain tools and the real archivers. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-pack-'));
  try {
    report('pack', [...(await largeRows(folder)), ...(await manyFiles(folder)), await hugeFile(folder)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (finished: readonly Finished[]) => median(finished.map((one) => one.seconds));
const peak = (finished: readonly Finished[]) => Math.max(...finished.map((one) => one.peakMegabytes ?? 0));
const inSeconds = (value: number) => `${value.toFixed(2)} s`;

function ours(modelPath: string, handler: string, exportPath: string): Promise<Finished> {
  const flags = ['--model-name', 'ours', '--handler', handler, '--export-path', exportPath, '-f'];
  return runTimed(process.execPath, [resolve('dist/bin/model-archiver.js'), '--model-path', modelPath, ...flags], '.');
}

async function largeRows(folder: string): Promise<Row[]> {
  const model = join(folder, 'resnet');
  const out = join(folder, 'out');
  mkdirSync(model);
  mkdirSync(out);
  cpSync(await largeModel(), join(model, 'resnet-152.onnx'));
  writeFileSync(join(model, 'service.py'), PYTHON_SERVICE);
  const service = join(folder, 'service.ts');
  writeFileSync(service, SERVICE);
  const target = ['--export-path', out, '-f'];
  const copy = 'cp -r "$1" "$2" && sha256sum "$2"/* && rm -r "$2"';
  const weights = ['--serialized-file', join(model, 'resnet-152.onnx'), '--handler', join(model, 'service.py')];
  const results = await alternate(rounds(5), {
    plain: () => runTimed('sh', ['-c', copy, 'sh', model, join(out, 'copy')], '.'),
    python: () => ours(model, 'service.py:handle', out),
    script: () => ours(model, service, out),
    archiver: peer('mms', 'model-archiver', folder, [
      ...['--model-name', 'mms', '--model-path', model, '--handler', 'service:handle', ...target],
    ]),
    torch: peer('torchserve', 'torch-model-archiver', folder, [
      ...['--model-name', 'torch', '--version', '1', ...weights, '--archive-format', 'zip-store', ...target],
    ]),
  });
  const row = (
    what: string,
    own: readonly Finished[],
    name: string,
    others: readonly (Finished | undefined)[],
    atMost?: number,
  ): Row[] => {
    const known = others.filter((one) => one !== undefined);
    if (known.length === 0) return [];
    const [mine, theirs] = [seconds(own), seconds(known)];
    const floor = atMost === undefined ? undefined : { atMost };
    return [{ what, ours: inSeconds(mine), others: `${name} ${inSeconds(theirs)}`, ...ratio(mine, theirs, floor) }];
  };
  const memory = (what: string, own: readonly Finished[]): Row => ({
    what: `… its memory, ${what}`,
    ours: `${peak(own).toFixed(0)} MB`,
    others: '',
    ratio: '',
    floor: '< 150 MB',
    holds: peak(own) < 150,
  });
  const [plain, archiver, torch] = ['`cp` + `sha256sum`', '`model-archiver` 1.0.3', '`torch-model-archiver` zip-store'];
  return [
    ...row('240 MB, Python handler', results.python, plain, results.plain, 1.5),
    ...row('240 MB, Python handler', results.python, archiver, results.archiver, 0.067),
    ...row('240 MB, Python handler', results.python, torch, results.torch, 1),
    ...row('240 MB, TypeScript handler, compiled and type-checked', results.script, plain, results.plain, 1.5),
    ...row('240 MB, TypeScript handler, compiled and type-checked', results.script, archiver, results.archiver),
    memory('Python handler', results.python),
    memory('TypeScript handler', results.script),
  ];
}

/** A peer's archiver as a candidate; undefined where the peer is not installed. */
function peer(name: Peer, program: string, cwd: string, args: string[]): () => Promise<Finished | undefined> {
  const path = peerProgram(name, program);
  return async () => (path === undefined ? undefined : runTimed(path, args, cwd));
}

async function manyFiles(folder: string): Promise<Row[]> {
  const model = join(folder, 'many');
  for (let index = 0; index < 20_000; index++) {
    const directory = join(model, `part-${index % 100}`);
    if (index < 100) mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `file-${index}.txt`), `file ${index}\n`.repeat(40));
  }
  writeFileSync(join(model, 'service.js'), 'export const handle = (batch) => batch.map(() => 1);\n');
  const out = join(folder, 'out-many');
  mkdirSync(out);
  const results = await alternate(rounds(3), {
    ours: () => ours(model, 'service.js', out),
    zip: () => runTimed('sh', ['-c', 'rm -f "$2" && zip -q -r "$2" "$1"', 'sh', model, join(out, 'zip.zip')], '.'),
  });
  const [own, theirs] = [seconds(results.ours), seconds(results.zip)];
  return [
    {
      what: '20,000 small files',
      ours: inSeconds(own),
      others: `Info-ZIP \`zip -r\` ${inSeconds(theirs)}`,
      ...ratio(own, theirs, { atMost: 2 }),
    },
  ];
}

async function hugeFile(folder: string): Promise<Row> {
  const model = join(folder, 'huge');
  const out = join(folder, 'out-huge');
  mkdirSync(model);
  mkdirSync(out);
  const weights = join(model, 'weights.bin');
  writeFileSync(weights, '');
  truncateSync(weights, 4 * 1024 ** 3 + 1);
  writeFileSync(join(model, 'service.js'), 'export const handle = (batch) => batch.map(() => 1);\n');
  const finished = await ours(model, 'service.js', out);
  const python = peerPython('mms') ?? 'python3';
  const proof =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(z.testzip() or z.getinfo("weights.bin").file_size != 2**32 + 1)';
  await runTimed(python, ['-c', proof, join(out, 'ours.mar')], '.');
  const memory = peak([finished]);
  return {
    what: 'memory for a sparse file of 4 GB (zip64, read back by Python’s zipfile)',
    ours: `${memory.toFixed(0)} MB, ${inSeconds(finished.seconds)}`,
    others: '',
    ratio: '',
    floor: '< 200 MB',
    holds: memory < 200,
  };
}
