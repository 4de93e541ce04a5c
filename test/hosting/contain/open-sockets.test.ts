import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSockets } from '#hosting/contain/open-sockets.js';

test('sockets that are files here, each once; not abstract ones, nor what is something else here', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mar-sockets-'));
  const socket = join(folder, 'one of them');
  const server = createServer();
  try {
    await once(server.listen(socket), 'listening');
    writeFileSync(join(folder, 'file'), '');
    const line = (path: string): string => `0000000000000000: 00000002 00000000 00010000 0001 01 12345 ${path}`;
    const paths = [socket, socket, '@abstract', 'relative', join(folder, 'file'), folder, join(folder, 'gone')];
    const listing = ['Num       RefCount Protocol Flags    Type St Inode Path', ...paths.map(line)];
    writeFileSync(join(folder, 'unix'), `${listing.join('\n')}\n${line('').trimEnd()}\n`);
    assert.equal(openSockets(join(folder, 'unix')), [socket]);
    assert.equal(openSockets(join(folder, 'none')), []);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
