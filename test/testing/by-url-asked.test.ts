import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pythonFiles, zip } from '../check/sample-archives.js';
import { missingCommand } from '../support/commands.js';
import { layFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';
import { testUnless } from '../support/test-unless.js';

/** How a case is run against a server. */
interface Asked {
  readonly golden: object;
  readonly listener: RequestListener;
  readonly host?: string;
  /** What stands before the host, and behind the path. */
  readonly login?: string;
  readonly query?: string;
  readonly flags?: readonly string[];
  /** Key and certificate, in this order. */
  readonly pem?: readonly [string, string];
}

/** Runs one case against a server. */
async function ask({ golden, listener, host = '127.0.0.1', login = '', query = '', flags = [], pem }: Asked) {
  const server = pem ? createSecureServer({ key: pem[0], cert: pem[1] }, listener) : createServer(listener);
  await once(server.listen(0, host), 'listening');
  const folder = layFolder({ 'echo.mar': zip(pythonFiles({ 'MAR-INF/tests/a.json': JSON.stringify(golden) })) });
  try {
    const { port, family } = server.address() as AddressInfo;
    const at = family === 'IPv6' ? `[${host}]` : host;
    const url = `${pem ? 'https' : 'http'}://${login}${at}:${port}/predictions/echo${query}`;
    return { url, ...(await runMar(['test', join(folder.path, 'echo.mar'), '--url', url, ...flags])) };
  } finally {
    folder.remove();
    server.closeAllConnections();
    server.close();
  }
}

const ONE = { request: { json: 1 }, expect: { json: { y: [1] } } };
const answers: Readonly<Record<string, RequestListener>> = {
  'in gzip': (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync('{"y":[1]}')),
  'in chunks': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"y":');
    response.end('[1]}');
  },
};
for (const [how, listener] of Object.entries(answers))
  test(`an answer ${how} is read as it is meant`, async () => {
    const { code, stdout, stderr } = await ask({ golden: ONE, listener });
    assert.is(code, 0, stdout + stderr);
  });

test('an answer without content is compared by its status', async () => {
  const listener: RequestListener = (_, response) => response.writeHead(204).end();
  const right = await ask({ golden: { request: { json: 1 }, expect: { status: 204 } }, listener });
  assert.is(right.code, 0, right.stdout);
  const wrong = await ask({ golden: ONE, listener });
  assert.is(wrong.code, 1);
  assert.match(wrong.stdout, 'status 204, expected 200');
});

test('the query and the login of the address are sent, the login is shown nowhere', async () => {
  const asked: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request);
    response.setHeader('content-type', 'application/json').end('{"y":[1]}');
  };
  const parts = { login: 'me:pass%40word@', query: '?a=1&token=hidden' };
  const fine = await ask({ golden: ONE, listener, ...parts });
  assert.is(fine.code, 0, fine.stdout + fine.stderr);
  assert.is(asked[0]?.url, '/predictions/echo?a=1&token=hidden');
  assert.is(asked[0]?.headers.authorization, `Basic ${Buffer.from('me:pass@word').toString('base64')}`);
  const closed = await ask({ golden: ONE, listener: (request) => request.socket.destroy(), ...parts });
  assert.is(closed.code, 2);
  assert.match(closed.stderr, 'does not answer: ');
  assert.not.match(closed.stdout + closed.stderr, /pass%40word|pass@word|hidden/);
});

test('-H adds headers for a server, and a case has the last word', async () => {
  const asked: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request);
    response.setHeader('content-type', 'application/json').end('{"y":[1]}');
  };
  const golden = { ...ONE, request: { json: 1, headers: { 'X-Tone': 'mine' } } };
  const flags = ['-H', 'Authorization: Bearer t', '-H', 'x-tone: theirs'];
  const { code, stdout } = await ask({ golden, listener, flags });
  assert.is(code, 0, stdout);
  assert.is(asked[0]?.headers.authorization, 'Bearer t');
  assert.is(asked[0]?.headers['x-tone'], 'mine');
  const { code: alone, stderr } = await runMar(['test', 'x.mar', '-H', 'a: b']);
  assert.is(alone, 2);
  assert.match(stderr, '--header goes with --url.');
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

testUnless(hasIpv6 ? undefined : 'there is no ::1', test, 'a server at an address of IPv6 is asked', async () => {
  const listener: RequestListener = (_, response) =>
    response.setHeader('content-type', 'application/json').end('{"y":[1]}');
  const { code, stdout, stderr } = await ask({ golden: ONE, listener, host: '::1' });
  assert.is(code, 0, stdout + stderr);
});

testUnless(
  missingCommand('openssl'),
  test,
  'a certificate that nobody known has signed is named, with what to do',
  async () => {
    const { path, remove } = layFolder({});
    try {
      const [key, cert] = [join(path, 'key.pem'), join(path, 'cert.pem')];
      const names = ['-subj', '/CN=localhost', '-days', '1', '-keyout', key, '-out', cert];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names], { stdio: 'ignore' });
      const pem = [readFileSync(key, 'utf8'), readFileSync(cert, 'utf8')] as const;
      const { code, stderr } = await ask({ golden: ONE, listener: (_, response) => response.end(), pem });
      assert.is(code, 2);
      assert.match(stderr, /does not answer: self-signed certificate(; .*)?\.\nhint: .*NODE_EXTRA_CA_CERTS/);
    } finally {
      remove();
    }
  },
);

test.run();
