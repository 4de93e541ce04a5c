import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { type Runner, withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const TEXT = { headers: { 'content-type': 'text/plain' } };

async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json()) as { message: string };
  return message;
}

/** The events of this name, once there is one. */
async function events(runner: Runner, event: string): Promise<Runner['log']> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = runner.log.filter((logged) => logged.event === event);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no event ${event} in ${JSON.stringify(runner.log)}`);
}

/** How many events say it, in their sentence or below it. */
function tellers(runner: Runner, text: string): string[] {
  return runner.log.filter((event) => JSON.stringify(event).includes(text)).map(({ event }) => event);
}

function startFailing(code: string, use: (runner: Runner, message: string) => Promise<void>): Promise<void> {
  return withRunner({ m: code }, async (runner) => {
    const answer = await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(answer.status, 500);
    await use(runner, await messageOf(answer));
  });
}

const HANDLER = `
function deep() { throw new RangeError('shape mismatch'); }
export const handle = (batch) => {
  const what = String(batch[0].body);
  console.error('working on ' + what);
  if (what === 'throw') deep();
  if (what === 'cause') try { deep(); } catch (cause) { throw new Error('no answer', { cause }); }
  if (what === 'late') { setTimeout(() => deep(), 1); return new Promise(() => {}); }
  if (what === 'exit') process.exit(7);
  if (what === 'undefined') return [undefined];
  if (what === 'cycle') { const cycle = {}; cycle.self = cycle; return [cycle]; }
  return ['alive'];
};`;

test('a handler that throws is one error of the log, with model, worker, request and its own position', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m', 'throw', TEXT);
    const message = await messageOf(answer);
    assert.match(message, /^Prediction failed\nRangeError: shape mismatch\n {4}at deep \(service\.mjs:2:25\)\n/);
    assert.is(message.match(/shape mismatch/g)?.length, 1);
    assert.not.match(message, /node:|src\/worker/);
    const [failed] = await events(runner, 'prediction-failed');
    assert.equal(
      [failed?.level, failed?.model, failed?.worker, failed?.status, failed?.requests],
      ['error', 'm', '9000-00000001', 503, [answer.headers.get('x-request-id')]],
    );
    assert.ok(message.includes(failed?.detail ?? '-'));
    assert.equal(tellers(runner, 'shape mismatch'), ['prediction-failed']);
  });
});

test('the cause of an error is told with it', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const message = await messageOf(await runner.predict('m', 'cause', TEXT));
    assert.match(
      message,
      /^Prediction failed\nError: no answer\n(.*\n)*caused by RangeError: shape mismatch\n {4}at deep/,
    );
  });
});

test('what nobody catches ends the worker and is told once, by the report on its death', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m', 'late', TEXT);
    const message = await messageOf(answer);
    assert.match(message, /^Worker died\.\nThe worker of model m exited with code 1\.\nits last output:\n/);
    assert.match(message, /\n {4}Uncaught RangeError: shape mismatch\n {8}at deep \(service\.mjs:2:25\)\n/);
    assert.not.match(message, /node:|src\/worker|Node\.js v/);
    const [died] = await events(runner, 'worker-died');
    assert.equal([died?.level, died?.worker], ['error', '9000-00000001']);
    assert.equal(died?.requests, [answer.headers.get('x-request-id')]);
    assert.equal(tellers(runner, 'shape mismatch'), ['worker-died']);
    assert.equal(tellers(runner, 'working on late'), ['worker-died']);
  });
});

test('what a worker prints is its own output, in the name of its worker, when it lives on', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(await (await runner.predict('m', 'x', TEXT)).text(), 'alive');
    const [printed] = await events(runner, 'worker-stderr');
    assert.equal(
      [printed?.level, printed?.message, printed?.model, printed?.worker],
      ['info', 'working on x', 'm', '9000-00000001'],
    );
  });
});

test('an exit in a handler: what it said, and what to do', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const message = await messageOf(await runner.predict('m', 'exit', TEXT));
    assert.match(message, /exited with code 7\.\nits last output:\n {4}working on exit\nhint: .*throw an error/);
  });
});

test('a result without JSON says which one, what it is and what is allowed; the log has it', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const [sentence, detail] = (await messageOf(await runner.predict('m', 'undefined', TEXT))).split('\n');
    assert.is(sentence, 'Unsupported model output data type.');
    assert.is(detail, 'result 1 of the batch is undefined, expected a string, a Buffer or a value that JSON has');
    assert.match(
      await messageOf(await runner.predict('m', 'cycle', TEXT)),
      /result 1 of the batch is an object that JSON/,
    );
    const failed = await events(runner, 'prediction-failed');
    assert.is(failed[0]?.detail, detail);
    assert.is(failed.length, 2);
  });
});

test('without error detail an answer is the peers\u2019 sentence, and the log has the cause', async () => {
  await withRunner(
    { m: HANDLER },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      assert.is(await messageOf(await runner.predict('m', 'undefined', TEXT)), 'Unsupported model output data type.');
      assert.is(await messageOf(await runner.predict('m', 'throw', TEXT)), 'Prediction failed');
      assert.match((await events(runner, 'prediction-failed'))[1]?.detail ?? '', 'shape mismatch');
    },
    { errorDetail: false },
  );
});

test('a handler\u2019s own 5xx is an error of the log, its 4xx is not', async () => {
  const code = `import { PredictionError } from 'model-archiver/service';
    export const handle = (batch, context) => batch.map((row) => {
      const status = Number(row.body);
      if (status === 599) context.setResponseStatus(599, 'Mine');
      return status === 599 ? 'mine' : new PredictionError('refused ' + status, status);
    });`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    for (const status of [404, 502, 599]) assert.is((await runner.predict('m', String(status), TEXT)).status, status);
    const failed = await events(runner, 'prediction-failed');
    assert.equal(
      failed.map(({ status, message }) => [status, message.split(': ')[1]]),
      [
        [502, 'refused 502'],
        [599, 'the handler set this status'],
      ],
    );
  });
});

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

test('no advice where a program is missing, or where the file that is named is there', async () => {
  const code = `import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
export const handle = (batch) => {
  if (String(batch[0].body) === 'program') execFileSync('no-such-program');
  renameSync('service.mjs', '/no/such/place/x');
};`;
  const python = `import subprocess
def handle(data, context):
    if bytes(data[0]["body"]) == b"program":
        subprocess.run(["no-such-program"])
    from os import no_such_name
`;
  await withRunner({ m: code, ...(missingCommand('python3') ? {} : { 'p.py': python }) }, async (runner) => {
    for (const name of ['m', 'p']) {
      if ((await runner.manage('POST', `/models?url=${name}&initial_workers=1`)).status !== 200) continue;
      for (const body of ['program', 'file']) {
        const message = await messageOf(await runner.predict(name, Buffer.from(body)));
        assert.match(message, /^Prediction failed\n.*(ENOENT|No such file|no_such_name)/);
        assert.not.match(message, 'hint:');
      }
    }
  });
});

test('an answer in time, and one of a size', async () => {
  const code = `export const handle = (batch) => {
    if (String(batch[0].body) === 'loop') for (;;);
    return [Buffer.alloc(2000)];
  };`;
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1&response_timeout=1');
      assert.match(
        await messageOf(await runner.predict('m', 'x', TEXT)),
        /^Worker died\.\nThe worker of model m sent a response of 2000 bytes, more than the 1000 .*\nhint: .*max_response_size/,
      );
      assert.match(
        await messageOf(await runner.predict('m', 'loop', TEXT)),
        /within 1000 ms\.\nhint: .*response_timeout/,
      );
    },
    { properties: 'max_response_size=1000' },
  );
});

test('garbage on the connection is said in words', async () => {
  const code = `import { writeSync } from 'node:fs';
    export const handle = () => { writeSync(4, 'this is no answer at all'); return new Promise(() => {}); };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.match(
      await messageOf(await runner.predict('m', 'x', TEXT)),
      /broke the worker protocol: a message of \d+ bytes was announced, expected 0 to 1048576\.\nhint: The descriptors/,
    );
  });
});

test('a worker that somebody kills while it loads is started again, and who waits for it waits on', async () => {
  const code = `import { existsSync, writeFileSync } from 'node:fs';
    if (!existsSync('tried')) {
      writeFileSync('tried', '');
      process.kill(process.pid, 'SIGKILL');
    }
    export const handle = (batch) => batch.map(() => 'alive');`;
  await withRunner({ m: code }, async (runner) => {
    assert.is((await runner.manage('POST', '/models?url=m&initial_workers=1')).status, 200);
    assert.is(await (await runner.predict('m')).text(), 'alive');
    assert.match((await events(runner, 'worker-failed'))[0]?.message ?? '', 'was killed by SIGKILL');
  });
});

test('a worker that is ready names its model', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.match(
      (await events(runner, 'worker-ready'))[0]?.message ?? '',
      /^Worker 9000-00000001 of model m is ready after [\d.]+ s$/,
    );
  });
});

testUnless(missingCommand('python3'), test, 'Python: the same', async () => {
  const code = `import sys
def handle(data, context):
    if data is None:
        return None
    what = bytes(data[0]["body"]).decode()
    if what == "throw":
        raise KeyError("no such class")
    if what == "file":
        open("labels.txt")
    if what == "status":
        context.set_response_status(1000, "none", 0)
        return ["x"]
    if what == "type":
        return [object()]
    sys.stderr.write("leaving\\n")
    sys.exit(7)
`;
  await withRunner({ 'm.py': code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const say = async (what: string) => messageOf(await runner.predict('m', Buffer.from(what)));
    assert.match(
      await say('throw'),
      /^Prediction failed\nKeyError: 'no such class'\n {2}File "service\.py", line 7, in handle\n/,
    );
    assert.match(await say('file'), /hint: labels\.txt is not in the archive, which holds service\.py/);
    assert.match(await say('type'), /^Unsupported model output data type\.\nresult 1 of the batch is of type object/);
    assert.match(await say('exit'), /exited with code 7\.\nits last output:\n {4}leaving\n/);
    assert.is(await say('status'), 'The handler set status 1000; a status is between 200 and 999.');
    assert.is((await events(runner, 'prediction-failed')).length, 4);
    assert.equal(tellers(runner, 'no such class'), ['prediction-failed']);
    assert.equal(tellers(runner, 'leaving'), ['worker-died']);
  });
});

test('no answer tells where something lies on the server; the log does', async () => {
  const handler = `import { readFileSync } from 'node:fs';
    export const handle = () => readFileSync('/usr/no/such/weights.bin');`;
  await withRunner({ m: handler }, async (runner) => {
    await writeFile(join(runner.store, 'broken.mar'), 'not a zip');
    const broken = await messageOf(await runner.manage('POST', '/models?url=broken.mar'));
    assert.match(broken, /^Model name is not defined\.\nbroken\.mar: the file is neither/);
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const failed = await messageOf(await runner.predict('m'));
    assert.match(failed, /open '…\/weights\.bin'\n {4}at handle \(service\.mjs:2:/);
    assert.equal(tellers(runner, '/usr/no/such/weights.bin'), ['prediction-failed']);
  });
});

test.run();
