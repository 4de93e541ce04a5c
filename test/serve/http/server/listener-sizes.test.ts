import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE, connection, exchange, HOST, statuses } from '../../../support/connection.js';
import { withListener } from '../../../support/listening.js';

const post = (length: number | string, more = ''): string =>
  `POST / HTTP/1.1\r\n${HOST}Content-Length: ${length}\r\n${more}\r\n`;

test('an announced body over the limit is 413 with a warning, and the connection goes on; a huge one is cut', async () => {
  await withListener({ settings: { maxRequestSize: 3 } }, async (listening) => {
    const received = await exchange(listening, `${post(4)}xxxx${post(3, CLOSE)}yyy`);
    assert.equal([statuses(received), listening.asked.map(({ body }) => String(body.whole()))], [[413, 200], ['yyy']]);
    assert.match(received, /^HTTP\/1\.1 413 Request Entity Too Large\r\n(?!.*close)/i);
    const message = 'A request was refused with 413: it has more than 3 bytes';
    assert.equal(listening.log, [
      { level: 'warn', event: 'request-too-large', message, hint: 'Raise max_request_size.' },
    ]);
    assert.equal(statuses(await exchange(listening, post(2 ** 28))), [413]);
    const goesOn = await connection(listening.url);
    goesOn.send(post(2 ** 28 - 1));
    await goesOn.until('content-length: 0\r\n\r\n');
    assert.is(listening.sockets.at(-1)?.destroyed, false);
    goesOn.socket.destroy();
  });
});

test('a body without a length is taken up to the limit, and cut behind it', async () => {
  await withListener({ settings: { maxRequestSize: 3 } }, async (listening) => {
    const chunked = (size: number): string =>
      `POST / HTTP/1.1\r\n${HOST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${'x'.repeat(size)}\r\n`;
    assert.equal(statuses(await exchange(listening, `${chunked(3)}0\r\n\r\n`)), [200]);
    assert.equal(statuses(await exchange(listening, chunked(4))), [413]);
    assert.equal([listening.asked.length, listening.log.map(({ event }) => event)], [1, ['request-too-large']]);
  });
});

test('Expect: 100-continue goes on where the body may come; anything else is 417', async () => {
  await withListener({ settings: { maxRequestSize: 3, accessLog: true } }, async (listening) => {
    const client = await connection(listening.url);
    client.send(post(3, `${CLOSE}Expect: 100-continue\r\n`));
    await client.until('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('yes');
    assert.equal([statuses(await client.rest()), String(listening.asked[0]?.body.whole())], [[100, 200], 'yes']);
    assert.equal(statuses(await exchange(listening, `${post(4, `${CLOSE}Expect: 100-continue\r\n`)}xxxx`)), [413]);
    const received = await exchange(listening, post(3, 'Expect: more\r\n'));
    assert.equal([statuses(received), /^date:/im.test(received)], [[417], false]);
    assert.match(received, /connection: close\r\n\r\nExpect can only be 100-continue\.$/);
    assert.is(listening.asked.length, 1);
    const refused = await listening.logged('request-refused');
    const [, id] = /x-request-id: (\S+)/.exec(received) ?? [];
    assert.equal([refused.status, refused.requests], [417, [id]]);
  });
});

test.run();
