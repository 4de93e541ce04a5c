import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Folder, layFolder } from '../support/model-folder.js';
import { withPacked } from '../support/packed.js';
import { runMar } from '../support/run-mar.js';
import { spawnBin } from '../support/served.js';

const test = suite<{ folder: Folder }>('mar serve');
test.before.each((context) => {
  context.folder = layFolder({});
});
test.after.each(({ folder }) => folder.remove());

const ANY = ['--inference-address', 'http://127.0.0.1:0', '--management-address', 'http://127.0.0.1:0'];

interface Line {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly model?: string;
  readonly requests?: string[];
  readonly status?: number;
  readonly hint?: string;
}

/** A `mar serve` process, and each line of its log as it comes. */
function started(args: readonly string[]) {
  const child = spawnBin('mar', ['serve', ...ANY, ...args]);
  const lines: Line[] = [];
  const waiting: { readonly event: string; readonly found: (line: Line) => void }[] = [];
  assert.ok(child.stderr && child.stdout);
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  createInterface({ input: child.stderr }).on('line', (text) => {
    assert.not.match(text, '\u001b');
    const line: Line = JSON.parse(text);
    lines.push(line);
    for (const { event, found } of waiting) if (event === line.event) found(line);
  });
  const said = async (event: string): Promise<Line> =>
    lines.find((line) => line.event === event) ??
    (await new Promise<Line>((found, fail) => {
      waiting.push({ event, found });
      child.once('exit', (code) => fail(new Error(`it ended with ${code}: ${JSON.stringify(lines, null, 1)}`)));
    }));
  return { child, lines, said, stdout: () => stdout };
}

const HELD = (gate: string) => `import { existsSync, watch } from 'node:fs';
export const handle = (batch) => {
  console.log('working "on it"\\u001b[31m');
  return new Promise((done) => {
    const answer = () => done(batch.map(() => 'finished'));
    const watcher = watch(${JSON.stringify(gate)}, () => { if (existsSync(${JSON.stringify(join(gate, 'go'))})) { watcher.close(); answer(); } });
  });
};`;

test('SIGTERM: not ready at once, new requests 503, accepted ones finish, exit code 0; every line of the log is an object', async ({
  folder,
}) => {
  const gate = join(folder.path, 'gate');
  mkdirSync(gate);
  await withPacked({ 'service.js': HELD(gate) }, async (archive) => {
    const { child, lines, said, stdout } = started([archive, '--workers', '1']);
    const [, url, management] = /Inference at (\S+), management at (\S+)/.exec((await said('ready')).message) ?? [];
    assert.is((await fetch(`${management}/ready`)).status, 200);
    const answer = fetch(`${url}/predictions/echo`, { method: 'POST' });
    await said('worker-stdout');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await said('ending');
    for (const port of [url, management]) {
      const ready = await fetch(`${port}/ready`);
      assert.equal([ready.status, await ready.json()], [503, { ready: false, ending: true }]);
    }
    for (const path of ['/ping', '/predictions/echo', '/invocations']) {
      const refused = await fetch(url + path, { method: 'POST' });
      assert.equal([refused.status, refused.headers.get('connection')], [503, 'close'], path);
      assert.match(await refused.text(), 'The server is shutting down.');
    }
    assert.is((await fetch(`${management}/models`)).status, 503);
    writeFileSync(join(gate, 'go'), '');
    const finished = await answer;
    assert.equal([finished.status, await finished.text()], [200, 'finished']);
    assert.equal(await exit, [0, null]);
    assert.is(stdout(), '');
    for (const line of lines) {
      assert.ok(!Number.isNaN(Date.parse(line.time)), JSON.stringify(line));
      assert.ok(['debug', 'info', 'warn', 'error'].includes(line.level), JSON.stringify(line));
      assert.type(line.message, 'string');
    }
    const id = finished.headers.get('x-request-id');
    assert.ok(
      lines.some(({ event, requests, model }) => event === 'access' && requests?.[0] === id && model === 'echo'),
    );
    const printed = lines.find(({ event }) => event === 'worker-stdout');
    assert.equal([printed?.model, printed?.message], ['echo', 'working "on it"\u001b[31m']);
    assert.is(lines.at(-1)?.event, 'ended');
  });
});

test('--shutdown-timeout bounds what accepted requests may take', async ({ folder }) => {
  await withPacked({ 'service.js': HELD(folder.path) }, async (archive) => {
    const { child, said } = started([archive, '--workers', '1', '--shutdown-timeout', '0']);
    const [, url] = /Inference at (\S+),/.exec((await said('ready')).message) ?? [];
    const answer = fetch(`${url}/predictions/echo`, { method: 'POST' });
    await said('worker-stdout');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    assert.is((await answer).status, 500);
    assert.equal(await exit, [0, null]);
  });
});

const OK = 'export const handle = (batch) => batch.map(() => "fine");';

test('beyond this machine only where the command line says so; management stays unless it is named', async ({
  folder,
}) => {
  await withPacked({ 'service.js': OK }, async (archive) => {
    const printed = async (...args: string[]) => {
      const { code, stdout, stderr } = await runMar(['serve', archive, '--print-config', '--json', ...args]);
      assert.is(code, 0, stderr);
      const values: { key: string; value: string; origin: string }[] = JSON.parse(stdout).values;
      const of = (key: string) => values.find((value) => value.key === key);
      return ['inference_address', 'management_address', 'shutdown_timeout', 'access_log', 'error_detail'].map((key) =>
        [of(key)?.value, of(key)?.origin].join(' '),
      );
    };
    const [, , ...defaults] = ['', '', '10 default', 'true default', 'false default'];
    assert.equal(await printed(), ['http://127.0.0.1:8080 default', 'http://127.0.0.1:8081 default', ...defaults]);
    assert.equal((await printed('--host', '0.0.0.0')).slice(0, 2), [
      'http://0.0.0.0:8080 --host',
      'http://127.0.0.1:8081 default',
    ]);
    assert.equal(
      await printed('--host', '::', '--port', '90', '--shutdown-timeout', '7', '--no-access-log', '--error-detail'),
      [
        'http://[::]:90 --host',
        'http://127.0.0.1:91 --port',
        '7 --shutdown-timeout',
        'false --access-log',
        'true --no-error-detail',
      ],
    );
    const both = await runMar(['serve', archive, '--host', '::1', '--inference-address', 'http://127.0.0.1:1']);
    assert.match(
      both.stderr,
      '--host ::1 and --inference-address http://127.0.0.1:1 are given; expected one of the two.',
    );
    const config = join(folder.path, 'other.properties');
    const refused = async (text: string, env: Record<string, string> = {}) => {
      writeFileSync(config, text);
      const { code, stderr } = await runMar(['serve', archive, '--mms-config', config], { env });
      const line: Line = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
      assert.equal([code, line.event, line.level], [2, 'start-failed', 'error']);
      return line;
    };
    const named = await refused('inference_address=http://0.0.0.0:0\n');
    assert.is(
      named.message,
      `${config}:1 puts inference_address at http://0.0.0.0:0, which other machines reach; nobody asked for it here.`,
    );
    assert.match(named.hint ?? '', '--host HOST or --inference-address http://0.0.0.0:0');
    const variable = await refused('enable_envvars_config=true\ninference_address=http://127.0.0.1:0\n', {
      MMS_MANAGEMENT_ADDRESS: 'http://0.0.0.0:0',
    });
    assert.match(variable.message, /^MMS_MANAGEMENT_ADDRESS puts management_address at /);
    const text = await runMar(['serve', archive, '--mms-config', config, '--log-format', 'text', '--json'], {
      env: { MMS_MANAGEMENT_ADDRESS: 'http://0.0.0.0:0' },
    });
    assert.is(JSON.parse(text.stdout).error.code, 'ERR_ADDRESS_NOT_ASKED');
  });
});

test('what does not start is an object of the log, and exit code 2', async ({ folder }) => {
  await withPacked({ 'service.js': `${OK}\nthrow new Error("no licence\\u001b[2J");` }, async (archive) => {
    const { code, stdout, stderr } = await runMar(['serve', ...ANY, archive, '--workers', '1']);
    const lines: Line[] = stderr
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    assert.equal([code, stdout, lines.at(-1)?.event], [2, '', 'start-failed']);
    assert.match(lines.at(-1)?.message ?? '', 'no licence');
    assert.not.match(stderr, '\u001b');
  });
  const none = await runMar(['serve', ...ANY], { cwd: folder.path });
  assert.is(none.code, 2);
  assert.match(none.stderr, 'No archive is given, and the working directory holds no .mar.');
});

test.run();
