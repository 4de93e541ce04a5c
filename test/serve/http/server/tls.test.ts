import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secureServers } from '#serve/http/server/tls.js';
import { missingCommand } from '../../../support/commands.js';
import { inFolder } from '../../../support/model-folder.js';
import { rejectsWith } from '../../../support/rejects.js';
import { settingsOf } from '../../../support/settings.js';
import { testUnless } from '../../../support/test-unless.js';

test('without a key there is no https', async () => {
  assert.is(await secureServers(await settingsOf()), undefined);
});

testUnless(
  missingCommand('openssl'),
  test,
  'https with a key and its certificate, or with both in a PKCS12 file; nothing older than TLS 1.2',
  inFolder({}, async ({ path }) => {
    const [key, certificate, keystore] = ['key.pem', 'cert.pem', 'store.p12'].map((name) => join(path, name));
    if (key === undefined || certificate === undefined || keystore === undefined) throw new Error('three files');
    const made = ['-subj', '/CN=here', '-days', '1', '-nodes', '-newkey', 'rsa:2048', '-keyout', key];
    spawnSync('openssl', ['req', '-x509', ...made, '-out', certificate]);
    spawnSync('openssl', [
      'pkcs12',
      '-export',
      '-inkey',
      key,
      '-in',
      certificate,
      '-out',
      keystore,
      '-passout',
      'pass:p',
    ]);
    for (const over of [
      { privateKeyFile: key, certificateFile: certificate },
      { keystore, keystorePass: 'p' },
    ]) {
      const createServer = await secureServers(await settingsOf(over));
      const server = createServer?.({ headersTimeout: 5000 });
      if (server === undefined) throw new Error('there is a key');
      server.on('request', (_request, response) => response.end('secret'));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const answer = (maxVersion: 'TLSv1.1' | 'TLSv1.3'): Promise<string> =>
        new Promise((resolve) => {
          const agent = new Agent({ rejectUnauthorized: false, minVersion: 'TLSv1.1', maxVersion });
          get({ host: '127.0.0.1', port, agent, ciphers: 'DEFAULT@SECLEVEL=0' }, (response) => {
            resolve(`${response.statusCode}`);
            response.resume();
            agent.destroy();
          }).on('error', () => resolve('refused'));
        });
      assert.equal([await answer('TLSv1.3'), await answer('TLSv1.1')], ['200', 'refused']);
      server.close();
    }
    const wrong = await rejectsWith('ERR_TLS', async () =>
      secureServers(await settingsOf({ keystore, keystorePass: 'wrong' })),
    );
    assert.match(wrong.message, `The key or certificate for https cannot be used (${keystore}): `);
    writeFileSync(key, 'no key');
    await rejectsWith('ERR_TLS', async () =>
      secureServers(await settingsOf({ privateKeyFile: key, certificateFile: certificate })),
    );
    await rejectsWith('ERR_TLS', async () => secureServers(await settingsOf({ keystore: join(path, 'none') })));
  }),
);

test.run();
