import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renewed } from '#testing/update-case.js';
import { inFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';

/** Answers by the input: a half of each number, classes, a text, nothing that stays, a refusal, an error. */
const SERVICE = `import { PredictionError } from 'model-archiver/service';
let count = 0;
const answer = ({ body }) => {
  if (Array.isArray(body)) return { halves: body.map((one) => one / 2 + FACTOR) };
  if (body === 'cat') return [{ probability: 0.7, class: 'cat' }, { probability: 0.6, class: 'lynx' }, { probability: 0.01, class: 'dog' }];
  if (body === 'count') return { count: (count += 1) };
  if (body === 'refuse') return new PredictionError('no', 400);
  if (body === 'fail') throw new Error('broken');
  return String(body);
};
export const handle = (batch) => batch.map(answer);
`;
const withFactor = (factor: number): string => SERVICE.replace('FACTOR', String(factor));
const PROJECT = {
  'model/service.js': withFactor(0),
  'model/mar.config.json': '{ "modelName": "echo", "handler": "service.js" }',
  'list.json': '[1, 3]',
  'word.txt': 'hello',
  'cat.txt': 'cat',
  'count.txt': 'count',
  'raw.bin': Buffer.from([0xff, 0xfe]),
};
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const expectOf = (folder: string, name: string) => json(folder, 'model/MAR-INF/tests', name).expect;

test(
  'mar build --record writes a case of each answer, with a tolerance that fits, packs them, and says so',
  inFolder(PROJECT, async ({ path: cwd }) => {
    const inputs = ['list.json', 'word.txt', 'cat.txt', 'count.txt', 'raw.bin'];
    const run = await runMar(['build', 'model', '--record', ...inputs], { cwd });
    assert.is(run.code, 0, run.stderr);
    assert.equal(json(cwd, 'model/MAR-INF/tests/list.json'), {
      description: 'Recorded of list.json: what the model answered then, looked at by nobody yet',
      request: { json: [1, 3] },
      expect: { json: { halves: [0.5, 1.5] }, tolerance: 0.002 },
    });
    assert.equal(json(cwd, 'model/MAR-INF/tests/word.json').request, { text: 'hello' });
    assert.equal(expectOf(cwd, 'word.json'), { text: 'hello' });
    assert.equal(expectOf(cwd, 'cat.json'), {
      classes: [
        { class: 'cat', probability: 0.7 },
        { class: 'lynx', probability: 0.6 },
      ].map(({ class: name, probability }) => ({ probability, class: name })),
      tolerance: 0.007,
    });
    assert.equal(expectOf(cwd, 'count.json'), { status: 200 });
    assert.equal(json(cwd, 'model/MAR-INF/tests/raw.json').request, { file: 'raw.bin' });
    assert.match(run.stderr, 'Recorded what the model answers now, right or wrong; look at it before you trust it:\n');
    assert.match(run.stderr, '  MAR-INF/tests/list.json  of list.json: JSON within 0.002\n');
    assert.match(run.stderr, '  MAR-INF/tests/cat.json  of cat.txt: classes cat, lynx within 0.007\n');
    assert.match(run.stderr, '  MAR-INF/tests/count.json  of count.txt: status 200 (each time another answer)\n');
    const replayed = await runMar(['test', 'echo.mar'], { cwd });
    assert.match(replayed.stdout, '5 of 5 golden cases of echo passed.');
    const again = await runMar(['build', 'model', '-f', '--record', 'list.json'], { cwd });
    assert.is(again.code, 2);
    assert.match(again.stderr, 'list.json would be recorded as MAR-INF/tests/list.json, which is there already.');
  }),
);

test(
  'mar build --record writes nothing where one input cannot be a case',
  inFolder({ ...PROJECT, 'refuse.txt': 'refuse', 'fail.txt': 'fail', 'word.json': '1' }, async ({ path: cwd }) => {
    const refusals: [inputs: string[], code: number, message: RegExp][] = [
      [
        ['list.json', 'refuse.txt'],
        2,
        /refuse\.txt is answered with 400 .*; nothing was recorded\.\nhint: Correct the input/s,
      ],
      [['fail.txt'], 2, /fail\.txt is answered with 503 Prediction failed Error: broken; nothing was recorded/],
      [['absent.png'], 2, /The input absent\.png cannot be read: it does not exist/],
      [['model'], 2, /The input model cannot be read: it is a directory/],
      [
        ['word.txt', 'word.json'],
        2,
        /word\.json would be recorded as MAR-INF\/tests\/word\.json, which would be made of word\.txt too/,
      ],
      [['list.json', '--dry-run'], 2, /--record writes golden cases, and --dry-run writes nothing/],
    ];
    for (const [inputs, code, message] of refusals) {
      const run = await runMar(['build', 'model', '--record', ...inputs], { cwd });
      assert.is(run.code, code, inputs.join());
      assert.match(run.stderr, message);
      assert.not(existsSync(join(cwd, 'model/MAR-INF')), inputs.join());
      assert.not(existsSync(join(cwd, 'echo.mar')), inputs.join());
    }
  }),
);

test('what cannot be recorded has the code ERR_NOT_RECORDED', async () => {
  const { record } = await import('#index.js');
  await inFolder({ 'm/service.js': withFactor(0), 'fail.txt': 'fail' }, async ({ path: cwd }) => {
    try {
      await record({ modelName: 'm', modelPath: 'm', handler: 'service.js', cwd }, ['fail.txt']);
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code?: unknown }).code, 'ERR_NOT_RECORDED');
    }
  })();
});

const CASES = {
  'a-changed': { description: 'mine', request: { json: [2] }, expect: { json: { halves: [1] }, tolerance: 0.25 } },
  'b-same': { request: { text: 'hello' }, expect: { text: 'hello' } },
  'c-refused': { request: { text: 'refuse' }, expect: { text: 'x' } },
  'd-fails': { request: { text: 'fail' }, expect: { text: 'x' } },
  'e-moves': { request: { text: 'count' }, expect: { json: { count: 0 } } },
};

test(
  'mar test --update renews the cases that fail, shows what changed, and leaves what is nothing to expect',
  inFolder(
    {
      ...PROJECT,
      'model/service.js': withFactor(0.5),
      ...Object.fromEntries(
        Object.entries(CASES).map(([name, golden]) => [`model/MAR-INF/tests/${name}.json`, JSON.stringify(golden)]),
      ),
    },
    async ({ path: cwd }) => {
      const env = { XDG_CACHE_HOME: join(cwd, 'cache') };
      const run = await runMar(['test', 'model', '--update', '--cases-only'], { cwd, env });
      assert.is(run.code, 1, 'two cases still fail');
      const lines = run.stdout.replaceAll(/ \d+ ms$/gm, '');
      assert.match(
        lines,
        `new  MAR-INF/tests/a-changed.json (mine)
     $.halves[0] is 1.5, expected 1 ± 0.25
     updated: expects JSON within 0.25 from now on
ok   MAR-INF/tests/b-same.json
new  MAR-INF/tests/c-refused.json
     status 400, expected 200: `,
      );
      assert.match(lines, '     updated: expects status 400 from now on\n');
      assert.match(lines, 'not updated: the model fails with 503, which is nothing to expect\n');
      assert.match(lines, 'not updated: asked again the answer is another one: $.count is 2, expected 1');
      assert.match(lines, '3 of 5 golden cases (2 updated) of echo passed.');
      assert.equal(json(cwd, 'model/MAR-INF/tests/a-changed.json'), {
        ...CASES['a-changed'],
        expect: { json: { halves: [1.5] }, tolerance: 0.25 },
      });
      for (const name of ['b-same', 'd-fails', 'e-moves'] as const)
        assert.equal(json(cwd, `model/MAR-INF/tests/${name}.json`), CASES[name]);
      const second = await runMar(['test', 'model', '--cases-only', '-q'], { cwd, env });
      assert.match(second.stdout, '3 of 5 golden cases passed');
    },
  ),
);

test(
  'mar test --update wants a directory that an archive is built of, and a worker',
  inFolder(PROJECT, async ({ path: cwd }) => {
    const env = { XDG_CACHE_HOME: join(cwd, 'cache') };
    assert.is((await runMar(['build', 'model'], { cwd, env })).code, 0);
    const archive = await runMar(['test', 'echo.mar', '--update'], { cwd, env });
    assert.is(archive.code, 2);
    assert.match(archive.stderr, 'echo.mar is not a directory that an archive is built of');
    assert.match(
      archive.stderr,
      'hint: The cases of an archive are updated where it comes from: mar test --update DIR',
    );
    const url = await runMar(['test', 'model', '--update', '--url', 'http://127.0.0.1:1/x'], { cwd, env });
    assert.is(url.code, 2);
    assert.match(url.stderr, '--update writes what a worker answers, and --url asks a server.');
  }),
);

test('a renewed expectation keeps its form', () => {
  const answer = (value: unknown, status = 200) => ({
    status,
    contentType: '',
    headers: [],
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  const out = { y: [[1, 2, 3]], z: [4] };
  assert.equal(renewed({ tensors: { y: { shape: [9], first: [0, 0], mean: 7 } }, tolerance: 0.5 }, answer(out)), {
    tensors: { y: { shape: [1, 3], first: [1, 2], mean: 2 } },
    tolerance: 0.5,
  });
  assert.equal(renewed({ tensors: { gone: { mean: 7 } } }, answer(out)), { json: out, tolerance: 0 });
  assert.equal(renewed({ text: 'x' }, answer(out)), { text: JSON.stringify(out) });
  assert.equal(renewed({ json: 1, tolerance: 0.1 }, answer('words')), { text: 'words' });
  assert.equal(renewed({ status: 400 }, answer({ y: 1 })), { json: { y: 1 }, tolerance: 0 });
  assert.equal(renewed({ json: 1 }, answer('no', 400)), { status: 400 });
});

test.run();
