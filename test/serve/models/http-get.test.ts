import dns from 'node:dns';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MarError } from '#errors/mar-error.js';
import { httpGet } from '#serve/models/http-get.js';
import { rejectsWith } from '../../support/rejects.js';
import { withVariables } from './downloading.js';

const OPTIONS = { headers: {}, signal: new AbortController().signal };

/** The refusal of a URL, with these variables in the environment. */
async function refusal(url: URL, variables: Readonly<Record<string, string>> = {}): Promise<MarError> {
  let error: MarError | undefined;
  await withVariables(variables, async () => {
    error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => httpGet(url, OPTIONS));
  });
  assert.ok(error);
  return error;
}

/** A port of this machine at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

test('a host that refuses is said to have refused, and no proxy is advised where there is none', async () => {
  const port = await closedPort();
  const url = new URL(`http://joe:SECRET@127.0.0.1:${port}/m.mar`);
  const error = await refusal(url);
  assert.is(
    error.message,
    `http://***@127.0.0.1:${port}/m.mar was not reached: connect ECONNREFUSED 127.0.0.1:${port}.`,
  );
  assert.is(error.hint, undefined);
});

test('a proxy that refuses is named, with what to do about it', async () => {
  const port = await closedPort();
  const error = await refusal(new URL('http://h.example/m.mar'), { http_proxy: `http://127.0.0.1:${port}` });
  assert.match(error.message, `was not reached, through the proxy http://127.0.0.1:${port}: connect ECONNREFUSED`);
  assert.match(error.hint ?? '', 'no_proxy names hosts that are asked directly');
});

test('a login that is not percent-encoded is said as that, and not shown', async () => {
  const { message, hint } = await refusal(new URL('http://u:PASS%zz@h.example/m.mar'));
  assert.is(message, 'The user or password in http://***@h.example/m.mar is not percent-encoded.');
  assert.match(hint ?? '', "Write '%' as %25");
});

test('a host whose addresses all refuse is said with the reason of each', async () => {
  const { lookup } = dns;
  const port = await closedPort();
  const two = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  const found = (_host: string, _options: unknown, done: (error: null, addresses: typeof two) => void): void =>
    done(null, two);
  Object.assign(dns, { lookup: found });
  syncBuiltinESMExports();
  try {
    const url = new URL(`http://models.example:${port}/m.mar`);
    const error = await refusal(url);
    const reasons = two.map(({ address }) => `connect ECONNREFUSED ${address}:${port}`).join(', ');
    assert.is(error.message, `${url.href} was not reached: ${reasons}.`);
  } finally {
    Object.assign(dns, { lookup });
    syncBuiltinESMExports();
  }
});

test.run();
