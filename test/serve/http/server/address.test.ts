import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isLoopback, listen, parseAddress } from '#serve/http/server/address.js';
import { inFolder } from '../../../support/model-folder.js';
import { rejectsWith, thrown, thrownCode } from '../../../support/rejects.js';

const tcp = (text: string, management = false) => parseAddress('inference_address', text, management);

test('addresses are host and port, or a socket file', () => {
  assert.equal(tcp('http://127.0.0.1:8080'), { kind: 'tcp', tls: false, host: '127.0.0.1', port: 8080 });
  assert.equal(tcp('HTTPS://Example:1/'), { kind: 'tcp', tls: true, host: 'Example', port: 1 });
  assert.equal(tcp('http://[::1]:0'), { kind: 'tcp', tls: false, host: '::1', port: 0 });
  assert.equal(tcp('unix:/tmp/a b'), { kind: 'unix', path: '/tmp/a b' });
  assert.equal(tcp('http://h:65535'), { kind: 'tcp', tls: false, host: 'h', port: 65535 });
});

test('without a port it is that of Multi Model Server', () => {
  const ports = (['http://h', 'https://h'] as const).flatMap((text) =>
    [false, true].map((management) => tcp(text, management)),
  );
  assert.equal(
    ports.map((address) => (address.kind === 'tcp' ? address.port : 0)),
    [80, 8081, 443, 8444],
  );
});

test('what is no address is refused, with a guess where there is one', () => {
  const hint = (text: string): string | undefined => thrown(() => tcp(text)).hint;
  assert.is(
    thrownCode(() => tcp('ftp://h')),
    'ERR_ADDRESS',
  );
  assert.is(hint('8080'), 'Did you mean http://127.0.0.1:8080?');
  assert.is(hint(':8080'), 'Did you mean http://127.0.0.1:8080?');
  assert.is(hint('/tmp/s'), 'Did you mean unix:/tmp/s?');
  assert.is(hint('host:80'), 'Did you mean http://host:80?');
  assert.is(hint('a b'), undefined);
  assert.match(
    thrown(() => tcp('http://h:65536')).message,
    'inference_address has port 65536; a port is at most 65535.',
  );
});

test('only loopback and socket files are of this machine alone', () => {
  const local = ['http://127.0.0.1:1', 'http://127.9.9.9', 'http://localhost', 'http://[::1]:1', 'unix:/x'];
  const open = ['http://0.0.0.0:1', 'http://128.0.0.1', 'http://localhost.example', 'http://[::]:1', 'http://[::12]:1'];
  assert.ok(local.every((text) => isLoopback(tcp(text))));
  assert.not.ok(open.some((text) => isLoopback(tcp(text))));
});

test(
  'a listener is bound to a port or a socket file; one that is taken says so with what to do',
  inFolder({}, async ({ path }) => {
    const [first, second, socket] = [createServer(), createServer(), createServer()];
    try {
      const url = await listen(first, tcp('http://127.0.0.1:0'));
      assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
      assert.is(first.listenerCount('error'), 0);
      const taken = await rejectsWith('ERR_LISTEN', () => listen(second, tcp(url)));
      assert.equal(
        [taken.message, taken.hint],
        [
          `Failed to bind to address: ${url} (it is in use)`,
          'Another program listens there: stop it, or choose another port (0 takes a free one).',
        ],
      );
      const file = join(path, 'socket');
      assert.is(await listen(socket, { kind: 'unix', path: file }), `unix:${file}`);
      assert.ok(socket.listening && statSync(file).isSocket());
      const none = join(path, 'none', 'socket');
      const error = await rejectsWith('ERR_LISTEN', () => listen(createServer(), { kind: 'unix', path: none }));
      assert.match(error.message, `Failed to bind to address: unix:${none} (`);
    } finally {
      for (const server of [first, second, socket]) if (server.listening) server.close();
    }
  }),
);

test.run();
