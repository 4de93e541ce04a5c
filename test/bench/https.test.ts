import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { testUnless } from '../support/test-unless.js';

testUnless(
  missingCommand('openssl'),
  test,
  'https: a server whose certificate nobody vouches for is not asked; with its authority known it is measured',
  inFolder({}, async ({ path }) => {
    const [key, cert] = [join(path, 'key.pem'), join(path, 'cert.pem')];
    const made = ['-subj', '/CN=here', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1', '-nodes'];
    spawnSync('openssl', ['req', '-x509', ...made, '-newkey', 'rsa:2048', '-keyout', key, '-out', cert]);
    let asked = 0;
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      asked += 1;
      response.end('ok');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`;
      const inputs = [{ bytes: Buffer.from('secret') }];
      const { message } = await rejectsWith('ERR_SERVER', () => bench(url, { inputs }));
      assert.match(message, /does not answer: DEPTH_ZERO_SELF_SIGNED_CERT/);
      assert.is(asked, 0);
      const program = ['--import', 'tsx', '--conditions=mar-source', 'src/bin/mar.ts', 'bench', url, '-d', 'secret'];
      const short = ['--duration', '0.2', '--warm-up', '0', '--rounds', '1', '--json'];
      const child = spawn(process.execPath, [...program, ...short], {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      assert.is(stderr, '');
      const { status, good, errors } = JSON.parse(stdout);
      assert.equal([status, errors, good > 0 && good < asked], ['complete', {}, true]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }),
);

test.run();
