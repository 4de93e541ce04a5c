import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Runner, withRunner } from '../support/runner.js';
import { events, HANDLER, messageOf, tellers } from './failing.js';

function startFailing(code: string, use: (runner: Runner, message: string) => Promise<void>): Promise<void> {
  return withRunner({ m: code }, async (runner) => {
    const answer = await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(answer.status, 500);
    await use(runner, await messageOf(answer));
  });
}

test('a file that is not in the archive: the handler\u2019s error once, what it printed, and what is there', async () => {
  const code = `import { readFileSync } from 'node:fs';
console.error('about to load');
readFileSync('labels.txt');`;
  await startFailing(code, async (runner, message) => {
    const lines = message.split('\n');
    assert.equal(lines.slice(0, 5), [
      'Failed to start workers',
      "The handler of model m failed to load: Error: ENOENT: no such file or directory, open 'labels.txt'",
      '    at service.mjs:3:1',
      'its last output:',
      '    about to load',
    ]);
    assert.match(lines[5] ?? '', /^hint: labels\.txt is not in the archive, which holds service\.mjs/);
    assert.is(lines.length, 6);
    const [failed] = await events(runner, 'worker-failed');
    assert.is(failed?.worker, '9000-00000001');
    assert.equal(tellers(runner, 'about to load'), ['worker-failed']);
    assert.equal(tellers(runner, 'no such file'), ['worker-failed']);
  });
});

const HINTS: readonly [string, string, RegExp][] = [
  [
    'a module that is missing',
    "import 'not-installed';",
    /hint: The archive has no module 'not-installed': install it/,
  ],
  [
    'a file that is missing in a folder whose name begins with two dots',
    "import { readFileSync } from 'node:fs'; readFileSync('..data/labels.txt');",
    /hint: \.\.data\/labels\.txt is not in the archive, which holds service\.mjs/,
  ],
  [
    'a file of its own that is missing',
    "import './lib.mjs';",
    /hint: lib\.mjs is not in the archive, which holds service\.mjs/,
  ],
  [
    'a file elsewhere',
    "import fs from 'node:fs'; fs.readFileSync('/no/such/place');",
    /hint: \/no\/such\/place is not on this machine/,
  ],
  [
    'an export that is missing',
    'export const other = 1;',
    /has no export 'handle'; found: other\.\nhint: Export a function/,
  ],
  ['code that does not parse', 'const a = ;', /SyntaxError: Unexpected token ';'\nhint: .*mar validate/],
  ['a worker that ends', 'process.exit(3);', /exited with code 3\.\nhint: A handler must not end its process/],
];
for (const [what, code, hint] of HINTS) {
  test(`what to do about ${what}`, () =>
    startFailing(code, async (_runner, message) => {
      assert.match(message, hint);
    }));
}

test('a worker that is ready names its model', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.match(
      (await events(runner, 'worker-ready'))[0]?.message ?? '',
      /^Worker 9000-00000001 of model m is ready after [\d.]+ s$/,
    );
  });
});

test.run();
