import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { publicSource, publicTarget } from '#public-source.js';
import { readSourceHeaders } from '#serve/config/source-headers.js';
import { type DownloadOptions, downloadModel } from '#serve/models/download.js';
import { inFolder, layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { withRunner } from '../../support/runner.js';

const OPTIONS: DownloadOptions = {
  maxSize: 1000,
  allowedUrls: [],
  idleMs: 5000,
  env: { NETRC: '/dev/null' },
  signal: new AbortController().signal,
};

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves on loopback while `use` runs; `tunnel` sees the CONNECT requests of a proxy. */
async function withWeb(listener: Listener, use: (url: string) => Promise<void>, tunnel?: (target: string) => void) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    tunnel?.(request.url ?? '');
    socket.destroy();
  });
  await once(server, 'listening');
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Runs with these variables in the environment, and with the proxy variables of the machine out of it. */
async function withVariables(variables: Readonly<Record<string, string>>, use: () => Promise<void>): Promise<void> {
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await use();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function download(url: string, options: Partial<DownloadOptions> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mar-download-'));
  try {
    await downloadModel(url, join(folder, 'x.mar'), { ...OPTIONS, ...options });
    return await readFile(join(folder, 'x.mar'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('http goes through the proxy of the environment, as a whole URL, but not to the hosts of no_proxy', () =>
  withWeb(
    (request, response) => response.end(`asked for ${request.url}`),
    async (proxy) => {
      await withVariables({ http_proxy: proxy, no_proxy: '127.0.0.1' }, async () => {
        assert.is(await download('http://models.example.com/x.mar'), 'asked for http://models.example.com/x.mar');
        assert.is(await download(`${proxy}/x.mar`), 'asked for /x.mar');
      });
    },
  ));

test('https goes through a tunnel of the proxy; a proxy that hangs up is named', async () => {
  const targets: string[] = [];
  await withWeb(
    (_request, response) => response.end(),
    async (url) => {
      const proxy = url.replace('//', '//joe:PASS-7@');
      await withVariables({ HTTPS_PROXY: proxy }, async () => {
        const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => download('https://models.example.com/x.mar'));
        assert.match(error.message, /through the proxy http:\/\/\*\*\*@127\.0\.0\.1:\d+/);
        assert.not.match(`${error.message} ${error.hint} ${error.stack}`, /PASS-7/);
      });
    },
    (target) => targets.push(target),
  );
  assert.equal(targets, ['models.example.com:443']);
});

test('a registration that came through a proxy names it, without its password, and one that did not says nothing of it', () =>
  inFolder({ 'm/service.mjs': 'export const handle = (batch) => batch.map(() => "ok");' }, async ({ path }) => {
    await pack({ modelName: 'px', modelPath: join(path, 'm'), handler: 'service.mjs', exportPath: path });
    const archive = await readFile(join(path, 'px.mar'));
    await withWeb(
      (_request, response) => response.end(archive),
      async (url) => {
        const through = { http_proxy: url.replace('//', '//joe:PASS-7@'), no_proxy: '127.0.0.1' };
        await withVariables(through, async () => {
          await withRunner({}, async (runner) => {
            const register = async (query: string) => (await runner.manage('POST', `/models?${query}`)).json();
            const proxy = url.replace('//', '//***@');
            const far = 'url=http://models.example.com/px.mar';
            assert.equal(await register(`${far}&initial_workers=1`), { status: 'Workers scaled', proxy });
            const idle = await register(`${far}&model_name=idle&initial_workers=0`);
            assert.equal(idle, { status: 'Model "idle" registered', proxy });
            const near = await register(`url=${url}/px.mar&model_name=near&initial_workers=0`);
            assert.equal(near, { status: 'Model "near" registered' });
          });
        });
      },
    );
  })());

test('a password in a URL authenticates there, and goes no further than its host', async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere: Listener = ({ headers }, response) => {
    seen.push(headers.authorization);
    response.end('the archive');
  };
  await withWeb(elsewhere, (other) =>
    withWeb(
      ({ headers }, response) => {
        seen.push(headers.authorization);
        if (headers.authorization === undefined) response.writeHead(401).end();
        else response.writeHead(302, { location: `${other}/x.mar` }).end();
      },
      async (url) => {
        await withVariables({}, async () => {
          assert.is(await download(`${url.replace('//', '//joe:se%40cret@')}/x.mar`), 'the archive');
          assert.equal(seen, [`Basic ${Buffer.from('joe:se@cret').toString('base64')}`, undefined]);
          const refused = await rejectsWith('ERR_MODEL_DOWNLOAD', () => download(`${url}/x.mar`));
          assert.match(`${refused.message} ${refused.hint}`, /code: 401 .*USER:PASSWORD/);
        });
      },
    ),
  );
});

test('what stands before the @ of a URL does not make it an allowed one', async () => {
  const allowedUrls = [/^(?:http:\/\/good\.example.*)$/];
  await rejectsWith('ERR_URL_NOT_ALLOWED', () => download('http://good.example@127.0.0.1:1/x.mar', { allowedUrls }));
});

for (const [source, shown] of [
  ['model.mar', 'model.mar'],
  ['folder/a?b=c@d', 'folder/a?b=c@d'],
  ['http://host/x.mar?part=2', 'http://host/x.mar?part=2'],
  ['http://user:SECRET@host:9/x.mar', 'http://***@host:9/x.mar'],
  ['https://SECRET@host/a@b.mar', 'https://***@host/a@b.mar'],
  ['http:user:SECRET@host/x.mar', 'http:***@host/x.mar'],
  ['http://u:SECRET@[broken/x.mar', 'http://***@[broken/x.mar'],
  [
    'https://s3/x.mar?X-Amz-Signature=SECRET&X-Amz-Date=1&token=SECRET',
    'https://s3/x.mar?X-Amz-Signature=***&X-Amz-Date=1&token=***',
  ],
] as const) {
  test(`${source} is shown as ${shown}`, () => assert.is(publicSource(source), shown));
}

test('of the target of a request, the source that it names is shown as a source', () => {
  const secret = encodeURIComponent('http://u:SECRET@h/x.mar?sig=SECRET');
  assert.is(
    publicTarget(`/models?batch_size=2&url=${secret}&synchronous=true`),
    '/models?batch_size=2&url=http://***@h/x.mar?sig=***&synchronous=true',
  );
  for (const target of ['/ping', '/models?url=x.mar&%', '/predictions/m?x=http%3A%2F%2Fh%2Fa'])
    assert.is(publicTarget(target), target);
});

test('a secret in the source of a model is in no answer and in no line of the log', () =>
  withWeb(
    (_request, response) => response.writeHead(404).end(),
    (url) =>
      withRunner(
        {},
        async (runner) => {
          for (const source of [
            url.replace('//', '//user:SECRET-42@'),
            'http://user:SECRET-42@127.0.0.1:1',
            'http://user:SECRET-42@[',
            `${url}/y.mar?sig=SECRET-42`,
          ]) {
            const asked = encodeURIComponent(`${source}/x.mar`);
            const answer = await runner.manage('POST', `/models?url=${asked}`);
            assert.ok(answer.status >= 400);
            assert.not.match(await answer.text(), /SECRET-42/, source);
          }
          assert.not.match(JSON.stringify(runner.log), /SECRET-42/);
          assert.ok(runner.log.some(({ event }) => event === 'access'));
        },
        { accessLog: true },
      ),
  ));

/** What a host was asked with. */
const seen = (request: IncomingMessage, response: ServerResponse): void => {
  response.end(JSON.stringify([request.headers.authorization ?? null, request.headers['x-key'] ?? null]));
};
const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

test('a login comes from the netrc for its own host, and the URL goes before it', async () => {
  const folder = layFolder({
    netrc: '# a note\nmachine other.example login eve password NO-1\nmacdef init\nmachine 127.0.0.1 login mac\n\n',
    good: 'machine 127.0.0.1\n  login joe\n  account x\n  password "P 7\\"x"\ndefault login any password NO-2\n',
    rest: 'default login any password NO-2\n',
  });
  try {
    await withWeb(seen, async (url) => {
      const ask = async (file: string, address = url) =>
        JSON.parse(await download(`${address}/x.mar`, { env: { NETRC: join(folder.path, file) } }))[0];
      assert.is(await ask('good'), basic('joe:P 7"x'));
      assert.is(await ask('good', url.replace('//', '//ann:PASS-7@')), basic('ann:PASS-7'));
      assert.is(await ask('netrc'), null);
      assert.is(await ask('rest'), null, 'default is nobody');
      const home = { HOME: folder.path };
      assert.equal(JSON.parse(await download(`${url}/x.mar`, { env: home })), [null, null], 'no .netrc');
      folder.write({ '.netrc': 'machine 127.0.0.1 login home password h' });
      assert.is(JSON.parse(await download(`${url}/x.mar`, { env: home }))[0], basic('home:h'));
      const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => ask('absent'));
      assert.match(error.message, /absent of NETRC cannot be read/);
    });
  } finally {
    folder.remove();
  }
});

test('headers for a source go to its host, and not where it redirects to', () =>
  withWeb(seen, (other) =>
    withWeb(
      (request, response) => {
        if (request.url === '/x.mar') seen(request, response);
        else response.writeHead(302, { location: request.url === '/near' ? '/x.mar' : `${other}/x.mar` }).end();
      },
      async (url) => {
        const sourceHeaders = readSourceHeaders(['X-Key:  K-7', 'Authorization: Bearer B-7'], [`${url}/near`, 'x.mar']);
        const ask = async (address: string) => JSON.parse(await download(address, { sourceHeaders }));
        assert.equal(await ask(`${url}/x.mar`), ['Bearer B-7', 'K-7']);
        assert.equal(await ask(`${url}/near`), ['Bearer B-7', 'K-7']);
        assert.equal(await ask(`${url}/far`), [null, null]);
        assert.equal(await ask(`${other}/x.mar`), [null, null]);
        for (const said of ['ann:p', 'ann:', ':p'])
          assert.equal(await ask(`${url.replace('//', `//${said}@`)}/x.mar`), [basic(said), 'K-7']);
      },
    ),
  ));

test('a header that is none is refused without its value, and one that no source could get', async () => {
  for (const wrong of ['SECRET-7', ': SECRET-7', 'X-Key:', 'X-Key: SECRET-7\r\nX-More: 1', 'X Key: SECRET-7']) {
    const error = await rejectsWith('ERR_CONFIG', async () => readSourceHeaders([wrong], ['http://h/x.mar']));
    assert.match(error.message, "expected 'Name: value'");
    assert.not.match(`${error.message} ${error.hint}`, /SECRET-7/);
  }
  const error = await rejectsWith('ERR_CONFIG', async () => readSourceHeaders(['X-Key: SECRET-7'], ['x.mar']));
  assert.match(error.message, 'no source of the start is a URL');
  assert.is(readSourceHeaders([], ['x.mar']), undefined);
});

test('not modified is an answer only to who has something: without an ETag it is a failure', () =>
  withWeb(
    (_, response) => response.writeHead(304).end(),
    async (url) => {
      const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => download(`${url}/m.mar`));
      assert.match(error.message, /^Failed to download model from: .*\/m\.mar, code: 304$/);
    },
  ));

test('only a redirection is followed, not what merely names another place', () =>
  withWeb(
    (request, response) => {
      if (request.url === '/other.mar') response.end('followed');
      else response.writeHead(Number(request.url?.slice(1, 4)), { location: '/other.mar' }).end();
    },
    async (url) => {
      for (const status of [300, 404, 503]) {
        const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => download(`${url}/${status}.mar`));
        assert.match(error.message, `code: ${status}`);
      }
      for (const status of [301, 308]) assert.is(await download(`${url}/${status}.mar`), 'followed');
    },
  ));

test('a host with several addresses that all refuse is said with all their reasons', async () => {
  let closed = '';
  await withWeb(
    () => {},
    async (url) => {
      closed = url.replace('127.0.0.1', 'localhost');
    },
  );
  const error = await rejectsWith('ERR_MODEL_DOWNLOAD', () => download(`${closed}/m.mar`));
  assert.match(error.message, /was not reached: (connect ECONNREFUSED \S+)(, connect \S+ \S+)*\.$/);
});

test.run();
