import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxyFor } from '#serve/models/proxy.js';
import { rejectsWith } from '../../support/rejects.js';
import { withVariables } from './downloading.js';

test('no_proxy: names with their subdomains, ports, networks, addresses, all', async () => {
  for (const [noProxy, url, isDirect] of [
    ['example.com', 'http://example.com/', true],
    ['example.com', 'http://models.example.com/', true],
    ['.example.com', 'http://models.example.com/', true],
    ['.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://models.example.com/', true],
    ['EXAMPLE.com.', 'http://models.example.com./', true],
    ['example.com', 'http://badexample.com/', false],
    ['example.com:8080', 'http://example.com:8080/', true],
    ['example.com:80', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', true],
    ['example.com:8080', 'http://example.com/', false],
    ['a.test b.test,,example.com', 'http://example.com/', true],
    ['a.test,*', 'http://example.com/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/99', 'http://10.0.0.0/', false],
    ['10.0.0.0/8', 'http://ten.example/', false],
    ['10.0.0.1', 'http://10.0.0.1:81/', true],
    ['0.0.1', 'http://10.0.0.1/', false],
    ['fd00::/8', 'http://[fd00::1]/', true],
    ['[::1]', 'http://[::1]:90/', true],
    ['[::1]:91', 'http://[::1]:90/', false],
    ['', 'http://example.com/', false],
  ] as const)
    await withVariables({ all_proxy: 'http://127.0.0.1:9', no_proxy: noProxy }, async () => {
      assert.is((await proxyFor(new URL(url))) === undefined, isDirect, `${noProxy} for ${url}`);
    });
});

test('the password of a proxy is never shown, and one that is not usable is refused without being quoted', async () => {
  await withVariables({ HTTP_PROXY: 'joe:PASS-7@127.0.0.1:9' }, async () => {
    assert.is((await proxyFor(new URL('http://example.com/')))?.shown, 'http://***@127.0.0.1:9');
  });
  for (const proxy of [
    'socks5://joe:PASS-7@127.0.0.1:9',
    'http://joe:PASS-7%zz@127.0.0.1:9',
    'http://joe:PASS-7/@:99999',
  ])
    await withVariables({ http_proxy: proxy }, async () => {
      const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () =>
        proxyFor(new URL('http://u:PASS-7@example.com/m.mar')),
      );
      assert.match(error.message, 'a proxy for http://***@example.com/m.mar that is not usable; an http or https URL');
      assert.match(error.hint ?? '', 'SOCKS is not spoken');
      assert.not.match(`${error.message} ${error.hint} ${error.stack}`, 'PASS-7');
    });
});

test.run();
