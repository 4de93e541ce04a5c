import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, jsonAnswer } from '#serve/http/server/answer.js';
import { reasonPhrase } from '#serve/http/server/reason.js';
import { corsHeaders, headerList, writeAnswer } from '#serve/http/server/write-answer.js';
import { settingsOf } from '../../../support/settings.js';

const CACHING = [
  ...['Pragma', 'no-cache', 'Cache-Control', 'no-cache; no-store, must-revalidate, private'],
  ...['Expires', 'Thu, 01 Jan 1970 00:00:00 UTC'],
  ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', "sandbox; default-src 'none'"],
];

test('reason phrases are those of Netty: its own words, and a class for what it has no name for', () => {
  const phrases = [200, 404, 413, 414, 418, 451, 599, 302, 700, 99].map(reasonPhrase);
  assert.equal(phrases, [
    'OK',
    'Not Found',
    'Request Entity Too Large',
    'Request-URI Too Long',
    'Client Error (418)',
    'Client Error (451)',
    'Server Error (599)',
    'Found',
    'Unknown Status (700)',
    'Unknown Status (99)',
  ]);
  assert.equal(
    [reasonPhrase(199), reasonPhrase(299), reasonPhrase(399)],
    ['Informational (199)', 'Success (299)', 'Redirection (399)'],
  );
});

test('JSON is indented by two, safe in HTML, and ends its line', () => {
  assert.equal(jsonAnswer({ a: "<b>&'=\u2028" }, 201, 'Made'), {
    status: 201,
    reason: 'Made',
    contentType: 'application/json',
    body: '{\n  "a": "\\u003cb\\u003e\\u0026\\u0027\\u003d\\u2028"\n}\n',
  });
  assert.equal(Object.keys(jsonAnswer(1)), ['status', 'contentType', 'body']);
  assert.is(jsonAnswer(1).status, 200);
});

test('headers stand in the order of Multi Model Server; the length is that of the bytes', () => {
  const answer: Answer = { status: 200, contentType: 'text/plain', body: 'ü' };
  assert.equal(headerList(answer, 'id', [['access-control-allow-origin', '*']], false), [
    ...['content-type', 'text/plain', 'x-request-id', 'id', 'access-control-allow-origin', '*', ...CACHING],
    ...['content-length', '2', 'connection', 'keep-alive'],
  ]);
  assert.equal(headerList({ status: 204, contentType: '', body: '' }, 'id', [], true), [
    ...['x-request-id', 'id', ...CACHING, 'connection', 'close'],
  ]);
});

test('the handler sets its headers, the last of a name, but none that frame the answer, and none that HTTP cannot send', () => {
  const headers: [string, string][] = [
    ['X', '1'],
    ['x', '2'],
    ['Content-Type', 'a/b'],
    ['Connection', 'x'],
    ['X-Request-Id', 'own'],
    ['Content-Length', '0'],
    ['bad name', '1'],
    ['Ä', '1'],
    ['Y', 'snow ☃ \t~'],
    ['Access-Control-Allow-Origin', 'mine'],
    ['content-type', ' '],
    ['X-content-type-options', 'sniff'],
    ['Content-Security-Policy', "script-src 'self'"],
  ];
  const list = headerList(
    { status: 200, contentType: 'text/plain', headers, body: '' },
    'id',
    [['access-control-allow-origin', '*']],
    false,
  );
  assert.equal(list.slice(0, list.indexOf('Pragma')), [
    ...[
      'x',
      '2',
      'Content-Type',
      'a/b',
      'Y',
      'snow ? \t~',
      'Access-Control-Allow-Origin',
      'mine',
      'x-request-id',
      'id',
    ],
  ]);
  assert.ok(list.includes('keep-alive') && list.filter((item) => item === 'content-length').length === 1);
});

test('a body without a type is plain text where it is UTF-8, else octets; a type of the handler counts', () => {
  const typeOf = (answer: Omit<Answer, 'status'>): string | undefined => {
    const list = headerList({ status: 200, ...answer }, 'id', [], false);
    const names = list.map((item) => item.toLowerCase());
    assert.is(names.indexOf('content-type'), names.lastIndexOf('content-type'));
    return names.includes('content-type') ? list[names.indexOf('content-type') + 1] : undefined;
  };
  assert.is(typeOf({ body: '<script>' }), 'text/plain; charset=utf-8');
  assert.is(typeOf({ body: Buffer.from('<ü>') }), 'text/plain; charset=utf-8');
  assert.is(typeOf({ body: Buffer.from([0xff, 0xd8]) }), 'application/octet-stream');
  assert.is(typeOf({ contentType: '', headers: [['content-type', '']], body: 'x' }), 'text/plain; charset=utf-8');
  assert.is(typeOf({ headers: [['Content-type', 'a/b']], body: 'x' }), 'a/b');
  assert.is(typeOf({ contentType: 'a/b', body: 'x' }), 'a/b');
  assert.is(typeOf({ body: '' }), undefined);
});

test('CORS headers are what is configured', async () => {
  assert.equal(corsHeaders(await settingsOf()), []);
  const settings = await settingsOf({ corsAllowedOrigin: 'o', corsAllowedMethods: 'm', corsAllowedHeaders: 'h' });
  assert.equal(corsHeaders(settings), [
    ['access-control-allow-origin', 'o'],
    ['access-control-allow-methods', 'm'],
    ['access-control-allow-headers', 'h'],
  ]);
});

/** What `writeAnswer` sends on a connection that could go on: status line and connection header. */
function sent(answer: Answer, closing: boolean): string[] {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.shouldKeepAlive = true;
  writeAnswer(response, answer, 'id', [], { closing });
  const { statusCode, statusMessage } = response;
  return [
    `${statusCode} ${statusMessage}`,
    `${response.getHeader('connection') ?? /connection: (.*)\r/.exec(String(Reflect.get(response, '_header')))?.[1]}`,
  ];
}

test('a connection ends from 400 on, and when the server does', () => {
  const answer = (status: number, reason?: string): Answer => ({
    status,
    ...(reason !== undefined && { reason }),
    body: '',
  });
  assert.equal(sent(answer(200), false), ['200 OK', 'keep-alive']);
  assert.equal(sent(answer(399), false), ['399 Redirection (399)', 'keep-alive']);
  assert.equal(sent(answer(400), false), ['400 Bad Request', 'close']);
  assert.equal(sent(answer(200, ''), true), ['200 OK', 'close']);
  assert.equal(sent(answer(418, 'Teapot'), false), ['418 Teapot', 'close']);
});

test.run();
