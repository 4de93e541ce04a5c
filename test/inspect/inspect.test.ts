import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspect } from '#index.js';
import { inspectReport } from '#report/inspect.js';
import { type ForgedEntry, forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { runMar } from '../support/run-mar.js';

const LABELS = 'cat\ndog\n';
const digest = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

const MANIFEST = {
  runtime: 'nodejs',
  model: {
    modelName: 'cats',
    handler: 'service:handle',
    extensions: {
      modelArchiver: {
        version: '2.0.0',
        provided: { sharp: '0.35.5' },
        entries: {
          'labels.txt': { size: LABELS.length, sha256: digest(LABELS) },
          'service.mjs': { size: 1, sha256: digest('another service') },
        },
      },
      eia: {
        acceleratorType: 'eia2.large',
        count: 2,
        ordinals: [0, 1],
        api: 'none',
        contexts: { model: 'eia:1', data: 'cpu' },
        required: true,
        fallback: 'fail',
      },
    },
  },
};

const ENTRIES: readonly ForgedEntry[] = [
  { name: 'labels.txt', data: LABELS, deflate: true },
  { name: 'service.mjs', data: 'export const handle = () => [];' },
  { name: 'model.onnx', data: encodeOnnx({ initializers: [{ name: 'w', dims: [4, 4], raw: Buffer.alloc(64) }] }) },
  { name: 'broken.onnx', data: 'no protobuf' },
  { name: 'MAR-INF/MANIFEST.json', data: JSON.stringify(MANIFEST) },
];

const test = suite<{ directory: string; plant: (name: string, entries: readonly ForgedEntry[]) => string }>('inspect');

test.before.each((context) => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-inspect-'));
  context.directory = directory;
  context.plant = (name, entries) => {
    writeFileSync(join(directory, name), forgeZip(entries));
    return join(directory, name);
  };
});

test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

test('tells manifest, device, provided modules, models and entries', async ({ plant }) => {
  const result = await inspect(plant('cats.mar', ENTRIES));
  assert.is(result.format, 'zip');
  assert.equal(result.manifest, MANIFEST);
  assert.is(result.manifestProblem, undefined);
  const accelerator = { type: 'eia2.large', count: 2 };
  assert.equal(result.device, { model: 'eia:1', data: 'cpu', fallback: 'fail', accelerator });
  assert.equal(result.provided, { sharp: '0.35.5' });
  assert.equal(result.problems, []);
  const [model, broken] = result.models;
  assert.ok(model?.problem === undefined);
  assert.equal(model?.inputs, { input: 'float32[batch,4]' });
  assert.equal(model?.outputs, { output: 'float32[batch,4]' });
  assert.equal(model?.opsets, { 'ai.onnx': 17 });
  assert.equal(model?.operators, { Relu: 1 });
  assert.is(model?.parameters, 16);
  assert.is(model?.weightBytes, 64);
  assert.match(broken?.problem ?? '', /not .*ONNX|ONNX.*not/i);
});

test('holds digests against those that the manifest records', async ({ plant }) => {
  const { entries } = await inspect(plant('cats.mar', ENTRIES));
  const verdicts = Object.fromEntries(entries.map(({ path, recorded }) => [path, recorded]));
  assert.is(verdicts['labels.txt'], 'match');
  assert.is(verdicts['service.mjs'], 'differs');
  assert.is(verdicts['model.onnx'], 'none');
  assert.is(entries.find(({ path }) => path === 'labels.txt')?.sha256, digest(LABELS));
});

test('tells an archive of 0.4, where it has its manifest, and what --convert would take over', async ({ plant }) => {
  const old = { License: 'Apache 2.0', Model: { 'Model-Name': 'old', Service: 'service.py', Symbol: 's.json' } };
  const path = plant('old.model', [
    { name: 'model/MANIFEST.json', data: JSON.stringify(old) },
    { name: 'model/service.py', data: 'def handle(data, context):\n    return data\n' },
  ]);
  const result = await inspect(path);
  assert.ok(result.sound);
  assert.equal(result.manifest, old);
  assert.equal(result.legacy, {
    modelDir: 'model',
    converted: { handler: 'service.py', extensions: { symbolFile: 's.json' }, fields: { license: 'Apache 2.0' } },
  });
  const text = inspectReport(result);
  assert.match(text, /^Manifest of Multi Model Server 0\.4, model\/MANIFEST\.json\n {2}License +Apache 2\.0\n/m);
  assert.match(text, /^model-archiver --convert would take over\n {2}model\.handler +service\.py\n/m);
  const faulty = await inspect(plant('faulty.model', [{ name: 'MANIFEST.json', data: '{"model":{}}' }]));
  assert.match(faulty.manifestProblem ?? '', /MANIFEST\.json: Model is missing/);
  assert.equal(faulty.legacy, { modelDir: '' });
});

test('tells what can be told of broken archives', async ({ plant, directory }) => {
  const noManifest = await inspect(plant('a.mar', [{ name: 'x', data: 'x' }]));
  assert.match(noManifest.manifestProblem ?? '', /MANIFEST/);
  const notJson = await inspect(plant('b.mar', [{ name: 'MAR-INF/MANIFEST.json', data: '{' }]));
  assert.match(notJson.manifestProblem ?? '', /JSON/);
  assert.is(notJson.manifest, null);
  const invalid = await inspect(plant('c.mar', [{ name: 'MAR-INF/MANIFEST.json', data: '{"model":{}}' }]));
  assert.equal(invalid.manifest, { model: {} });
  assert.ok(invalid.manifestProblem);
  const crc = await inspect(plant('d.mar', [{ name: 'x', data: 'x', both: { crc32: 1 } }]));
  assert.equal(
    crc.problems.map(({ code }) => code),
    ['ERR_ENTRY_CRC'],
  );
  assert.is(crc.entries[0]?.sha256, undefined);
  const slip = await inspect(plant('e.mar', [{ name: '../x', data: 'x' }, ...ENTRIES]));
  assert.is(slip.problems[0]?.code, 'ERR_ENTRY_PATH');
  writeFileSync(join(directory, 'f.mar'), 'nothing of the kind');
  try {
    await inspect(join(directory, 'f.mar'));
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code?: string }).code, 'ERR_NOT_AN_ARCHIVE');
  }
});

test('inspects a directory', async ({ directory }) => {
  const model = join(directory, 'model');
  mkdirSync(join(model, 'MAR-INF'), { recursive: true });
  writeFileSync(join(model, 'MAR-INF/MANIFEST.json'), JSON.stringify(MANIFEST));
  writeFileSync(join(model, 'labels.txt'), LABELS);
  const result = await inspect(model);
  assert.is(result.format, 'directory');
  assert.is(result.bytes, LABELS.length + JSON.stringify(MANIFEST).length);
});

test('reports for people, with the digests that are not as recorded standing out', async ({ plant }) => {
  const text = inspectReport(await inspect(plant('cats.mar', ENTRIES)));
  assert.match(text, /model\.modelName +cats/);
  assert.match(text, /accelerator +2 x eia2\.large/);
  assert.match(text, /input +input: float32\[batch,4\]/);
  assert.match(text, /service\.mjs +NOT AS RECORDED/);
  assert.not.match(text, /\bundefined\b|NaN/);
});

test('mar inspect: text, JSON, exit codes', async ({ plant, directory }) => {
  plant('cats.mar', ENTRIES);
  const text = await runMar(['inspect', 'cats.mar'], { cwd: directory });
  assert.is(text.code, 1, 'an entry is not as recorded, a model not readable');
  assert.match(text.stdout, /cats\.mar: zip, 5 entries/);
  const sound = plant(
    'sound.mar',
    ENTRIES.filter(({ name }) => name !== 'service.mjs' && name !== 'broken.onnx'),
  );
  assert.is((await runMar(['inspect', sound], { cwd: directory })).code, 0);
  const json = await runMar(['inspect', 'cats.mar', '--json'], { cwd: directory });
  assert.is(JSON.parse(json.stdout).manifest.model.modelName, 'cats');
  const missing = await runMar(['inspect', 'dogs.mar'], { cwd: directory });
  assert.is(missing.code, 2);
  assert.match(missing.stderr, /dogs\.mar does not exist/);
  assert.is(missing.stdout, '');
  const asData = await runMar(['inspect', 'dogs.mar', '--json'], { cwd: directory });
  assert.is(JSON.parse(asData.stdout).error.code, 'ERR_ARCHIVE_NOT_FOUND');
});

test('declared inputs of a handler in Python are told as what nobody checks', async ({ plant }) => {
  for (const runtime of ['python', 'nodejs']) {
    const inputs = { text: { type: 'string' } };
    const model = { modelName: 'm', handler: 'service:handle', extensions: { modelArchiver: { inputs } } };
    const path = plant('inputs.mar', [{ name: 'MAR-INF/MANIFEST.json', data: JSON.stringify({ runtime, model }) }]);

    const result = await inspect(path);
    assert.is(result.inputs?.[0]?.unchecked, runtime === 'python' ? true : undefined);
    assert.is(/text +a text; not checked, since/.test(inspectReport(result)), runtime === 'python');
  }
});

test.run();
