import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { type LabelFile, labelFilesOf } from '#check/facts/labels.js';
import { findModels } from '#check/facts/models.js';
import { readService } from '#check/facts/service.js';
import { BUILTIN_SERVICES, type BuiltinName, builtin, isBuiltin } from '#conventions/builtin-services.js';
import { LABEL_FILES } from '#conventions/label-files.js';
import { findManifest } from '#manifest/read-manifest.js';
import { builtinService } from '#service/builtin/index.js';
import { type Files, manifest, zip } from '../check/sample-archives.js';
import { encodeOnnx, type ModelSpec, type NodeSpec } from '../models/onnx/encode-onnx.js';
import { withContext } from '../service/context.js';
import { layFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const INT64 = 7;
const CLASSES = 6;
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

/** A model that answers the same whatever it gets. */
function constant(
  inputs: ModelSpec['inputs'],
  outputs: { name: string; dims: number[]; raw: Buffer; type?: number }[],
) {
  const nodes: NodeSpec[] = outputs.map(({ name }) => ({ op: 'Identity', inputs: [`${name}_`], outputs: [name] }));
  return {
    ...(inputs && { inputs }),
    outputs: outputs.map(({ name, dims, type }) => ({ name, dims, ...(type !== undefined && { type }) })),
    nodes,
    initializers: outputs.map(({ name, ...tensor }) => ({ ...tensor, name: `${name}_` })),
  } satisfies ModelSpec;
}

const IMAGE = [{ name: 'image', dims: [1, 3, 10, 10] }];
const SCORES = [{ name: 'scores', dims: [1, CLASSES], raw: floats(6, 5, 4, 3, 2, 1) }];
const NUMBERS = Array.from({ length: CLASSES }, (_, index) => index);
const BOXES = [
  { name: 'boxes', dims: [1, CLASSES, 4], raw: floats(...NUMBERS.flatMap((x) => [x, 0, x + 1, 1])) },
  { name: 'scores', dims: [1, CLASSES], raw: floats(...NUMBERS.map(() => 0.9)) },
  { name: 'labels', dims: [1, CLASSES], type: INT64, raw: Buffer.from(BigInt64Array.from(NUMBERS, BigInt).buffer) },
];
const TOKENIZER = JSON.stringify({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: { '[UNK]': 0, good: 1 }, unk_token: '[UNK]' },
});

/** For each service that names classes: a model with six, what else its archive holds, and a request. */
const SUBJECTS: Readonly<
  Partial<Record<BuiltinName, { model: ModelSpec; files: Files; body: () => Promise<unknown> }>>
> = {
  image_classifier: { model: constant(IMAGE, SCORES), files: {}, body: picture },
  object_detector: { model: constant(IMAGE, BOXES), files: {}, body: picture },
  text_classifier: {
    model: constant([{ name: 'input_ids', type: INT64, dims: ['n', 'length'] }], SCORES),
    files: { 'tokenizer.json': TOKENIZER },
    body: async () => 'good',
  },
};

function picture(): Promise<Buffer> {
  return sharp({ create: { width: 10, height: 10, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name ${index}`);

/** A label file of that name with so many labels, in its own form. */
function content(file: string, count: number): string {
  if (!file.endsWith('.json')) return `${names(count).join('\n')}\n`;
  return JSON.stringify(file === 'labels.json' ? names(count) : Object.fromEntries(names(count).entries()));
}

/** How many labels the service really answers with. */
async function answered(name: BuiltinName, files: Files): Promise<number> {
  return withContext(files, async (context, batch) => {
    const service = await builtinService(name);
    await service?.initialize?.(context);
    const [result] = (await service?.handle([{ body: (await SUBJECTS[name]?.body()) as never }], batch([{}]))) ?? [];
    await service?.close?.();
    const found: unknown[] = Array.isArray(result) ? result : [];
    const labels = found.map((one) => String(Object(one)[name === 'object_detector' ? 'label' : 'class']));
    assert.is(labels.length, CLASSES);
    return labels.filter((label) => label.startsWith('name ')).length;
  });
}

/** How many the validator says there are, and where. */
async function counted(name: BuiltinName, files: Files): Promise<LabelFile[]> {
  const folder = layFolder({
    'a.mar': zip({ ...files, 'MAR-INF/MANIFEST.json': manifest({ handler: name }, { runtime: 'nodejs' }) }),
  });
  const archive = await openArchive(join(folder.path, 'a.mar'));
  try {
    const document = (await findManifest(archive))?.document;
    const service = document && (await readService(archive, document));
    assert.is(service?.name, name);
    return await labelFilesOf(archive, service, await findModels(archive));
  } finally {
    await archive.close();
    folder.remove();
  }
}

const labelled = BUILTIN_SERVICES.filter(isBuiltin).filter((name) => builtin(name).sections.includes('classes'));

for (const name of labelled) {
  const subject = SUBJECTS[name];
  const top = name === 'object_detector' ? {} : { top: CLASSES };
  const filesWith = (more: Files, labels?: unknown, metadata?: Record<string, string>): Files => ({
    'm.onnx': encodeOnnx({ ...subject?.model, ...(metadata && { metadata }) }),
    'service.json': JSON.stringify({ classes: { ...top, ...(labels !== undefined && { labels }) } }),
    ...subject?.files,
    ...more,
  });

  test(`${name} answers with the labels that the validator counts, whatever their file is called`, async () => {
    for (const file of LABEL_FILES) {
      const files = filesWith({ [file]: content(file, 4) });
      assert.equal(await counted(name, files), [{ entry: file, count: 4 }], file);
      assert.is(await answered(name, files), 4, file);
    }
  });

  test(`${name}: of several label files both take the same`, async () => {
    const all = LABEL_FILES.map((file, index) => [file, content(file, 1 + (index % CLASSES))] as const);
    for (const [index, [file]] of all.entries()) {
      const files = filesWith(Object.fromEntries(all.slice(index).reverse()));
      assert.equal(await counted(name, files), [{ entry: file, count: 1 + (index % CLASSES) }], file);
      assert.is(await answered(name, files), 1 + (index % CLASSES), file);
    }
  });

  test(`${name}: configured labels, labels of the model, and none`, async () => {
    const metadata = { names: JSON.stringify(names(3)) };
    const cases: [Files, unknown[], number][] = [
      [filesWith({ 'synset.txt': content('a', 5) }, names(2), metadata), [{ entry: 'service.json', count: 2 }], 2],
      [filesWith({ 'a/x.txt': content('x', 2) }, './a/x.txt'), [{ entry: 'a/x.txt', count: 2 }], 2],
      [filesWith({ 'synset.txt': content('a', 5) }, undefined, metadata), [{ entry: 'synset.txt', count: 5 }], 5],
      [filesWith({ 'a/synset.txt': content('a', 5) }, undefined, metadata), [{ entry: 'm.onnx', count: 3 }], 3],
      [filesWith({}), [], 0],
    ];
    for (const [files, facts, count] of cases) {
      assert.equal(await counted(name, files), facts);
      assert.is(await answered(name, files), count);
    }
  });

  test(`${name}: labels that cannot be read stop both`, async () => {
    const files = filesWith({ 'labels.json': '{"cat": 0}' });
    const [{ fault } = { fault: '' }] = await counted(name, files);
    assert.match(fault ?? '', "labels.json has the key 'cat'");
    const error = await rejectsWith('ERR_LABELS_FORM', () => answered(name, files));
    assert.is(error.message, fault);
  });
}

test('every service that names classes is tested here', () => {
  assert.equal([...labelled].sort(), Object.keys(SUBJECTS).sort());
});

test.run();
