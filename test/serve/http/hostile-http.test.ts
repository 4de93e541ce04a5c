import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, type Runner, withRunner } from '../../support/runner.js';

const HOST = 'Host: x\r\n';
const CLOSE = 'Connection: close\r\n';

for (const [name, request, status] of [
  [
    'both lengths (smuggling)',
    `POST /ping HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['two lengths', `POST /ping HTTP/1.1\r\n${HOST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`, 400],
  ['a broken chunk size', `POST /ping HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`, 400],
  ['a space before the colon', `GET /ping HTTP/1.1\r\n${HOST}Bad : 1\r\n\r\n`, 400],
  ['a folded header', `GET /ping HTTP/1.1\r\n${HOST}A: 1\r\n b\r\n\r\n`, 400],
  ['a line that is too long', `GET /ping?${'a'.repeat(5000)} HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['headers that are too large', `GET /ping HTTP/1.1\r\n${HOST}X: ${'b'.repeat(9000)}\r\n\r\n`, 400],
  ['headers far too large', `GET /ping HTTP/1.1\r\n${HOST}X: ${'b'.repeat(90_000)}\r\n\r\n`, 400],
  ['a broken escape', `GET /predictions/%zz HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
  ['dots in the path', `GET /predictions/../../etc/passwd HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
  ['an encoded slash', `GET /predictions/%2e%2e%2fetc HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
  ['a whole URL', `GET http://other/ping HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
  ['a strange expectation', `POST /ping HTTP/1.1\r\n${HOST}Expect: 200-maybe\r\nContent-Length: 0\r\n\r\n`, 417],
  ['a tunnel', `CONNECT /ping HTTP/1.1\r\n${HOST}\r\n`, 405],
  ['no HTTP at all', '\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n', 400],
] as const) {
  test(`${name}: ${status}, and the server lives on`, async () => {
    await withRunner({}, async (runner) => {
      const answer = await exchange(runner.inferenceUrl, request);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.is((await fetch(`${runner.inferenceUrl}/ping`)).status, 200);
    });
  });
}

const GOOD = `POST /predictions/m HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`;

for (const [name, broken, status] of [
  ['garbage', 'no HTTP at all\r\n\r\n', 400],
  ['garbage that goes on', 'no HTTP at all\r\n\r\n'.repeat(50_000), 400],
  ['a broken body', `POST /ping HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`, 400],
  ['a tunnel', `CONNECT /ping HTTP/1.1\r\n${HOST}\r\n`, 405],
] as const) {
  test(`${name} behind good requests: they are answered first, then ${status}`, async () => {
    await withRunner({ m: 'export const handle = (batch) => batch.map(() => "fine");' }, async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      const answers = await exchange(runner.inferenceUrl, GOOD + GOOD + broken);
      assert.equal(
        [...answers.matchAll(/^(?:fine)?HTTP\/1\.1 (\d+)/gm)].map(([, code]) => Number(code)),
        [200, 200, status],
      );
      assert.is(answers.match(/fine/g)?.length, 2);
    });
  });
}

for (const [name, type, body] of [
  [
    '10,000 backslashes in a quoted name',
    'multipart/form-data; boundary=B',
    `--B\r\nContent-Disposition: form-data; name="${'\\'.repeat(8000)}\r\n\r\nx\r\n--B--\r\n`,
  ],
  ['a part without a name', 'multipart/form-data; boundary=B', '--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n'],
  ['200,000 parts', 'multipart/form-data; boundary=B', '--B\r\n\r\n'.repeat(200_000)],
  [
    'headers of a part that never end',
    'multipart/form-data; boundary=B',
    `--B\r\n${'a: b\r\n'.repeat(100_000)}\r\n--B--`,
  ],
  ['a million fields', 'application/x-www-form-urlencoded', 'a=&'.repeat(1_000_000)],
] as const) {
  test(`${name}: 400, quickly enough for the next request`, async () => {
    await withRunner({ m: 'export const handle = (batch) => batch.map(() => "alive");' }, async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      const answer = await runner.predict('m', body, { headers: { 'content-type': type } });
      assert.is(answer.status, 400);
      assert.is((await runner.predict('m')).status, 200);
    });
  });
}

test('a request that arrives too slowly is ended with 408', async () => {
  await withRunner(
    {},
    async (runner) => {
      const answer = await exchange(runner.inferenceUrl, `POST /ping HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhal`);
      assert.match(answer, /^HTTP\/1\.1 408 /);
    },
    { properties: 'request_timeout=1' },
  );
});

test('an announced body over the limit is 413 at once; an endless one when it gets there', async () => {
  await withRunner(
    {},
    async (runner) => {
      const expect = `POST /ping HTTP/1.1\r\n${HOST}${CLOSE}Expect: 100-continue\r\nContent-Length: 101\r\n\r\n`;
      assert.match(
        await exchange(runner.inferenceUrl, `${expect}${'x'.repeat(101)}`),
        /^HTTP\/1\.1 413 Request Entity Too Large\r\n/,
      );
      const chunk = `64\r\n${'x'.repeat(100)}\r\n`;
      const chunked = `POST /ping HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`;
      assert.match(await exchange(runner.inferenceUrl, chunked), /^HTTP\/1\.1 413 /);
    },
    { properties: 'max_request_size=100' },
  );
});

test('a page of another site cannot manage models through a browser', async () => {
  await withRunner({}, async (runner) => {
    const post = (origin: string) =>
      fetch(`${runner.managementUrl}/models?url=none`, { method: 'POST', headers: { origin } });
    assert.is((await post('http://evil.example')).status, 403);
    assert.is((await post('null')).status, 403);
    assert.is((await post('http://localhost:3000')).status, 403);
    assert.is((await post(runner.inferenceUrl)).status, 403);
    assert.is((await post(runner.managementUrl)).status, 404);
  });
});

test('a name that was rebound to this machine does not read the management API', async () => {
  const ask = async (runner: Runner, host: string): Promise<string> => {
    const answer = await exchange(runner.managementUrl, `GET /models HTTP/1.1\r\n${host}${CLOSE}\r\n`);
    return answer.slice('HTTP/1.1 '.length).slice(0, 3);
  };
  await withRunner(
    {},
    async (runner) => {
      for (const host of ['127.0.0.1:8081', 'localhost', 'LOCALHOST.:1', '[::1]:8081', '10.1.2.3', 'my.box:80']) {
        assert.is(await ask(runner, `Host: ${host}\r\n`), '200', host);
      }
      for (const host of [
        'evil.example',
        'localhost.evil.example:8081',
        '127.0.0.1.evil.example',
        '[evil]',
        'my.box.x',
      ]) {
        assert.is(await ask(runner, `Host: ${host}\r\n`), '403', host);
      }
      assert.is(await ask(runner, 'Host: localhost\r\nHost: evil.example\r\n'), '403');
      const old = await exchange(runner.managementUrl, 'GET /models HTTP/1.0\r\n\r\n');
      assert.match(old, /^HTTP\/1\.1 200 /);
      const told = await exchange(runner.managementUrl, `GET /models HTTP/1.1\r\nHost: evil.example\r\n${CLOSE}\r\n`);
      assert.match(told, /does not answer requests for host .*evil\.example.*allowed_hosts/);
    },
    { properties: 'allowed_hosts=other, My.Box' },
  );
});

test('Connection: close is honoured', async () => {
  await withRunner({}, async (runner) => {
    assert.match(
      await exchange(runner.inferenceUrl, `GET /ping HTTP/1.1\r\n${HOST}${CLOSE}\r\n`),
      /\r\nconnection: close\r\n/,
    );
  });
});

test.run();
