import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServerSettings } from '#serve/config/settings.js';
import { refuseForeignHost } from '#serve/http/guards/foreign-host.js';
import { refuseForeignOrigin } from '#serve/http/guards/foreign-origin.js';
import { guardManagement, wantsToken } from '#serve/http/guards/guard-management.js';
import { refuseWithoutToken } from '#serve/http/guards/token-guard.js';
import type { Apis } from '#serve/http/server/exchange.js';
import { httpRequest } from '../../../support/http-request.js';
import { layFolder } from '../../../support/model-folder.js';
import { thrownCode } from '../../../support/rejects.js';
import { BOTH, routed } from '../../../support/routed.js';
import { settingsOf } from '../../../support/settings.js';

/** Whether a request with these values of the header passes. */
function allows(token: string | undefined, ...given: readonly string[]): boolean {
  const request = { rawHeaders: given.flatMap((value) => ['AUTHORIZATION', value]) };
  return thrownCode(() => refuseWithoutToken(request, token)) === undefined;
}

test('the token opens, and nothing else does', () => {
  assert.ok(allows('secret', 'Bearer secret'));
  for (const given of ['', 'Bearer ', 'Bearer secret2', 'bearer secret', 'secret', 'Bearer undefined']) {
    assert.not.ok(allows('secret', given), given);
  }
  assert.not.ok(allows('secret'));
  assert.not.ok(allows('secret', 'Bearer secret', 'Bearer secret'));
});

test('before there is a token, nothing opens: not even its absence, spelled out', () => {
  for (const given of ['', 'Bearer', 'Bearer ', 'Bearer undefined', 'Bearer null']) {
    assert.not.ok(allows(undefined, given), given);
  }
  assert.not.ok(allows(undefined));
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

test('configured names pass too, and behind a socket file every name does', () => {
  const own = { managementAddress: 'http://my.host:8081' };
  assert.ok(fromHost('My.Host:8081', { ...own, disableTokenAuth: true }));
  assert.not.ok(fromHost('other', { ...own, disableTokenAuth: true }));
  assert.ok(fromHost('other', { managementAddress: 'unix:/tmp/s' }));
  assert.ok(fromHost('other', { allowedHosts: ['other'] }));
  assert.ok(fromHost('other', { allowedHosts: ['*'] }));
  assert.not.ok(fromHost('another', { allowedHosts: ['other'] }));
});

/** Whether a management request of a page is answered. */
function fromPage(
  origin: string | undefined,
  { host = '127.0.0.1:8081', token = false, alone = true, ...over }: Partial<ServerSettings> & Page = {},
): boolean {
  const rawHeaders = ['Host', host, ...(origin === undefined ? ['X', 'Origin'] : ['oRIGIN', origin])];
  const code = thrownCode(() => refuseForeignOrigin({ rawHeaders }, { ...settings, ...over }, { token, alone }));
  assert.ok(code === undefined || code === 'ERR_FOREIGN_ORIGIN', code);
  return code === undefined;
}
interface Page {
  readonly host?: string;
  readonly token?: boolean;
  readonly alone?: boolean;
}

test('programs pass, and pages of the very address; pages of other sites and other ports of this machine do not', () => {
  assert.ok(fromPage(undefined));
  assert.ok(fromPage('http://127.0.0.1:8081'));
  assert.ok(fromPage('http://localhost:8081', { host: 'LOCALHOST:8081' }));
  assert.ok(fromPage('http://localhost', { host: 'localhost:80' }));
  assert.ok(fromPage('https://[::1]:9', { host: '[::1]:9', managementAddress: 'https://[::1]:9' }));
  for (const origin of [
    'http://127.0.0.1:8080',
    'http://localhost:8081',
    'http://127.0.0.1',
    'https://127.0.0.1:8081',
    'http://evil.example',
    'http://127.0.0.1:8081.evil.example',
    'null',
    '',
  ]) {
    assert.not.ok(fromPage(origin), origin);
  }
  assert.not.ok(fromPage('null', { host: 'a b' }));
  assert.not.ok(fromPage('http://x', { host: 'x', managementAddress: 'unix:/tmp/s' }));
});

test('a page is not its own where the request names no host, or several', () => {
  const passes = (origin: string, ...hosts: readonly string[]): boolean => {
    const rawHeaders = ['Origin', origin, ...hosts.flatMap((host) => ['Host', host])];
    const apis = { token: false, alone: true };
    return thrownCode(() => refuseForeignOrigin({ rawHeaders }, settings, apis)) === undefined;
  };
  assert.ok(passes('http://127.0.0.1:8081', '127.0.0.1:8081'));
  assert.not.ok(passes('http://127.0.0.1:8081', '127.0.0.1:8081', 'evil.example'));
  assert.not.ok(passes('http://evil.example', 'evil.example', '127.0.0.1:8081'));
  assert.not.ok(passes('http://undefined'));
});

test('with both APIs at one address its own pages are no better, unless they have the token', () => {
  assert.not.ok(fromPage('http://127.0.0.1:8081', { alone: false }));
  assert.ok(fromPage('http://127.0.0.1:8081', { alone: false, token: true }));
});

test('the configured origin passes; every origin only with the token', () => {
  assert.ok(fromPage('http://evil.example', { corsAllowedOrigin: 'http://evil.example' }));
  assert.not.ok(fromPage('http://evil.example', { corsAllowedOrigin: 'http://good.example' }));
  assert.not.ok(fromPage('http://evil.example', { corsAllowedOrigin: '*' }));
  assert.ok(fromPage('http://evil.example', { corsAllowedOrigin: '*', token: true }));
});

test('a token is wanted where other machines reach the API or it shares its address, unless that is switched off', () => {
  const wanted = (managementAddress: string, shared: boolean, disableTokenAuth = false): boolean =>
    wantsToken({ ...settings, managementAddress, disableTokenAuth }, shared);
  assert.equal(
    [
      wanted('http://127.0.0.1:1', false),
      wanted('http://127.0.0.1:1', true),
      wanted('http://0.0.0.0:1', false),
      wanted('unix:/tmp/s', false),
      wanted('http://0.0.0.0:1', true, true),
    ],
    [false, true, true, false, false],
  );
});

test('who has the token may come under any name; without one wanted, names and origins decide', async () => {
  const folder = layFolder({});
  const { context, manager } = await routed(folder, { disableTokenAuth: false });
  const code = (apis: Apis, ...rawHeaders: string[]): string | undefined =>
    thrownCode(() =>
      guardManagement({ ...context, managementToken: () => 't' }, apis, httpRequest('GET', '/models', { rawHeaders })),
    );
  const token = ['Authorization', 'Bearer t'];
  const alone = { inference: false, management: true };
  assert.is(code(BOTH), 'ERR_TOKEN');
  assert.is(code(BOTH, ...token, 'Host', 'any.name'), undefined);
  assert.is(code(BOTH, ...token, 'Origin', 'http://evil.example'), 'ERR_FOREIGN_ORIGIN');
  assert.is(code(alone), undefined);
  assert.is(code(alone, 'Host', 'any.name'), 'ERR_FOREIGN_HOST');
  assert.is(code(alone, 'Origin', 'http://127.0.0.1:8080'), 'ERR_FOREIGN_ORIGIN');
  await manager.close(0);
  folder.remove();
});

test.run();
