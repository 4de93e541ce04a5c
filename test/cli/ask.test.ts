import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../src/cli/ask.js';
import { rejectsWith } from '../support/rejects.js';

const CHOICE = {
  text: 'What is the model for?',
  about: 'template',
  otherwise: 'tensor',
  choices: { tensor: 'tensors in and out', image_classifier: 'an image in' },
} as const;

/** A terminal on which somebody types. */
function terminal() {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const stopped = new AbortController();
  const io = { stdin, stdout: new PassThrough(), stderr, env: {}, cwd: '.', signal: stopped.signal };
  return { io, stdin, stopped };
}

test('a choice is taken by its name or its number, and asked again until it is one; Enter is the default', async () => {
  for (const [typed, answer] of [
    ['2\n', 'image_classifier'],
    ['tensor\n', 'tensor'],
    ['3\nimage\n1\n', 'tensor'],
    ['\n', ''],
  ]) {
    const { io, stdin } = terminal();
    const lines = String(typed).split(/(?<=\n)/);
    let text = '';
    io.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (chunk.includes('(Enter: tensor)')) stdin.write(lines.shift() ?? '');
    });
    assert.is(await ask(CHOICE, io), answer, typed);
    assert.equal(lines, [], typed);
    assert.match(text, /^What is the model for\?\n {2}1 {2}tensor {12}tensors in and out\n {2}2 {2}image_classifier/);
    assert.match(text, /template \(Enter: tensor\): /);
  }
});

test('a question whose input ends is given up, and nothing is written', async () => {
  const { io, stdin } = terminal();
  const asked = ask(CHOICE, io);
  stdin.end();
  const error = await rejectsWith('ERR_CANCELLED', () => asked);
  assert.is(error.message, 'Cancelled; nothing was written.');
  assert.is(error.kind, 'usage');
});

test('an interruption is passed on as it is', async () => {
  const { io, stopped } = terminal();
  const asked = ask(CHOICE, io);
  const reason = new Error('interrupted');
  stopped.abort(reason);
  let thrown: unknown;
  await asked.catch((error: unknown) => {
    thrown = error;
  });
  assert.is(thrown, reason);
});

test.run();
