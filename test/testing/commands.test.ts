import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predict } from '#index.js';
import { withPacked } from '../support/packed.js';
import { runMar } from '../support/run-mar.js';
import { spawnBin } from '../support/served.js';

const HANDLER = `
export function handle(batch, context) {
  console.log('one batch');
  if (batch[0].body === 'hang') return new Promise(() => {});
  if (batch[0].body === 'throw') throw new RangeError('shape mismatch');
  return batch.map(({ body }) => (body === 'bytes' ? Buffer.from([255, 0]) : body === 'fail' ? undefined : { got: body }));
}`;
const CASE = { request: { json: [1] }, expect: { json: { got: [1] } } };

/** A directory with a model, an archive of it and what the test leaves beside them. */
const withArchive = (files: Readonly<Record<string, string>>, use: Parameters<typeof withPacked>[1]): Promise<void> =>
  withPacked({ 'service.js': HANDLER, ...files }, use);

const extracted = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('mar-run-'));

/** A temporary directory of this file's own, so that no other test's files are seen in it. */
process.env['TMPDIR'] = await mkdtemp(join(tmpdir(), 'mar-commands-tmp-'));
test.after(() => rm(tmpdir(), { recursive: true, force: true }));

test('mar predict prints the answer; the log of the handler is on stderr; nothing is left behind', () =>
  withArchive({}, async (archive, directory) => {
    const before = await extracted();
    await writeFile(join(directory, 'in.json'), '{"a": 1}');
    const run = await runMar(['predict', archive, 'in.json'], { cwd: directory });
    assert.equal(run, { code: 0, stdout: '{\n  "got": {\n    "a": 1\n  }\n}\n', stderr: 'one batch\n' });
    assert.equal(await extracted(), before);
  }));

test('mar predict --json shows the whole answer, bytes as base64; a failure is exit code 1', () =>
  withArchive({}, async (archive, directory) => {
    await writeFile(join(directory, 'in.txt'), 'bytes');
    const bytes = await runMar(['predict', archive, 'in.txt', '--json'], { cwd: directory });
    const { status, bodyBase64, requestContentType } = JSON.parse(bytes.stdout);
    assert.equal([bytes.code, status, bodyBase64, requestContentType], [0, 200, '/wA=', 'text/plain']);
    await writeFile(join(directory, 'in.txt'), 'fail');
    const failed = await runMar(['predict', archive, 'in.txt', '--json'], { cwd: directory });
    assert.is(failed.code, 1);
    assert.match(
      JSON.parse(failed.stdout).body.message,
      /^Unsupported model output data type\.\nresult 1 of the batch/,
    );
  }));

test('a handler that throws is exit code 1, with its error and its stack', () =>
  withArchive({}, async (archive, directory) => {
    await writeFile(join(directory, 'in.txt'), 'throw');
    const run = await runMar(['predict', archive, 'in.txt'], { cwd: directory });
    assert.equal([run.code, run.stdout], [1, '']);
    assert.match(
      run.stderr,
      'error: The handler of model echo failed with 503 Prediction failed\nRangeError: shape mismatch',
    );
    assert.match(run.stderr, /at .*service\.js:5:/);
    assert.not.match(run.stderr, 'run-batch');
  }));

test('a temporary directory that cannot be written is exit code 2', () =>
  withArchive({}, async (archive, directory) => {
    await writeFile(join(directory, 'in.txt'), '');
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(directory, 'absent');
    try {
      const run = await runMar(['predict', archive, 'in.txt'], { cwd: directory });
      assert.is(run.code, 2);
      assert.match(
        run.stderr,
        /error: Archives cannot be unpacked below the temporary directory .*absent: it does not exist\.\nhint: .*TMPDIR/,
      );
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  }));

test('mar predict that is killed takes its worker along, even a stopped one, and its files', () =>
  withArchive({}, async (archive, directory) => {
    const input = join(directory, 'in.txt');
    await writeFile(input, 'hang');
    const child = spawnBin('mar', ['predict', archive, input]);
    await once(child.stderr ?? child, 'data');
    const [worker = 0] = workersOf(child.pid ?? 0);
    assert.is.not(worker, 0);
    process.kill(worker, 'SIGSTOP');
    child.kill('SIGKILL');
    while (isAlive(worker) || (await extracted()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }));

/** Node processes (their name is MainThread from Node 23 on) that this process started and that lead their own group. */
function workersOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const [, ppid, group] = /^\d+ \((?:node|MainThread)\) \S (\d+) (\d+)/.exec(statOf(pid)) ?? [];
    return Number(ppid) === parent && Number(group) === pid;
  });
}

function isAlive(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX]/.test(statOf(pid));
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

test('what keeps a prediction from being made is exit code 2 with the reason', () =>
  withArchive({}, async (archive, directory) => {
    const absent = await runMar(['predict', archive, 'absent.json'], { cwd: directory });
    assert.is(absent.code, 2);
    assert.match(absent.stderr, 'absent.json cannot be read');
    const threads = await runMar(['predict', archive, 'x', '--threads', 'none'], { cwd: directory });
    assert.is(threads.code, 2);
    assert.match(threads.stderr, 'Expected a whole number');
  }));

test('a handler that cannot load is exit code 2, with its own error and position', () =>
  withArchive(
    { 'service.js': "\nthrow new Error('broken on import');\nexport const handle = (batch) => batch;" },
    async (archive, directory) => {
      await writeFile(join(directory, 'in.txt'), '');
      const run = await runMar(['predict', archive, 'in.txt'], { cwd: directory });
      assert.is(run.code, 2);
      assert.match(run.stderr, 'error: The handler of model echo failed to load: Error: broken on import');
      assert.match(run.stderr, /service\.js:2:7/);
    },
  ));

test('the API takes bytes', () =>
  withArchive({}, async (archive) => {
    const { status, body } = await predict(archive, { bytes: Buffer.from('[1]') });
    assert.equal([status, JSON.parse(body.toString())], [200, { got: [1] }]);
  }));

test('mar test runs the golden cases; exit code 1 when one fails or is broken', () => {
  const files = {
    'MAR-INF/tests/a.json': JSON.stringify(CASE),
    'MAR-INF/tests/b.json': JSON.stringify({ description: 'wrong', ...CASE, expect: { json: { got: [2] } } }),
    'MAR-INF/tests/c.json': '{"request": {"fil": "x"}, "expect": {}}',
    'MAR-INF/tests/d.json': '{"request": {"file": "absent.png"}, "expect": {}}',
  };
  return withArchive(files, async (archive) => {
    const run = await runMar(['test', archive]);
    assert.is(run.code, 1);
    assert.match(run.stdout, /^ok {3}MAR-INF\/tests\/a\.json/m);
    assert.match(run.stdout, /^FAIL MAR-INF\/tests\/b\.json \(wrong\).*\n {5}\$\.got\[0\] is 1, expected 2 ± 0\.0001/m);
    assert.match(run.stdout, "/request/fil is not known (did you mean 'file'?)");
    assert.match(run.stdout, 'the request file MAR-INF/tests/absent.png is not in the archive');
    assert.match(run.stdout, '1 of 4 golden cases of echo passed.');
    const quiet = await runMar(['test', archive, '-q']);
    assert.equal([quiet.code, quiet.stdout], [1, `${archive}  FAIL  1 of 4 golden cases passed\n`]);
    const json = await runMar(['test', archive, '-q', '--json']);
    assert.equal(
      JSON.parse(json.stdout).cases.map(({ passed }: { passed: boolean }) => passed),
      [true, false, false, false],
    );
  });
});

test('mar test --quiet keeps one line for an archive that passes, with cases or without', () =>
  withArchive({ 'MAR-INF/tests/a.json': JSON.stringify(CASE) }, async (archive) => {
    const run = await runMar(['test', archive, '--quiet']);
    assert.equal([run.code, run.stdout], [0, `${archive}  pass  1 of 1 golden cases passed\n`]);
    await withArchive({}, async (bare) => {
      const { code, stdout } = await runMar(['test', bare, '--quiet', '--cases-only']);
      assert.equal([code, stdout], [0, `${bare}  pass  it loads, and has no golden cases\n`]);
    });
  }));

test('mar test --url asks a server', () =>
  withArchive({ 'MAR-INF/tests/a.json': JSON.stringify(CASE) }, async (archive) => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(`${request.headers['content-type']} ${await text(request)}`);
      response.end(JSON.stringify({ got: [bodies.length] }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/predictions/echo`;
    assert.is((await runMar(['test', archive, '--url', url])).code, 0);
    const second = await runMar(['test', archive, '--url', url]);
    assert.is(second.code, 1);
    assert.match(second.stdout, '$.got[0] is 2, expected 1');
    assert.equal(bodies, ['application/json [1]', 'application/json [1]']);
    server.close();
    await once(server, 'close');
    const nobody = await runMar(['test', archive, '--url', url]);
    assert.is(nobody.code, 2);
    assert.match(nobody.stderr, /does not answer: .*ECONNREFUSED/);
  }));

test('a case whose content type has parameters, or that is a form, reaches the handler as from the server', () => {
  const json = {
    request: { json: [1], contentType: 'application/json; charset=utf-8' },
    expect: { json: { got: [1] } },
  };
  const form = {
    request: { text: 'body=b&x=y', contentType: 'application/x-www-form-urlencoded' },
    expect: { json: { got: { type: 'Buffer', data: [98] } } },
  };
  const files = { 'MAR-INF/tests/a.json': JSON.stringify(json), 'MAR-INF/tests/b.json': JSON.stringify(form) };
  return withArchive(files, async (archive) => {
    const run = await runMar(['test', archive]);
    assert.equal([run.code, run.stdout.includes('2 of 2')], [0, true], run.stdout);
  });
});

test('an interruption is no failed case', () =>
  withArchive(
    { 'MAR-INF/tests/a.json': JSON.stringify({ request: { text: 'hang' }, expect: {} }) },
    async (archive) => {
      const controller = new AbortController();
      const loaded = (line: string): void => {
        if (line.includes('one batch')) controller.abort();
      };
      const run = await runMar(['test', archive], { signal: controller.signal, onStderr: loaded });
      assert.equal([run.code, run.stdout], [2, '']);
      assert.match(run.stderr, 'error: interrupted');
    },
  ));

test('a manifest that the server takes is taken here', () =>
  withArchive({}, async (_, directory) => {
    await mkdir(join(directory, 'model', 'MAR-INF'), { recursive: true });
    await writeFile(join(directory, 'model', 'service.mjs'), 'export const handle = (batch) => batch.map(() => "ok");');
    const manifest = {
      runtime: 'nodejs',
      unknown: 1,
      model: { modelName: 'm', modelVersion: 1.5, handler: 'service:handle' },
    };
    await writeFile(join(directory, 'model', 'MAR-INF', 'MANIFEST.json'), JSON.stringify(manifest));
    const { body } = await predict(join(directory, 'model'), { bytes: Buffer.alloc(0) });
    assert.is(body.toString(), 'ok');
  }));

test('an archive without golden cases passes when it loads', () =>
  withArchive({}, async (archive) => {
    const run = await runMar(['test', archive, '--cases-only']);
    assert.is(run.code, 0);
    assert.match(run.stdout, 'has no golden cases');
  }));

test('the input may come from standard input', () =>
  withArchive({}, async (archive) => {
    const { mar } = await import('../../src/cli/mar.js');
    const { Writable } = await import('node:stream');
    let stdout = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        stdout += chunk;
        done();
      },
    });
    const code = await mar(['predict', archive, '-'], {
      stdin: Readable.from([Buffer.from('["from"'), Buffer.from(',"stdin"]')]),
      stdout: sink,
      stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
      env: {},
      cwd: process.cwd(),
      signal: new AbortController().signal,
    });
    assert.equal([code, JSON.parse(stdout)], [0, { got: ['from', 'stdin'] }]);
  }));

test.run();
