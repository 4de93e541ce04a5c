import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processGroups } from '#bench/target/processes.js';
import { type BenchOptions, bench, simulate } from '#index.js';
import { withPacked } from '../support/packed.js';
import { rejectsWith } from '../support/rejects.js';
import { spawnBin } from '../support/served.js';
import { withServer } from './with-server.js';

const HANDLER = `
export const handle = (batch) => batch.map(({ body }) => (body === 'wrong' ? 'x' : { got: body }));`;
const RIGHT = JSON.stringify({ request: { json: [1] }, expect: { json: { got: [1] } } });
const WRONG = JSON.stringify({ request: { text: 'wrong' }, expect: { json: { got: 'right' } } });
const REFUSED = JSON.stringify({ request: { text: 'x' }, expect: { status: 404 } });
const SHORT: BenchOptions = { duration: 0.2, warmUp: 0.1, rounds: 3 };
const HELLO = [{ bytes: Buffer.from('hello'), contentType: 'text/plain' }];

const withArchive = (files: Readonly<Record<string, string>>, use: Parameters<typeof withPacked>[1]): Promise<void> =>
  withPacked({ 'service.js': HANDLER, ...files }, use);

test('an archive is served, measured with its golden cases, and let go; the result says where and how', () =>
  withArchive({ 'MAR-INF/tests/right.json': RIGHT, 'MAR-INF/tests/refused.json': REFUSED }, async (archive) => {
    const options: BenchOptions = { ...SHORT, connections: 4, batchSize: 4, maxBatchDelay: 5, workers: 1 };
    const result = await bench(archive, options);
    assert.is(result.status, 'complete');
    assert.is(result.rounds.length, 3);
    assert.equal(result.errors, {});
    assert.ok(result.good > 0 && result.latency && result.latency.p50 > 0);
    const { target, load, split, batches = [] } = result;
    assert.equal([target.modelName, target.workers, target.batchSize], ['echo', 1, 4]);
    assert.match(target.server, /^mar serve-local \d/);
    assert.equal(
      load.requests.map(({ name }) => name),
      ['MAR-INF/tests/right.json'],
    );
    assert.equal([load.judged, load.leftOut], ['golden cases', ['MAR-INF/tests/refused.json: expects 404']]);
    assert.ok(split && split.handler.mean > 0 && split.queue.mean > 0);
    assert.ok(
      batches.some(({ size, batches: count }) => size > 1 && count > 0),
      JSON.stringify(batches),
    );
    const measured = result.times?.handler ?? [];
    assert.equal(
      measured.map(({ size }) => size),
      batches.map(({ size }) => size),
    );
    // A batch whose answers came on both sides of the end of a round is counted by its share.
    for (const [index, { size, times }] of measured.entries())
      assert.is(Math.round(sumOf(times.map(([, count]) => count)) / size), batches[index]?.batches, `size ${size}`);
    const file = join(dirname(archive), 'measured.json');
    writeFileSync(file, JSON.stringify(result));
    const planned = await simulate({ measured: file, rate: 1, requests: 2000, runs: 2 });
    const alone = planned.expected.latency?.p50.value ?? Number.NaN;
    assert.ok(alone > 0 && Number.isFinite(alone));
    assert.equal([planned.asked.replica.workers, planned.asked.replica.batchSize], [1, 4]);
    if (process.platform === 'linux') {
      const names = result.processes.map(({ name }) => name);
      assert.ok(names.includes('front end') && names.includes('worker 1'), String(names));
      assert.ok(result.processes.every(({ residentBytes }) => residentBytes > 0));
    }
    await fetch(target.url).then(
      () => assert.unreachable('the runner still answers'),
      () => {},
    );
  }));

test('a server that emulates an accelerator is told from one that does not', async () => {
  const header = (ranOn: string) => ({
    'X-Emulated-Accelerator': `eia-00; type=eia1.medium; ordinal=0; ran-on=${ranOn}`,
  });
  for (const [headers, words] of [
    [header('cpu'), /the figures are of the cpu of its machine, and calls waited for their turns/],
    [header('host'), /the figures are of its machine,/],
    [{}, undefined],
  ] as const)
    await withServer(
      (_, response) => response.writeHead(200, headers).end('ok'),
      async (url) => {
        const { warnings } = await bench(url, { ...SHORT, inputs: HELLO });
        const told = warnings.find((warning) => warning.startsWith('The server emulates an accelerator: '));
        if (words) assert.match(told ?? '', words);
        else assert.is(told, undefined);
      },
    );
});

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

test('a wrong answer with status 200 is an error, in no figure', () =>
  withArchive({ 'MAR-INF/tests/a.json': RIGHT, 'MAR-INF/tests/b.json': WRONG }, async (archive) => {
    const { errors, good, latency, rounds } = await bench(archive, { ...SHORT, split: false });
    const wrong = errors['wrong answer'] ?? 0;
    assert.ok(wrong > 0 && Math.abs(wrong - good) <= rounds.length + 1, `${wrong} wrong, ${good} right`);
    assert.ok(latency);
  }));

test('what answers nothing rightly is not measured', async () => {
  await withArchive({ 'MAR-INF/tests/b.json': WRONG }, async (archive) => {
    const { message } = await rejectsWith('ERR_BENCH_ANSWERS', () => bench(archive, SHORT));
    assert.match(message, /b\.json: wrong answer: x/);
  });
  await withServer(
    (_, response) => response.writeHead(503).end('busy'),
    async (url) => {
      const { message } = await rejectsWith('ERR_BENCH_ANSWERS', () => bench(url, { ...SHORT, inputs: HELLO }));
      assert.match(message, /status 503: busy/);
    },
  );
});

test('an archive without a case that it answers, and one whose model does not load, are refused', async () => {
  await withArchive({ 'MAR-INF/tests/refused.json': REFUSED }, async (archive) => {
    await rejectsWith('ERR_BENCH_NO_LOAD', () => bench(archive, SHORT));
  });
  const broken = 'export const handle = (batch) => batch; throw new Error("no such weights");';
  await withPacked({ 'service.js': broken }, async (archive) => {
    const options = { ...SHORT, inputs: HELLO };
    const { message, detail } = await rejectsWith('ERR_BENCH_TARGET', () => bench(archive, options));
    assert.match(`${message}\n${detail}`, /cannot be served for the measurement[\s\S]*no such weights/);
  });
});

test('a header of a golden case cannot smuggle a second request', () => {
  const headers = { 'x-a': 'b\r\n\r\nDELETE /models/m HTTP/1.1' };
  const smuggler = JSON.stringify({ request: { text: 'x', headers }, expect: {} });
  return withArchive({ 'MAR-INF/tests/a.json': smuggler }, async (archive) => {
    await withServer(
      (_, response) => response.end('ok'),
      async (url) => {
        const { message } = await rejectsWith('ERR_BENCH_NO_LOAD', () => bench(url, { ...SHORT, cases: archive }));
        assert.match(message, /Invalid character in header content/);
      },
    );
  });
});

test('a server that is not there, one that says nothing, and an address that is none are said', async () => {
  const options = { ...SHORT, inputs: HELLO };
  let gone = '';
  await withServer(
    () => {},
    async (url) => {
      gone = url;
      await rejectsWith('ERR_SERVER_TIMEOUT', () => bench(url, { ...options, timeoutMs: 100 }));
    },
  );
  const { message } = await rejectsWith('ERR_SERVER', () => bench(gone, options));
  assert.match(message, /does not answer: ECONNREFUSED/);
  await rejectsWith('ERR_USAGE', () => bench('http://:1', options));
  await rejectsWith('ERR_USAGE', () => bench(gone, SHORT));
});

test('a server that answers errors among others: they are counted, and none is a latency', () => {
  let asked = 0;
  return withServer(
    (_, response) => {
      asked += 1;
      response.writeHead(asked % 4 === 0 ? 500 : 200).end('ok');
    },
    async (url) => {
      const result = await bench(url, { ...SHORT, inputs: HELLO });
      assert.equal(Object.keys(result.errors), ['status 500']);
      const failed = result.errors['status 500'] ?? 0;
      assert.ok(failed > 0 && failed < result.good, `${failed} failed, ${result.good} good`);
      assert.is(
        result.rounds.reduce((sum, round) => sum + round.failed, 0),
        failed,
      );
    },
  );
});

test('a target that stops answering ends the measurement with what there was', () => {
  let asked = 0;
  return withServer(
    (_, response) => {
      asked += 1;
      if (asked < 200) response.end('ok');
    },
    async (url) => {
      const result = await bench(url, { ...SHORT, warmUp: 0, inputs: HELLO, timeoutMs: 300 });
      assert.is(result.status, 'lost');
      assert.is(result.reason, 'no answer within 0.3 s');
      assert.ok(result.rounds.length > 0 && result.good > 0);
    },
  );
});

test('an interruption keeps what there was, and marks it', () => {
  const ending = new AbortController();
  let asked = 0;
  return withServer(
    (_, response) => {
      asked += 1;
      if (asked === 100) ending.abort();
      response.end('ok');
    },
    async (url) => {
      const result = await bench(url, { duration: 60, warmUp: 0, inputs: HELLO, signal: ending.signal });
      assert.is(result.status, 'interrupted');
      assert.is(result.rounds.length, 1);
      assert.ok(result.good > 50);
    },
  );
});

test('a measurement that is killed takes its runner along', () =>
  withArchive({}, async (archive) => {
    const child = spawnBin('mar', ['bench', archive, '-d', 'hello', '--duration', '60', '--warm-up', '60']);
    const below = (): number[] =>
      processGroups(child.pid ?? 0)
        .flat()
        .filter((pid) => pid !== child.pid);
    // The runner, and the worker below it.
    while (below().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const left = below();
    child.kill('SIGKILL');
    while (left.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
  }));

function isAlive(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
  return /^\d+ \(.*\) [^ZX]/.test(stat);
}

test.run();
