import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#index.js';
import { logJson, logLine } from '#report/serve.js';
import { exchange, type Runner, withRunner } from '../../support/runner.js';

const HANDLER = `import { PredictionError } from 'model-archiver/service';
export const handle = (batch) => batch.map(({ body }) => {
  if (String(body) === 'bad') throw new PredictionError('no such cat', 422);
  return 'alive';
});`;

const events = (runner: Runner, event: string): LogEvent[] => runner.log.filter((line) => line.event === event);

/** An access event follows the end of its answer, which the client may see first. */
async function accesses(runner: Runner, count: number): Promise<LogEvent[]> {
  while (events(runner, 'access').length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  return events(runner, 'access');
}

test('access_log: a line for each request, as text and as JSON; refused and abandoned ones too', async () => {
  await withRunner(
    { m: HANDLER },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1&synchronous=true');
      const asked = await runner.predict('m', 'x', { headers: { 'user-agent': 'a "browser"' } });
      const id = asked.headers.get('x-request-id');
      await asked.text();
      await fetch(`${runner.inferenceUrl}/nothing?a=b`);
      await exchange(runner.inferenceUrl, 'GET /ping HTTP/1.1\r\nexpect: more\r\n\r\n');
      const lines = await accesses(runner, 4);
      const predicted = lines.find(({ access }) => access?.target === '/predictions/m');
      assert.ok(predicted?.access);
      const { milliseconds, ...access } = predicted.access;
      assert.equal(access, {
        client: '127.0.0.1',
        method: 'POST',
        target: '/predictions/m',
        protocol: 'HTTP/1.1',
        bytes: 5,
        userAgent: 'a "browser"',
        complete: true,
      });
      assert.ok(milliseconds >= 0);
      assert.equal([predicted.status, predicted.requests], [200, [id]]);
      const time = new Date(0);
      assert.match(
        logLine(predicted, time),
        /^1970-01-01T00:00:00\.000Z INFO {2}127\.0\.0\.1 "POST \/predictions\/m HTTP\/1\.1" 200 5 "a \\"browser\\"" \d+\.\d ms [0-9a-f-]{36}\n$/,
      );
      assert.is(JSON.parse(logJson(predicted, time)).access.bytes, 5);
      assert.is(lines.find(({ access }) => access?.target === '/nothing?a=b')?.status, 404);
      assert.is(lines.find(({ access }) => access?.target === '/ping')?.status, 417);
    },
    { accessLog: true },
  );
});

test('a client that goes before its answer is told without a status', async () => {
  await withRunner(
    { m: 'export const handle = () => new Promise(() => {});' },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1&synchronous=true');
      await accesses(runner, 1);
      const { hostname, port } = new URL(runner.inferenceUrl);
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.end('GET /predictions/m HTTP/1.1\r\nhost: localhost\r\n\r\n', () => socket.destroy());
      const gone = (await accesses(runner, 2))[1];
      assert.equal([gone?.status, gone?.access?.complete], [undefined, false]);
      assert.match(gone?.message ?? '', / - 0 .*\(the client has gone\)$/);
    },
    { accessLog: true, properties: 'unregister_model_timeout=0\nshutdown_timeout=0' },
  );
});

test('without it no request leaves a line, but a mistake of the client one at debug level', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&synchronous=true');
    assert.is((await runner.predict('m')).status, 200);
    assert.is((await runner.predict('none')).status, 404);
    assert.is((await runner.predict('m', 'bad')).status, 422);
    await exchange(runner.inferenceUrl, 'no HTTP at all\r\n\r\n');
    assert.equal(events(runner, 'access'), []);
    const refused = events(runner, 'request-refused');
    assert.equal(
      refused.map(({ level, status }) => [level, status]),
      [
        ['debug', 404],
        ['debug', 422],
        ['debug', 400],
      ],
    );
    assert.match(refused[0]?.message ?? '', 'Answered 404 to POST /predictions/none: ');
    assert.is(refused[0]?.requests?.length, 1);
    assert.match(refused[1]?.detail ?? '', 'no such cat');
    assert.match(refused[2]?.message ?? '', 'Answered 400: The message is not HTTP.');
  });
});

test.run();
