import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { displayOf } from '../../src/cli/display.js';
import { runProgram } from '../../src/cli/run.js';
import { runMar } from '../support/run-mar.js';

for (const argv of [['build', 'm', '--nope'], ['nope'], ['extract'], ['serve-local', '--log-format', 'xml']]) {
  test(`mar ${argv.join(' ')} --json: the mistake is on standard output, too`, async () => {
    const { code, stdout, stderr } = await runMar([...argv, '--json']);
    assert.is(code, 2);
    const { error } = JSON.parse(stdout) as { error: Record<string, string> };
    assert.equal([error['code'], error['kind']], ['ERR_USAGE', 'usage']);
    assert.match(stderr, error['message'] ?? '');
  });
}

for (const [argv, hint] of [
  [['start', 'm.mar'], 'It is called mar serve-local here.'],
  [['unpack', 'm.mar'], 'It is called mar extract here.'],
  [['cats.mar'], 'A command comes first, for example: mar validate cats.mar'],
  [['serve', '--inference-port', '80'], 'Give the address: --inference-address http://127.0.0.1:PORT'],
] as const) {
  test(`mar ${argv.join(' ')}: what it is called here`, async () => {
    const { code, stdout, stderr } = await runMar([...argv, '--json']);
    assert.is(code, 2);
    assert.match(stderr, `\nhint: ${hint}`);
    assert.match(JSON.parse(stdout).error.hint, hint);
  });
}

test('a word that nobody knows gets no hint', async () => {
  assert.is((await runMar(['constructor'])).stderr, "error: unknown command 'constructor'\n");
  assert.is((await runMar(['inspect', '--config', 'x'])).stderr, "error: unknown option '--config'\n");
});

/** The exit code of a program whose one command throws this, and what it writes. */
async function ending(error: unknown, failure: 1 | 2) {
  let stderr = '';
  const sink = (hear: (text: string) => void) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        hear(chunk.toString());
        done();
      },
    });
  const create = () =>
    new Command('program').action(() => {
      throw error;
    });
  const io = {
    stdin: Readable.from([]),
    stdout: sink(() => undefined),
    stderr: sink((text) => {
      stderr += text;
    }),
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
  };
  return { code: await runProgram(create, [], io, failure), stderr };
}

test('a defect ends with 3, a mistake in the call with 2, anything else as the program says', async () => {
  const refused = Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'open', errno: -13 });
  const codes = async (error: unknown) => [(await ending(error, 1)).code, (await ending(error, 2)).code];
  for (const defect of [
    new TypeError('x is undefined'),
    'a text',
    undefined,
    new MarError('no', { code: 'ERR_TEMPLATE_SETTING' }),
  ]) {
    assert.equal(await codes(defect), [3, 3], String(defect));
  }
  assert.equal(await codes(new MarError('no', { code: 'ERR_USAGE' })), [2, 2]);
  assert.equal(await codes(new MarError('no', { code: 'ERR_ARCHIVE_NOT_FOUND' })), [1, 2]);
  assert.equal(await codes(refused), [1, 2]);
  assert.equal(await codes(Object.assign(new Error('no'), { code: 'ERR_INVALID_ARG_TYPE' })), [3, 3]);
  assert.match((await ending('a text', 1)).stderr, 'error: internal error, please report it\na text\n');
});

test('colours follow the terminal, NO_COLOR and FORCE_COLOR', () => {
  const color = (env: Record<string, string>, isTTY = true): boolean =>
    // Only these two are looked at.
    displayOf({ stdout: { isTTY }, env } as unknown as Parameters<typeof displayOf>[0]).color;
  assert.ok(color({}));
  assert.not(color({}, false));
  assert.not(color({ NO_COLOR: '1' }));
  assert.ok(color({ NO_COLOR: '' }));
  assert.not(color({ TERM: 'dumb' }));
  assert.ok(color({ FORCE_COLOR: '1' }, false));
  for (const off of ['0', 'false']) assert.not(color({ FORCE_COLOR: off }));
});

test.run();
