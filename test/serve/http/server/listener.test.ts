import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerOptions } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import type { Answer } from '#serve/http/server/answer.js';
import { CLOSE, type Connection, connection, exchange, HOST, statuses } from '../../../support/connection.js';
import { withListener } from '../../../support/listening.js';

test('a request reaches the dialect whole; its id goes back', async () => {
  await withListener({}, async (listening) => {
    const answer = await fetch(`${listening.url}/a%20b?c=%20`, {
      method: 'PUT',
      body: 'x',
      headers: { 'content-type': 'a/b; c', 'X-Own': '1' },
    });
    const [request] = listening.asked;
    if (!request) throw new Error('no request reached the route');
    const { id, method, target, contentType, body, rawHeaders } = request;
    assert.equal(
      [method, target.path, target.query, contentType, String(body.whole())],
      ['PUT', '/a b', 'c=%20', 'a/b; c', 'x'],
    );
    assert.is(rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'x-own') + 1], '1');
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal([answer.headers.get('x-request-id'), answer.headers.get('date')], [id, null]);
    assert.equal([answer.status, await answer.text()], [200, 'fine']);
    await fetch(listening.url);
    assert.equal([listening.asked[1]?.contentType, listening.asked[1]?.body.length], ['', 0]);
    assert.is.not(listening.asked[1]?.id, id);
  });
});

test('a connection goes on after an answer, and ends after one from 400 on', async () => {
  const route = ({ target }: { target: { path: string } }): Answer => ({
    status: Number(target.path.slice(1)),
    body: '',
  });
  await withListener({ route }, async (listening) => {
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
    const received = await exchange(listening, get('/200') + get('/399') + get('/400') + get('/200'));
    assert.equal(statuses(received), [200, 399, 400]);
    assert.equal(
      [...received.matchAll(/connection: (\S+)/g)].map(([, word]) => word),
      ['keep-alive', 'keep-alive', 'close'],
    );
  });
});

for (const [name, settings, detail] of [
  ['with error_detail', { errorDetail: true }, ' (in detail)'],
  ['without', { errorDetail: false }, ''],
] as const) {
  test(`what a route throws or rejects with is put into words, ${name}`, async () => {
    const ours = new MarError('ours', { code: 'ERR_METHOD' });
    for (const [error, status] of [
      [ours, 405],
      [new TypeError('odd'), 500],
    ] as const) {
      const throws = () => {
        throw error;
      };
      for (const route of [throws, () => Promise.reject(error)]) {
        await withListener({ route, settings }, async ({ url, log }) => {
          const answer = await fetch(url);
          assert.equal([answer.status, await answer.text()], [status, `${error.message}${detail}`]);
          const internal = log.filter(({ event }) => event === 'internal-error');
          assert.equal(internal, status === 500 ? [{ level: 'error', event: 'internal-error', message: 'odd' }] : []);
        });
      }
    }
  });
}

test('an answer that HTTP cannot carry becomes an error', async () => {
  const wrong: Answer = { status: 200, contentType: 'a\nb', body: '' };
  for (const route of [() => wrong, async () => wrong])
    await withListener({ route }, async ({ url }) => {
      assert.is((await fetch(url)).status, 500);
    });
});

test('of a mistake of the client, 400 to 499, a line at debug level remains; of others none', async () => {
  const route = ({ target }: { target: { path: string } }): Answer => ({
    status: Number(target.path.slice(1)),
    body: '',
  });
  await withListener({ route }, async ({ url, log }) => {
    for (const status of [399, 400, 499, 500]) await fetch(`${url}/${status}`);
    assert.equal(
      log.map(({ event, status }) => [event, status]),
      [
        ['request-refused', 400],
        ['request-refused', 499],
      ],
    );
  });
});

test('what the head of a request is enough to refuse it for is refused before its body, and before 100-continue', async () => {
  const admit = ({ target }: { target: { path: string } }): void => {
    if (target.path !== '/open') throw new MarError('closed', { code: 'ERR_TOKEN' });
  };
  await withListener({ admit }, async (listening) => {
    const post = (path: string, more = ''): string =>
      `POST ${path} HTTP/1.1\r\n${HOST}${more}Content-Length: 5\r\n\r\n`;
    const client = await connection(listening.url);
    client.send(`${post('/x')}ab`);
    await client.until('closed');
    client.send('cde');
    assert.equal([statuses(await client.rest()), listening.asked.length], [[401], 0]);
    assert.equal(statuses(await exchange(listening, post('/x', 'Expect: 100-continue\r\n'))), [401]);
    assert.equal(statuses(await exchange(listening, post('/open', 'Content-Encoding: zip\r\n'))), [415]);
    const coded = `POST /open HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`;
    assert.equal(statuses(await exchange(listening, coded)), [415]);
    assert.is((await fetch(`${listening.url}/open`)).status, 200);
    assert.is((await fetch(`${listening.url}/ready`)).status, 200);
  });
});

test('a client that sends on after its refusal has the answer all the same', async () => {
  const admit = (): never => {
    throw new MarError('closed', { code: 'ERR_TOKEN' });
  };
  await withListener({ admit }, async (listening) => {
    const body = 'x'.repeat(5_000_000);
    const answer = await fetch(listening.url, { method: 'POST', body });
    assert.equal([answer.status, await answer.text()], [401, 'closed (in detail)']);
    const head = `POST / HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\n`;
    assert.match(await exchange(listening, head), /^HTTP\/1\.1 401 .*closed \(in detail\)$/s);
  });
});

test('bodies that are still arriving have a limit together: the one that rests longest goes', async () => {
  await withListener({ settings: { maxRequestSize: 100, maxUnfinishedSize: 175 } }, async (listening) => {
    let arrived = 0;
    let more = (): void => {};
    listening.server.on('request', (request: IncomingMessage) => {
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
        more();
      });
    });
    const until = async (bytes: number): Promise<void> => {
      while (arrived < bytes) await new Promise<void>((resolve) => (more = resolve));
    };
    const upload = async (): Promise<Connection> => {
      const client = await connection(listening.url);
      const before = arrived;
      client.send(`POST / HTTP/1.1\r\n${HOST}${CLOSE}Content-Length: 100\r\n\r\n${'x'.repeat(60)}`);
      await until(before + 60);
      return client;
    };
    const [first, second] = [await upload(), await upload()];
    first.send('x');
    await until(121);
    const third = await upload();
    assert.equal(statuses(await second.rest()), [503]);
    for (const [client, rest] of [
      [first, 39],
      [third, 40],
    ] as const) {
      client.send('x'.repeat(rest));
      assert.equal(statuses(await client.rest()), [200]);
    }
    assert.equal(
      listening.asked.map(({ body }) => body.length),
      [100, 100],
    );
  });
});

test('/ready is answered by the server itself, whatever the dialect', async () => {
  await withListener({}, async ({ url, asked }) => {
    assert.equal(await (await fetch(`${url}/ready`)).json(), { ready: true });
    assert.equal([asked.length, await (await fetch(`${url}/readyness`)).text()], [0, 'fine']);
  });
});

test('until the start is over requests wait, but for /ready; who has gone meanwhile is not asked for', async () => {
  await withListener({ holding: true }, async ({ url, asked, context, server, sockets }) => {
    const patient = await connection(url);
    patient.send(`GET /a HTTP/1.1\r\n${HOST}${CLOSE}\r\n`);
    await once(server, 'request');
    const impatient = await connection(url);
    impatient.send(`GET /b HTTP/1.1\r\n${HOST}\r\n`);
    await once(server, 'request');
    const [, abandoned] = sockets;
    if (!abandoned) throw new Error('there is no second connection');
    const left = new Promise((resolve) => abandoned.once('close', resolve));
    impatient.socket.destroy();
    await left;
    assert.equal([(await fetch(`${url}/ready`)).status, asked], [503, []]);
    context.readiness.open();
    assert.equal(statuses(await patient.rest()), [200]);
    assert.equal(
      asked.map(({ target }) => target.path),
      ['/a'],
    );
  });
});

test('a request line of 4096 bytes and headers of 8192 are taken, one more is 400', async () => {
  await withListener({}, async (listening) => {
    const line = async (length: number): Promise<number[]> => {
      const path = `/${'a'.repeat(length - 'GET / HTTP/1.1'.length)}`;
      return statuses(await exchange(listening, `GET ${path} HTTP/1.1\r\n${CLOSE}\r\n`));
    };
    assert.equal([await line(4096), await line(4097)], [[200], [400]]);
    const headers = async (length: number): Promise<number[]> => {
      const rest = length - 'Connectionclose'.length - 'X'.length - 8;
      return statuses(await exchange(listening, `GET / HTTP/1.1\r\n${CLOSE}X: ${'b'.repeat(rest)}\r\n\r\n`));
    };
    assert.equal([await headers(8192), await headers(8193)], [[200], [400]]);
  });
});

test('of many short headers none is lost: the last counts as the first does', async () => {
  await withListener({}, async (listening) => {
    const send = (count: number) =>
      exchange(listening, `GET /many HTTP/1.1\r\n${CLOSE}${'A:\r\n'.repeat(count)}Last: one\r\n\r\n`);
    assert.equal(statuses(await send(1200)), [200]);
    assert.equal(listening.asked.at(-1)?.rawHeaders.slice(-2), ['Last', 'one']);
    assert.equal(statuses(await send(2500)), [400]);
  });
});

test('a route hears of a client that goes before its answer, not of one that has it', async () => {
  const gone: string[] = [];
  let heard: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const route = (request: { target: { path: string }; onDisconnect(callback: () => void): void }) => {
    request.onDisconnect(() => {
      gone.push(request.target.path);
      heard();
    });
    return request.target.path === '/never' ? new Promise<Answer>(() => {}) : { status: 200, body: 'x' };
  };
  await withListener({ route }, async (listening) => {
    assert.equal(statuses(await exchange(listening, `GET /a HTTP/1.1\r\n${HOST}${CLOSE}\r\n`)), [200]);
    const client = await connection(listening.url);
    client.send(`GET /never HTTP/1.1\r\n${HOST}\r\n`);
    await once(listening.server, 'request');
    client.socket.destroy();
    await told;
    assert.equal(gone, ['/never']);
  });
});

test('the times of the settings are those of the server, headers at most 20 seconds', async () => {
  const given: ServerOptions[] = [];
  const create = (options: ServerOptions) => {
    given.push(options);
    return createServer(options);
  };
  for (const requestTimeoutSeconds of [5, 50]) {
    const settings = { keepAliveTimeoutSeconds: 7, requestTimeoutSeconds };
    await withListener({ createServer: create, settings }, async () => {});
  }
  const common = { maxHeaderSize: 12_288, keepAliveTimeout: 7000, connectionsCheckingInterval: 1000 };
  const more = { requireHostHeader: false, noDelay: true };
  assert.equal(given, [
    { ...common, ...more, requestTimeout: 5000, headersTimeout: 5000 },
    { ...common, ...more, requestTimeout: 50_000, headersTimeout: 20_000 },
  ]);
});

test.run();
