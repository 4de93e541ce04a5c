import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#pack/pack.js';
import { askWorker } from '#testing/ask.js';
import { formBody } from '#testing/form.js';
import { TIMEOUT_MS, withLocalModel } from '#testing/local-model.js';
import { int, ints } from '../models/onnx/attributes.js';
import { layFolder } from '../support/model-folder.js';
import { constantModel, creditModel, examples, recogniserModel, sentenceModel, speechModel } from './handlers-page.js';

const FLOAT = 1;

interface Request {
  readonly body: Buffer;
  readonly contentType: string;
}

/** Packs the example with its files, types checked, and asks it once for each request. */
async function ask(
  example: string,
  files: Readonly<Record<string, string | Buffer>>,
  requests: readonly Request[],
): Promise<{ readonly status: number; readonly answer: unknown }[]> {
  const folder = layFolder({ 'model/service.ts': examples.get(example) ?? '' });
  folder.write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`model/${name}`, content])));
  try {
    const { target } = await pack({
      modelName: 'example',
      modelPath: `${folder.path}/model`,
      handler: 'service.ts',
      exportPath: folder.path,
      strict: true,
    });
    return await withLocalModel(target, {}, async ({ worker }) => {
      const answers: { status: number; answer: unknown }[] = [];
      for (const { body, contentType } of requests) {
        const answer = await askWorker(worker, TIMEOUT_MS)({ body, contentType, headers: {} });
        const text = String(answer.body);
        answers.push({ status: answer.status, answer: answer.status === 200 ? JSON.parse(text) : text });
      }
      return answers;
    });
  } finally {
    folder.remove();
  }
}

const json = (value: unknown): Request => ({
  body: Buffer.from(JSON.stringify(value)),
  contentType: 'application/json',
});
const field = (name: string, value: string): Request => formBody([{ name, value: Buffer.from(value) }]);
/** As curl sends a file with -T. */
const file = (body: Buffer): Request => ({ body, contentType: '' });
const round = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'number' ? Math.round(part * 1000) / 1000 : part));

test('the page has five examples', () => {
  assert.equal([...examples.keys()], ['A text', 'A table', 'Sound', 'Detection', 'Two models']);
});

test('a text: vectors of one text and of several, pooled and normalised', async () => {
  const tokenizer: { files: Record<string, object> } = JSON.parse(
    readFileSync(new URL('../recordings/service/text.json', import.meta.url), 'utf8'),
  );
  const files = {
    'model.onnx': sentenceModel(int('to', FLOAT), int('axis', 2)),
    'tokenizer.json': JSON.stringify(tokenizer.files['WordPiece, template']),
  };
  const texts = ['a good film', 'the dog'];
  const [one, form, several, wrong] = await ask('A text', files, [
    { body: Buffer.from('a good film'), contentType: 'text/plain' },
    field('text', 'a good film'),
    json({ texts }),
    json({ texts: [1] }),
  ]);
  assert.is(one?.status, 200);
  assert.equal(form, one);
  const [[first, second] = []] = Array.isArray(one?.answer) ? one.answer : [];
  assert.ok(Math.abs(first ** 2 + second ** 2 - 1) < 1e-6 && first > second);
  assert.ok(Array.isArray(several?.answer) && several.answer.length === 2);
  assert.equal(round(several?.answer.slice(0, 1)), round(one?.answer), 'filling does not count');
  assert.equal([wrong?.status, /texts is not a list of texts/.test(String(wrong?.answer))], [422, true]);
});

test('a table: records by column', async () => {
  const member = { age: 30, income: 100, member: true };
  const [one, several, inForm, wrong] = await ask('A table', { 'model.onnx': creditModel() }, [
    json(member),
    json([
      { age: 30, income: 100, member: false },
      { age: 30, income: 3100, member: 0 },
    ]),
    field('record', JSON.stringify(member)),
    json({ age: '30', income: 1, member: false }),
  ]);
  assert.equal(round(one), { status: 200, answer: [{ granted: true, probability: 1 }] });
  const probability = Math.round(1000 / (1 + Math.exp(-1))) / 1000;
  assert.equal(round(several?.answer), [
    { granted: false, probability: 0 },
    { granted: true, probability },
  ]);
  assert.equal(inForm, one);
  assert.is(wrong?.status, 422);
  assert.match(String(wrong?.answer), String.raw`age of record 0 is \"30\", expected a number`);
});

test('sound: a WAV file at another rate', async () => {
  const parts = [0.8, 0, 0.8, -0.8].flatMap((loud) => Array<number>(100).fill(loud));
  const files = { 'model.onnx': speechModel(), 'letters.json': '["", "a", "b"]' };
  const [read, wrong] = await ask('Sound', files, [file(wav(8000, parts)), file(Buffer.from('no sound at all'))]);
  const { text, seconds, duration }: { text: string; seconds: number[]; duration: number } = JSON.parse(
    JSON.stringify(read?.answer),
  );
  assert.is(text, 'aab');
  assert.ok(Math.abs(duration - parts.length / 8000) < 0.001);
  for (const [at, expected] of [0, 0.025, 0.0375].entries()) assert.ok(Math.abs((seconds[at] ?? 9) - expected) < 0.001);
  assert.is(wrong?.status, 400);
});

/** A WAV file of 16 bits and one channel. */
function wav(rate: number, samples: readonly number[]): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([head, Buffer.from(Int16Array.from(samples, (sample) => sample * 32767).buffer)]);
}

test('detection: boxes in pixels of the image', async () => {
  // An image of 80 x 40 takes the middle 16 rows of an input of 32. The first two boxes cover each other.
  const columns = [
    [8, 8, 24],
    [12, 12, 20],
    [8, 8, 16],
    [4, 4, 8],
    [0.9, 0.8, 0.1],
    [0, 0, 0.7],
  ];
  const model = constantModel('images', 32, 'output0', [1, 6, 3], ...columns.flat());
  const image = await sharp({ create: { width: 80, height: 40, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const [found, wrong] = await ask('Detection', { 'model.onnx': model }, [file(image), file(Buffer.from('none'))]);
  assert.equal(round(found?.answer), [
    { label: 0, score: 0.9, box: [10, 5, 30, 15] },
    { label: 1, score: 0.7, box: [40, 20, 80, 40] },
  ]);
  assert.is(wrong?.status, 400);
});

test('two models: lines are found and read', async () => {
  // An image of 128 x 64 takes the middle 32 rows of an input of 64; the lines are its upper and its lower half.
  const boxes = [0, 16, 64, 32, 0.9, 0, 32, 64, 48, 0.8, 0, 0, 9, 9, 0.1];
  const files = {
    'detector.onnx': constantModel('image', 64, 'boxes', [1, 3, 5], ...boxes),
    'recogniser.onnx': recogniserModel([ints('axes', 2), int('keepdims', 0)], ints('perm', 0, 2, 1)),
  };
  const lines = [
    [255, 128, 255, 0],
    [0, 128, 0, 255],
  ];
  const pixels = Buffer.from(
    Array.from({ length: 128 * 64 }, (_, at) => {
      const [x, y] = [at % 128, Math.floor(at / 128)];
      return Array<number>(3).fill(lines[y < 32 ? 0 : 1]?.[Math.floor(x / 32)] ?? 0);
    }).flat(),
  );
  const image = await sharp(pixels, { raw: { width: 128, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const [read] = await ask('Two models', files, [file(image)]);
  assert.equal(round(read?.answer), [
    { box: [0, 0, 128, 32], text: 'lld' },
    { box: [0, 32, 128, 64], text: 'ddl' },
  ]);
});

test.run();
