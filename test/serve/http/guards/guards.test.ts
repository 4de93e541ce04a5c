import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServerSettings } from '#serve/config/settings.js';
import { refuseForeignHost } from '#serve/http/guards/foreign-host.js';
import { refuseForeignOrigin } from '#serve/http/guards/foreign-origin.js';
import { tokenGuard } from '#serve/http/guards/token-guard.js';
import { httpRequest } from '../../../support/http-request.js';
import { thrownCode } from '../../../support/rejects.js';
import { settingsOf } from '../../../support/settings.js';

/** Whether the guard lets a request pass. */
function allows(key: string | undefined, authorization: string | undefined, method = 'GET', url = '/models'): boolean {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method, url });
  if (authorization !== undefined) request.headers.authorization = authorization;
  return thrownCode(() => tokenGuard(() => key)(request)) === undefined;
}

test('the key opens, and nothing else does', () => {
  assert.ok(allows('secret', 'Bearer secret'));
  for (const given of [undefined, '', 'Bearer ', 'Bearer secret2', 'bearer secret', 'secret', 'Bearer undefined']) {
    assert.not.ok(allows('secret', given), String(given));
  }
});

test('before there is a key, nothing opens: not even its absence, spelled out', () => {
  for (const given of [undefined, '', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer null']) {
    assert.not.ok(allows(undefined, given), String(given));
  }
});

test('the API description is open to all', () => {
  assert.ok(allows('secret', undefined, 'OPTIONS', '/'));
  assert.not.ok(allows('secret', undefined, 'GET', '/'));
  assert.not.ok(allows('secret', undefined, 'OPTIONS', '/models'));
});

const settings = await settingsOf();

/** Whether a management request with these headers is answered. */
const fromHost = (host: string | undefined, over: Partial<ServerSettings> = {}): boolean => {
  const request = httpRequest('GET', '/models', {
    rawHeaders: host === undefined ? [] : ['Accept', 'Host', 'HOST', host],
  });
  const code = thrownCode(() => refuseForeignHost(request, { ...settings, ...over }));
  assert.ok(code === undefined || code === 'ERR_FOREIGN_HOST', code);
  return code === undefined;
};

test('names of this machine and addresses pass, other names do not', () => {
  for (const host of [
    undefined,
    'localhost',
    'LOCALHOST:8081',
    'a.localhost',
    'localhost.',
    '127.0.0.1:8081',
    '10.1.2.3',
    '[::1]:8081',
    '[fe80::1]',
  ]) {
    assert.ok(fromHost(host), String(host));
  }
  for (const host of ['evil.example', 'localhost.evil.example', 'notlocalhost', '127.0.0.1.evil.example', '', 'a b']) {
    assert.not.ok(fromHost(host), host);
  }
});

test('configured names pass too, and where something else protects the API every name does', () => {
  const own = { managementAddress: 'http://my.host:8081' };
  assert.ok(fromHost('My.Host:8081', { ...own, disableTokenAuth: true }));
  assert.not.ok(fromHost('other', { ...own, disableTokenAuth: true }));
  assert.ok(fromHost('other', own), 'a token is wanted there');
  assert.ok(fromHost('other', { managementAddress: 'unix:/tmp/s' }));
  assert.ok(fromHost('other', { allowedHosts: ['other'] }));
  assert.ok(fromHost('other', { allowedHosts: ['*'] }));
  assert.not.ok(fromHost('another', { allowedHosts: ['other'] }));
});

test('pages of other sites are refused; programs and pages of this machine are not', () => {
  const from = (origin: string | undefined, over: Partial<ServerSettings> = {}): boolean => {
    const rawHeaders = origin === undefined ? ['X', 'Origin'] : ['X', 'y', 'oRIGIN', origin];
    const request = httpRequest('POST', '/models', { rawHeaders });
    const code = thrownCode(() => refuseForeignOrigin(request, { ...settings, ...over }));
    assert.ok(code === undefined || code === 'ERR_FOREIGN_ORIGIN', code);
    return code === undefined;
  };
  for (const origin of [
    undefined,
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://127.1.2.3:1',
    'https://[::1]:8',
  ]) {
    assert.ok(from(origin), String(origin));
  }
  for (const origin of [
    'http://evil.example',
    'null',
    '',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
  ]) {
    assert.not.ok(from(origin), origin);
  }
  assert.ok(from('http://evil.example', { corsAllowedOrigin: '*' }));
  assert.ok(from('http://evil.example', { corsAllowedOrigin: 'http://evil.example' }));
  assert.not.ok(from('http://evil.example', { corsAllowedOrigin: 'http://good.example' }));
});

test.run();
