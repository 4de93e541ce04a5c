import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { init, predict, type Question } from '../../src/index.js';
import { TEMPLATES } from '../../src/init/template.js';
import { missingCommand } from '../support/commands.js';
import { runMar } from '../support/run-mar.js';
import { testUnless } from '../support/test-unless.js';
import { anyModel, classifier, sequenceOutput, textModel } from './sample-models.js';
import { TEMPLATE_FILES } from './template-files.js';

const test = suite<{ root: string }>('init');

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'mar-init-'));
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

function directory(root: string, files: Record<string, string | Buffer>): string {
  const path = join(root, 'my-model');
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

for (const template of TEMPLATES) {
  const missing = template.includes('python') ? missingCommand('python3') : undefined;
  testUnless(missing, test, `${template}: what init writes builds, validates and answers at once`, async ({ root }) => {
    const path = directory(root, TEMPLATE_FILES[template]);
    const explicit = template.startsWith('eia') || template === 'python-service' ? ['--template', template] : [];
    const made = await runMar(['init', 'my-model', '--yes', ...explicit], { cwd: root });
    assert.is(made.code, 0, made.stderr);
    assert.match(made.stdout, `Wrote the template ${template}:`);
    const built = await runMar(['build', '--model-path', path, '--strict'], { cwd: root });
    assert.is(built.code, 0, built.stderr);
    assert.is(built.stderr, '');
    const validated = await runMar(['validate', '--run', 'my-model.mar'], { cwd: root });
    assert.is(validated.code, 0, validated.stdout);
    const tested = await runMar(['test', 'my-model.mar'], { cwd: root });
    assert.match(tested.stdout, '1 of 1 golden cases of my-model passed.');
    assert.ok(existsSync(join(path, 'MAR-INF/tests/example.json')));
  });
}

test('the template follows from the model', async ({ root }) => {
  const path = directory(root, { 'weights.pt': 'not looked into' });
  assert.match((await runMar(['init', path], { cwd: root })).stdout, 'Wrote the template python-service');
});

test('every template has a folder, and every folder a template', () => {
  const folders = readdirSync('templates').filter((name) => name !== 'common');
  assert.equal(folders.sort(), [...TEMPLATES].sort());
});

test('the classifier answers in the form of the peers, with the labels of the directory', async ({ root }) => {
  const path = directory(root, TEMPLATE_FILES['image-classifier']);
  await runMar(['init', path], { cwd: root });
  await runMar(['build', '--model-path', path], { cwd: root });
  const image = join(path, 'MAR-INF/tests/example.png');
  const { body } = await predict(join(root, 'my-model.mar'), { file: image });
  const answer: { probability: number; class: string }[] = JSON.parse(String(body));
  assert.equal(answer.map((one) => one.class).sort(), ['blue', 'green', 'red']);
});

test('the detector drops weak boxes and those that a better one covers', async ({ root }) => {
  const path = directory(root, TEMPLATE_FILES['object-detector']);
  await runMar(['init', path], { cwd: root });
  await runMar(['build', '--model-path', path], { cwd: root });
  const { body } = await predict(join(root, 'my-model.mar'), { file: join(path, 'MAR-INF/tests/example.png') });
  const found: { label: string; score: number }[] = JSON.parse(String(body));
  assert.equal(
    found.map(({ label, score }) => [label, score]),
    [['cat', 0.9375]],
  );
});

test('without labels some are made up, and said to be', async ({ root }) => {
  const path = directory(root, { 'net.onnx': classifier });
  const { stdout } = await runMar(['init', path], { cwd: root });
  assert.is(readFileSync(join(path, 'labels.txt'), 'utf8'), 'class 0\nclass 1\nclass 2\n');
  assert.match(stdout, /note: labels\.txt holds made-up names/);
});

test('what no model says is asked: labels, which are copied in, and channel values', async ({ root }) => {
  const path = directory(root, { 'net.onnx': classifier });
  writeFileSync(join(root, 'names.txt'), 'red\ngreen\nblue\n');
  const answers: Readonly<Record<string, string>> = { labels: 'names.txt', pixels: '-1..1' };
  const asked: string[] = [];
  const ask = async ({ about }: Question) => {
    asked.push(about);
    return answers[about] ?? '';
  };
  const { labels, notes, written } = await init({ directory: path, cwd: root, ask });
  assert.equal(asked, ['labels', 'pixels']);
  assert.equal({ labels, notes }, { labels: { file: 'labels.txt', count: 3 }, notes: [] });
  assert.ok(written.includes('labels.txt'));
  assert.is(readFileSync(join(path, 'labels.txt'), 'utf8'), 'red\ngreen\nblue\n');
  assert.match(readFileSync(join(path, 'service.ts'), 'utf8'), 'mean: 127.5,\n  scale: 127.5,\n');
});

test('labels that cannot be read are asked for again', async ({ root }) => {
  const path = directory(root, { 'net.onnx': classifier });
  const texts: string[] = [];
  const ask = async ({ about, text }: Question) => {
    if (about === 'labels') texts.push(text);
    return about === 'labels' && texts.length === 1 ? 'nowhere.txt' : '';
  };
  await init({ directory: path, cwd: root, ask });
  assert.equal(texts, ['Which file names the classes, one per line?', 'The labels nowhere.txt do not exist.']);
});

test('--labels and --pixels say the same without a terminal; a file that is not there is an error', async ({
  root,
}) => {
  const path = directory(root, { 'net.onnx': classifier, 'my names': 'a\nb\nc\n' });
  const argv = ['init', path, '--pixels', '0..1', '--labels'];
  const { code, stderr } = await runMar([...argv, 'nowhere.txt'], { cwd: root });
  assert.is(code, 2);
  assert.match(stderr, /The labels nowhere\.txt do not exist\./);
  const { stdout } = await runMar([...argv, join(path, 'my names')], { cwd: root });
  assert.match(stdout, 'Found my names (3 labels)');
  assert.not.match(stdout, 'note:');
  assert.match(readFileSync(join(path, 'service.ts'), 'utf8'), "readLabels(context, 'my names')");
});

test('a directory that does not exist is an error, unless a template says that it shall begin', async ({ root }) => {
  directory(root, {});
  const { code, stderr } = await runMar(['init', 'my-modle', '--yes'], { cwd: root });
  assert.is(code, 2);
  assert.match(stderr, /my-modle does not exist \(did you mean 'my-model'\?\)/);
  assert.equal(readdirSync(root), ['my-model']);
  assert.is((await runMar(['init', 'mein modell ü', '--template', 'tensor'], { cwd: root })).code, 2);
  const { stdout } = await runMar(['init', 'mein modell ü', '--template', 'custom-service'], { cwd: root });
  assert.match(stdout, 'mar serve-local mein-modell-u.mar');
});

test('labels that do not match the model are pointed out', async ({ root }) => {
  const path = directory(root, { 'net.onnx': classifier, 'synset.txt': 'one\ntwo\n' });
  const { stdout } = await runMar(['init', path], { cwd: root });
  assert.match(stdout, /note: synset\.txt has 2 labels, but the model has 3 classes/);
});

test('a second run keeps what is there and writes what is missing; --force replaces it and keeps a copy', async ({
  root,
}) => {
  const path = directory(root, {});
  const argv = ['init', path, '--template', 'custom-service'];
  await runMar(argv, { cwd: root });
  writeFileSync(join(path, 'service.ts'), 'mine');
  rmSync(join(path, '.marignore'));
  const again = await runMar(argv, { cwd: root });
  assert.is(again.code, 0, again.stderr);
  assert.match(again.stdout, 'Wrote the template custom-service: .marignore\n');
  assert.match(again.stdout, 'Kept what was there: MAR-INF/tests/example.json, mar.config.json, service.ts\n');
  assert.is(readFileSync(join(path, 'service.ts'), 'utf8'), 'mine');
  const forced = await runMar([...argv, '--force'], { cwd: root });
  assert.is(forced.code, 0, forced.stderr);
  assert.match(forced.stdout, 'Copied what was replaced: service.ts.bak\n');
  assert.is(readFileSync(join(path, 'service.ts.bak'), 'utf8'), 'mine');
  assert.match(readFileSync(join(path, 'service.ts'), 'utf8'), 'class CustomService');
  writeFileSync(join(path, 'service.ts'), 'mine again');
  await runMar([...argv, '--force'], { cwd: root });
  assert.is(readFileSync(join(path, 'service.ts.bak2'), 'utf8'), 'mine again');
  assert.is(readFileSync(join(path, 'service.ts.bak'), 'utf8'), 'mine');
  const third = await runMar(argv, { cwd: root });
  assert.match(third.stdout, 'Wrote nothing: everything is there.\n');
});

const refusals: Record<string, [files: Record<string, string | Buffer>, args: string[], message: RegExp]> = {
  'a model that is not there': [
    { 'a.onnx': anyModel, 'b.onnx': anyModel },
    ['--model', 'c.onnx'],
    /There is no model c\.onnx in the directory.*: it holds a\.onnx, b\.onnx/,
  ],
  'an output that is not a tensor': [
    { 'a.onnx': sequenceOutput },
    [],
    /The output 'parts' of a\.onnx is a sequence.*\nhint: Export without it/,
  ],
  'a template that needs a model': [{}, ['--template', 'tensor'], /needs an ONNX model/],
  'a model that does not fit': [
    { 'a.onnx': anyModel },
    ['--template', 'eia'],
    /does not fit.*\n {2}inputs: {2}input float32/,
  ],
  'a text model without tokenizer': [{ 'a.onnx': textModel }, [], /there is no tokenizer\.json/],
  'an unknown template': [{}, ['--template', 'image-clasifier'], /image-classifier/],
  'a broken model': [{ 'a.onnx': 'no protobuf' }, [], /my-model\/a\.onnx cannot be read/],
};
for (const [what, [files, args, message]] of Object.entries(refusals)) {
  test(`${what}: exit code 2, and nothing is written`, async ({ root }) => {
    const path = directory(root, files);
    const { code, stderr } = await runMar(['init', path, ...args], { cwd: root });
    assert.match(stderr, message);
    assert.is(code, 2);
    assert.equal(readdirSync(path).sort(), Object.keys(files).sort());
  });
}

test('a file in place of the directory is refused', async ({ root }) => {
  writeFileSync(join(root, 'file'), '');
  const { code, stderr } = await runMar(['init', 'file'], { cwd: root });
  assert.is(code, 2);
  assert.match(stderr, /file cannot be read as a directory/);
});

for (const where of ['.', 'my-model', 'my-model/deep in it']) {
  test(`the commands that it names work where they are named: in ${where}`, async ({ root }) => {
    const path = directory(root, {});
    mkdirSync(join(path, 'deep in it'));
    const cwd = join(root, where);
    const { stdout } = await runMar(['init', path], { cwd });
    const commands = [...stdout.matchAll(/^ {2}mar ((?:build|validate).*)$/gm)].map(([, line = '']) => line);
    assert.is(commands.length, 2);
    for (const command of commands) {
      const { code, stderr } = await runMar(command.split(' '), { cwd });
      assert.is(code, 0, stderr);
    }
  });
}

test('--json gives the whole result', async ({ root }) => {
  const path = directory(root, TEMPLATE_FILES['image-classifier']);
  const result = JSON.parse((await runMar(['init', path, '--json'], { cwd: root })).stdout);
  assert.is(result.template, 'image-classifier');
  assert.equal(result.model.inputs, ['image float32[1,3,32,32]']);
  assert.equal(result.labels, { file: 'synset.txt', count: 3 });
});

test.run();
