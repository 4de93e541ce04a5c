import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import type { Answer } from '#serve/http/server/answer.js';
import { logMistake, seeRequest } from '#serve/http/server/traffic.js';
import type { LogEvent } from '#serve/log.js';
import { connection } from '../../../support/connection.js';
import { withListener } from '../../../support/listening.js';

/** A request as it came, over no connection. */
function requestOf(over: { method?: string; url?: string }): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), over);
}

function mistake(answer: Answer, error?: unknown, url = '/a?b=c'): LogEvent {
  const log: LogEvent[] = [];
  logMistake((event) => log.push(event), requestOf({ method: 'GET', url }), answer, 'id', error);
  const [event, ...more] = log;
  if (!event || more.length > 0) throw new Error(`${log.length} events were logged`);
  return event;
}

const BASE = { level: 'debug', event: 'request-refused', requests: ['id'] };

test('a mistake is told with the sentence, detail and hint of its error', () => {
  const error = new MarError('no', { code: 'ERR_ROUTE', detail: 'why', hint: 'do' });
  const answer = { status: 404, body: 'not this' };
  const message = 'Answered 404 to GET /a?b=c: no';
  assert.equal(mistake(answer, error), { ...BASE, message, status: 404, detail: 'why', hint: 'do' });
  assert.equal(mistake(answer, new MarError('no', { code: 'ERR_ROUTE' })), { ...BASE, message, status: 404 });
});

test('without an error of ours the answer itself is quoted, 500 characters of it', () => {
  const message = 'Answered 422 to GET /a?b=c';
  const said = (body: string | Buffer) => mistake({ status: 422, body }, new Error('x'));
  assert.equal(said(Buffer.from(' bad cat\n')), { ...BASE, message, status: 422, detail: 'bad cat' });
  assert.equal(said(' \n'), { ...BASE, message, status: 422 });
  assert.is(said('x'.repeat(501)).detail, 'x'.repeat(500));
});

test('what lets its bearer in is not logged', () => {
  const { message } = mistake({ status: 400, body: '' }, undefined, '/models?url=http://me:secret@host/m.mar');
  assert.is(message, 'Answered 400 to GET /models?url=http://***@host/m.mar');
});

test('a request is told when its answer has ended, with what it cost', async () => {
  await withListener({ settings: { accessLog: true } }, async ({ url, asked, logged }) => {
    const client = await connection(url);
    const head = 'POST /models?url=http://me:secret@h/ HTTP/1.1\r\nUser-Agent: a "b" \\c\r\nConnection: close\r\n\r\n';
    client.send(head);
    await client.rest();
    const { access, message, ...event } = await logged('access');
    const { milliseconds = Number.NaN, ...rest } = access ?? {};
    assert.ok(milliseconds >= 0 && milliseconds === Math.round(milliseconds * 1000) / 1000, `${milliseconds}`);
    assert.equal(rest, {
      client: '127.0.0.1',
      method: 'POST',
      target: '/models?url=http://***@h/',
      protocol: 'HTTP/1.1',
      bytes: 4,
      userAgent: 'a "b" \\c',
      complete: true,
    });
    const id = asked[0]?.id;
    assert.equal(event, { level: 'info', event: 'access', status: 200, requests: [id] });
    const line = String.raw`127.0.0.1 "POST /models?url=http://***@h/ HTTP/1.1" 200 4 "a \"b\" \\c"`;
    assert.is(message, `${line} ${milliseconds.toFixed(1)} ms ${id}`);
  });
});

test('a client that has gone, of no address and no name, has neither status nor id; bytes are bytes', async () => {
  const log: LogEvent[] = [];
  const request = requestOf({ method: 'GET', url: '/' });
  request.httpVersion = '1.0';
  const response = new ServerResponse(request);
  const { answered } = seeRequest((event) => log.push(event), request, response);
  response.emit('close');
  assert.match(log[0]?.message ?? '', /^unix "GET \/ HTTP\/1\.0" - 0 "-" \d+\.\d ms - \(the client has gone\)$/);
  assert.equal([log[0]?.access?.complete, Object.keys(log[0] ?? {})], [false, ['level', 'event', 'message', 'access']]);
  const other = new ServerResponse(request);
  seeRequest((event) => log.push(event), request, other).answered('id', { status: 200, body: 'ü' });
  other.emit('close');
  assert.equal([log[1]?.access?.bytes, log[1]?.requests], [2, ['id']]);
  answered('late', { status: 200, body: '' });
  assert.is(log.length, 2);
});

test.run();
