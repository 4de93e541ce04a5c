import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Turns } from '#serve/workers/turns.js';
import { settled } from '../../support/fake-clock.js';

/** Tasks by name that a test ends itself, and what happened so far. */
function tasks(turns: Turns) {
  const seen: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const run = (name: string, signal = new AbortController().signal): void => {
    const task = (): Promise<string> => {
      seen.push(`${name} begins`);
      return new Promise((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve(name))));
    };
    turns.run(signal, task).then(
      (value) => seen.push(`${value} ended`),
      (error: Error) => seen.push(`${name} failed: ${error.message}`),
    );
  };
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settled();
  };
  return { seen, run, end };
}

test('so many run at once, the rest in their order; a failed one makes room too', async () => {
  const { seen, run, end } = tasks(new Turns(2));
  for (const name of ['a', 'b', 'c', 'd']) run(name);
  await settled();
  assert.equal(seen, ['a begins', 'b begins']);
  await end('b', new Error('no'));
  assert.equal(seen.splice(2).sort(), ['b failed: no', 'c begins']);
  await end('a');
  await end('c');
  await end('d');
  assert.equal(seen.slice(2).sort(), ['a ended', 'c ended', 'd begins', 'd ended']);
  run('e');
  run('f');
  await settled();
  assert.equal(seen.slice(-2), ['e begins', 'f begins']);
});

test('who is not wanted any more leaves the queue, and takes nobody else with it', async () => {
  const { seen, run, end } = tasks(new Turns(1));
  const leaving = new AbortController();
  run('a');
  run('b', leaving.signal);
  run('c');
  await settled();
  leaving.abort(new Error('gone'));
  await settled();
  run('d', leaving.signal);
  await settled();
  assert.equal(seen, ['a begins', 'b failed: gone', 'd failed: gone']);
  await end('a');
  assert.equal(seen.slice(3).sort(), ['a ended', 'c begins']);
});

test.run();
