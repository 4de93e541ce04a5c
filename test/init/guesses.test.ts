import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { init, type Question } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { runMar } from '../support/run-mar.js';
import { testUnless } from '../support/test-unless.js';
import {
  anyModel,
  chosenBoxes,
  gridDetector,
  imageRows,
  imageSequence,
  lstm,
  namedClassifier,
  random,
  textModel,
  voice,
} from './sample-models.js';
import { goldenOf, lay, lines, projectSuite, throughAll } from './through-all.js';

const test = projectSuite('init: guesses');

const UINT8 = 2;

test('a golden case fails when the model changes', async ({ root, path }) => {
  lay(path, { 'm.onnx': lstm });
  await throughAll(root);
  const golden = goldenOf(path);
  golden.expect.json.hn[0][0][0] += 0.01;
  lay(path, { 'MAR-INF/tests/example.json': JSON.stringify(golden) });
  assert.is((await runMar(['build', 'm', '--force'], { cwd: root })).code, 0);
  const { code, stdout } = await runMar(['validate', '--run', 'm.mar'], { cwd: root });
  assert.is(code, 1);
  assert.match(stdout, '$.hn[0][0][0] is ');
});

test('the sample rate, the window and the state of an audio model are found', async ({ path }) => {
  lay(path, { 'm.onnx': voice });
  await init({ directory: path });
  const { request } = goldenOf(path);
  assert.equal(request.inputs.sr, { json: 16000 });
  assert.equal(request.headers, { 'x-tensor-shape': 'input=1,512' });
  assert.equal(request.inputs.state, { json: [[[0, 0, 0, 0]], [[0, 0, 0, 0]]] });
  assert.is(readFileSync(join(path, 'MAR-INF/tests/example-input.bin')).length, 2048);
});

test('bytes are the pixels themselves; a detector is left to its own range; neither has ImageNet', async ({ path }) => {
  lay(path, { 'm.onnx': imageRows({ output: 'y', width: 3, end: 'Softmax', type: UINT8 }) });
  const { notes } = await init({ directory: path });
  assert.match(
    readFileSync(join(path, 'service.ts'), 'utf8'),
    /mean: 0,\n {2}scale: 1,\n {2}layout: 'NHWC',\n {2}channels: 'RGB',\n {2}type: 'uint8'/,
  );
  assert.equal(notes, ['labels.txt holds made-up names: put the real ones there, one per line.']);
  const detector = join(path, 'detector');
  lay(detector, { 'm.onnx': gridDetector(3, true), 'labels.txt': lines(3) });
  await init({ directory: detector });
  assert.equal(JSON.parse(readFileSync(join(detector, 'service.json'), 'utf8')).image, undefined);
  await init({ directory: detector, pixels: '-1..1', force: true });
  assert.equal(JSON.parse(readFileSync(join(detector, 'service.json'), 'utf8')).image, { mean: 127.5, scale: 127.5 });
});

test('names of classes inside the model are its labels', async ({ root, path }) => {
  lay(path, { 'm.onnx': namedClassifier("{0: 'cat', 1: 'dog', 2: 'owl'}") });
  const stdout = await throughAll(root);
  assert.is(readFileSync(join(path, 'labels.txt'), 'utf8'), 'cat\ndog\nowl\n');
  assert.not.match(stdout, 'made-up names');
  assert.match(JSON.stringify(goldenOf(path).expect), /"class":"(cat|dog|owl)"/);
  const fewer = join(path, 'fewer');
  lay(fewer, { 'm.onnx': namedClassifier("{0: 'cat', 1: 'dog'}") });
  const { notes } = await init({ directory: fewer });
  assert.match(notes.join(), 'made-up names');
});

test('a decoded YOLOX gets the pixels themselves, also where a person takes the default', async ({ path }) => {
  lay(path, { 'm.onnx': gridDetector(3, true, 'Exp'), 'labels.txt': lines(3) });
  const asked: Question[] = [];
  const { template, notes } = await init({ directory: path });
  assert.is(template, 'object-detector');
  assert.match(notes.join(), 'object_detector takes the channel values as they are (--pixels 0..255)');
  await init({
    directory: path,
    force: true,
    ask: async (question) => {
      asked.push(question);
      return '';
    },
  });
  assert.equal(
    asked.filter(({ about }) => about === 'pixels').map(({ otherwise }) => otherwise),
    ['0..255'],
  );
});

test('boxes that the model chooses are read as corners, score and class number', async ({ root, path }) => {
  lay(path, { 'm.onnx': chosenBoxes, 'labels.txt': 'cat\ndog\n' });
  await throughAll(root);
  const found: { label: string; score: number; box: number[] }[] = goldenOf(path).expect.json;
  assert.equal(
    found.map(({ label, score }) => [label, score]),
    [
      ['dog', 0.9375],
      ['cat', 0.75],
    ],
  );
  const [width, height] = [0, 1].map((axis) => (found[0]?.box[axis + 2] ?? 0) - (found[0]?.box[axis] ?? 0));
  assert.ok(width !== undefined && width > 0 && width === height, JSON.stringify(found));
});

test('rows of six that nothing explains are said, and how to have them read as boxes', async ({ path }) => {
  lay(path, { 'm.onnx': imageSequence(300, 6) });
  const { template, notes } = await init({ directory: path });
  assert.is(template, 'tensor');
  assert.match(notes.join(), 'output float32[1,300,6] may hold boxes');
  assert.match(notes.join(), '--template object-detector');
});

test('of several models the one with most weights answers, or the one that is named; the others are said', async ({
  root,
  path,
}) => {
  lay(path, { 'small.onnx': anyModel, 'voice.onnx': voice });
  const stdout = await throughAll(root);
  assert.match(stdout, 'note: voice.onnx answers the requests; small.onnx is packed beside it.');
  assert.equal(JSON.parse(readFileSync(join(path, 'service.json'), 'utf8')), { model: 'voice.onnx' });
  await init({ directory: path, model: 'small.onnx', force: true });
  assert.equal(JSON.parse(readFileSync(join(path, 'service.json'), 'utf8')), { model: 'small.onnx' });
});

test('it is asked which model, then for labels, then for pixels, and not for what the model says', async ({ path }) => {
  lay(path, { 'a.onnx': anyModel, 'b.onnx': imageRows({ output: 'logits', width: 10 }) });
  const asked: Question[] = [];
  const ask = async (question: Question) => {
    asked.push(question);
    return question.about === 'model' ? 'b.onnx' : '';
  };
  await init({ directory: path, ask });
  assert.equal(
    asked.map(({ about }) => about),
    ['model', 'labels', 'pixels'],
  );
  assert.equal(asked[0]?.choices, {
    'a.onnx': 'float32[batch,4] to float32[batch,4]',
    'b.onnx': 'float32[1,3,16,16] to float32[1,10]',
  });
  const again: string[] = [];
  const bytes = join(path, 'bytes');
  lay(bytes, { 'm.onnx': imageRows({ output: 'y', width: 3, end: 'Softmax', type: UINT8 }) });
  await init({ directory: bytes, ask: async ({ about }) => String(again.push(about) && '') });
  assert.equal(again, ['labels']);
});

test('a model that does not fit is refused before anything is asked', async ({ path }) => {
  lay(path, { 'm.onnx': textModel });
  const ask = async (): Promise<string> => {
    throw new Error('asked');
  };
  await init({ directory: path, ask }).then(
    () => assert.unreachable('no error'),
    (error: Error) => assert.match(error.message, 'needs its tokenizer'),
  );
});

test('a model that answers differently each time has its shapes in the golden case', async ({ root, path }) => {
  lay(path, { 'm.onnx': random });
  assert.match(await throughAll(root), 'is answered differently each time');
  assert.equal(goldenOf(path).expect, { tensors: { output: { shape: [1, 4] } } });
});

const OWN_TS = 'export function handle(batch: readonly unknown[]) {\n  return batch.map(() => ({ mine: true }));\n}\n';
const OWN_PY =
  'class Mine:\n    def initialize(self, context):\n        pass\n\n    def handle(self, data, context):\n        return [{"mine": True} for _ in data]\n';

test('a service.ts that is there is built as it is; --run records what it answers', async ({ root, path }) => {
  lay(path, { 'service.ts': OWN_TS, 'm.onnx': anyModel });
  const stdout = await throughAll(root);
  assert.match(stdout, 'Found the handler service.ts\n');
  assert.match(stdout, 'Wrote what service.ts lacked: .marignore, mar.config.json\n');
  assert.match(stdout, 'note: There is no golden case: put a request');
  assert.is(readFileSync(join(path, 'service.ts'), 'utf8'), OWN_TS);
  assert.not(existsSync(join(path, 'MAR-INF')));
  const { written } = await init({ directory: path, run: true });
  assert.equal(written, ['MAR-INF/tests/example.json']);
  assert.equal(goldenOf(path).expect, { json: { mine: true }, tolerance: 0 });
});

testUnless(missingCommand('python3'), test, 'a service.py that is there is built as it is', async ({ root, path }) => {
  lay(path, { 'service.py': OWN_PY });
  await throughAll(root, '--run');
  assert.is(readFileSync(join(path, 'service.py'), 'utf8'), OWN_PY);
  assert.is(JSON.parse(readFileSync(join(path, 'mar.config.json'), 'utf8')).handler, 'service.py:handle');
  assert.equal(goldenOf(path).expect, { json: { mine: true }, tolerance: 0 });
});

test('a handler with a function of another name is built with that one', async ({ path }) => {
  lay(path, { 'my_handler.py': 'def answer(data, context):\n    return data\n' });
  await init({ directory: path });
  assert.is(JSON.parse(readFileSync(join(path, 'mar.config.json'), 'utf8')).handler, 'my_handler.py:answer');
});

test('a configuration and golden cases that are there stay; what the configuration says is believed', async ({
  path,
}) => {
  const config = '{ "modelName": "other", "exportPath": "..", "handler": "tensor" }';
  lay(path, { 'm.onnx': anyModel, 'mar.config.json': config, 'MAR-INF/tests/mine.json': '{"request":{},"expect":{}}' });
  const { written, modelName } = await init({ directory: path });
  assert.equal([written, modelName], [['.marignore'], 'other']);
  assert.is(readFileSync(join(path, 'mar.config.json'), 'utf8'), config);
});

for (const [file, text, handler] of [
  ['index.ts', OWN_TS, 'index.ts'],
  ['index.js', 'export const handle = (batch) => batch;\n', 'index.js'],
  ['main.py', OWN_PY, 'main.py:handle'],
  ['app.py', 'def answer(data, context):\n    return data\n', 'app.py:answer'],
] as const)
  test(`${file} is the handler where it is the only code`, async ({ path }) => {
    lay(path, { [file]: text, 'vite.config.ts': 'export default {};\n' });
    await init({ directory: path });
    assert.is(JSON.parse(readFileSync(join(path, 'mar.config.json'), 'utf8')).handler, handler);
  });

for (const [what, files] of Object.entries({
  'beside other code': { 'index.js': 'export const handle = (batch) => batch;\n', 'other.js': '' },
  'as a script that is run by hand': { 'main.py': 'def main():\n    print(1)\n\nmain()\n' },
}))
  test(`such a file is not the handler ${what}`, async ({ path }) => {
    lay(path, files);
    const { service, template } = await init({ directory: path, ask: async () => 'custom-service' });
    assert.equal([service, template], [undefined, 'custom-service']);
  });

test.run();
