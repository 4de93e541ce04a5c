import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diff } from '#index.js';
import { diffReport } from '#report/diff.js';
import { forgeTgz } from '../hostile/forge-tar.js';
import { type ForgedEntry, forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx, type ModelSpec } from '../models/onnx/encode-onnx.js';
import { runMar } from '../support/run-mar.js';

const weights = (byte: number) => [{ name: 'w', dims: [4, 4], raw: Buffer.alloc(64, byte) }];

interface Spec {
  readonly name?: string;
  readonly version?: string;
  readonly source?: string;
  readonly model?: ModelSpec;
  readonly files?: readonly ForgedEntry[];
}

/** The entries of an archive whose handler was compiled from `service.ts`. */
function entriesOf({ name = 'cats', version, source = 'one\n', model = {}, files = [] }: Spec): ForgedEntry[] {
  const handler = { source: 'service.ts', module: 'service.mjs', sourceMap: 'service.mjs.map', entryPoint: 'handle' };
  const extensions = { modelArchiver: { version: '2.0.0', handler } };
  const section = {
    modelName: name,
    handler: 'service:handle',
    ...(version ? { modelVersion: version } : {}),
    extensions,
  };
  const sources = ['service.ts', '../node_modules/x/index.js'];
  const sourcesContent = [source, `bundled ${source}`];
  return [
    { name: 'service.mjs', data: `compiled ${source}` },
    { name: 'service.mjs.map', data: JSON.stringify({ version: 3, sources, sourcesContent, mappings: '' }) },
    { name: 'model.onnx', data: encodeOnnx({ initializers: weights(1), ...model }) },
    ...files,
    { name: 'MAR-INF/MANIFEST.json', data: JSON.stringify({ runtime: 'nodejs', model: section }) },
  ];
}

const test = suite<{ directory: string; compare: (from: Spec, to: Spec) => ReturnType<typeof diff> }>('diff');

test.before.each((context) => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-diff-'));
  context.directory = directory;
  context.compare = (from, to) => {
    writeFileSync(join(directory, 'a.mar'), forgeZip(entriesOf(from)));
    writeFileSync(join(directory, 'b.mar'), forgeZip(entriesOf(to)));
    return diff(join(directory, 'a.mar'), join(directory, 'b.mar'));
  };
});

test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

test('the same content packed in another way is not different', async ({ directory }) => {
  const entries = entriesOf({});
  writeFileSync(join(directory, 'a.mar'), forgeZip(entries));
  writeFileSync(join(directory, 'b.mar'), forgeZip(entries.map((entry) => ({ ...entry, deflate: true })).reverse()));
  const tar = entries.map(({ name, data }) => ({
    name: `cats/${String(name)}`,
    ...(data === undefined ? {} : { data }),
  }));
  writeFileSync(join(directory, 'c.mar'), forgeTgz(tar));
  for (const other of ['b.mar', 'c.mar']) {
    const result = await diff(join(directory, 'a.mar'), join(directory, other));
    assert.is(result.different, false, other);
    assert.match(diffReport(result), /same manifest and content/);
  }
});

test('fields, files and the source that the author wrote', async ({ compare }) => {
  const kept = { name: 'kept.bin', data: 'kept content' };
  const result = await compare(
    { files: [{ name: 'old.txt', data: 'old' }, kept, { name: 'same', data: '1' }] },
    {
      version: '2.0',
      source: 'two\n',
      files: [
        { ...kept, name: 'moved.bin' },
        { name: 'new.txt', data: 'newer' },
        { name: 'same', data: '1' },
      ],
    },
  );
  assert.equal(result.fields, [{ field: 'model.modelVersion', to: '2.0' }]);
  assert.equal(
    result.files.map(({ path, change, movedFrom }) => [path, change, movedFrom]),
    [
      ['moved.bin', 'moved', 'kept.bin'],
      ['new.txt', 'added', undefined],
      ['old.txt', 'removed', undefined],
      ['service.mjs', 'changed', undefined],
      ['service.mjs.map', 'changed', undefined],
    ],
  );
  assert.equal(
    result.handler.map(({ path }) => path),
    ['service.ts'],
    'npm packages in the bundle are not the handler',
  );
  assert.match(result.handler[0]?.patch ?? '', /^-one$/m);
  assert.match(result.handler[0]?.patch ?? '', /^\+two$/m);
  assert.equal(result.callers, { break: false, reasons: [] });
});

test('new numbers in the same network do not break callers', async ({ compare }) => {
  const { models, callers } = await compare({}, { model: { initializers: weights(2) } });
  assert.is(models[0]?.weights, 'values');
  assert.is(callers.break, false);
});

test('another network, opset and operators are told', async ({ compare }) => {
  const nodes = [{ op: 'Sigmoid', inputs: ['input'], outputs: ['output'] }];
  const { models } = await compare({}, { model: { nodes, opsets: { '': 18 }, initializers: weights(1) } });
  assert.is(models[0]?.weights, 'network');
  assert.equal(models[0]?.opsets, [{ name: 'ai.onnx', from: 17, to: 18 }]);
  assert.equal(models[0]?.operators, [
    { name: 'Relu', from: 1 },
    { name: 'Sigmoid', to: 1 },
  ]);
});

const input = (dims: (number | string)[], type = 1) => ({ inputs: [{ name: 'input', dims, type }] });
const output = (dims: (number | string)[], type = 1) => ({ outputs: [{ name: 'output', dims, type }] });

for (const [title, from, to, breaks] of [
  ['another name', {}, { name: 'dogs' }, /served as dogs instead of cats/],
  ['a fixed size where any was taken', {}, { model: input([1, 4]) }, /input input .* instead of/],
  ['another rank', {}, { model: input(['batch', 4, 1]) }, /input input/],
  ['another element type', {}, { model: input(['batch', 4], 7) }, /int64/],
  ['an open size where one was fixed', { model: input([1, 4]) }, {}, undefined],
  ['another symbol', {}, { model: input(['N', 4]) }, undefined],
  [
    'a new input',
    {},
    {
      model: {
        inputs: [
          { name: 'input', dims: ['batch', 4] },
          { name: 'mask', dims: [1] },
        ],
      },
    },
    /new input mask/,
  ],
  ['an output of another size', {}, { model: output(['batch', 5]) }, /output output/],
  ['an output whose size is open now', { model: output([1, 4]) }, {}, /output output/],
  [
    'an output renamed',
    {},
    { model: { outputs: [{ name: 'scores', dims: ['batch', 4] }] } },
    /no longer has the output/,
  ],
] as const satisfies readonly (readonly [string, Spec, Spec, RegExp | undefined])[]) {
  test(`callers: ${title}`, async ({ compare }) => {
    const { callers } = await compare(from, to);
    assert.is(callers.break, breaks !== undefined, callers.reasons.join('; '));
    if (breaks) assert.match(callers.reasons.join('\n'), breaks);
  });
}

test('mar diff: exit 1 when different, 0 when not, 2 when it cannot compare', async ({ compare, directory }) => {
  await compare({}, { name: 'dogs', source: 'two\n' });
  const different = await runMar(['diff', 'a.mar', 'b.mar'], { cwd: directory });
  assert.is(different.code, 1);
  assert.match(different.stdout, /~ model\.modelName: "cats" → "dogs"/);
  assert.match(different.stdout, /Callers break:\n {2}the model is served as dogs/);
  assert.is((await runMar(['diff', 'a.mar', 'a.mar'], { cwd: directory })).code, 0);
  const json = await runMar(['diff', 'a.mar', 'b.mar', '--json'], { cwd: directory });
  assert.is(JSON.parse(json.stdout).callers.break, true);
  assert.is((await runMar(['diff', 'a.mar', 'none.mar'], { cwd: directory })).code, 2);
});

test.run();
