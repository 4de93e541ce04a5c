import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSourceHeaders } from '#serve/config/source-headers.js';
import { layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { download, type Listener, withVariables, withWeb } from './downloading.js';

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

test('a password in a URL is kept where its own host redirects, by a path or a whole address', async () => {
  await withVariables({}, () =>
    withWeb(
      (request, response) => {
        if (request.url === '/x.mar') response.end(request.headers.authorization ?? 'nothing');
        else {
          const whole = request.url === '/whole' ? `http://${request.headers.host}` : '';
          response.writeHead(302, { location: `${whole}/x.mar` }).end();
        }
      },
      async (url) => {
        for (const path of ['/path', '/whole'])
          assert.is(await download(`${url.replace('//', '//joe:pw@')}${path}`), basic('joe:pw'), path);
      },
    ),
  );
});

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

test.run();
