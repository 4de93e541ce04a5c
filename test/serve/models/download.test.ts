import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { downloadModel } from '#serve/models/download.js';
import { layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { download, OPTIONS, withWeb } from './downloading.js';

test('what stands before the @ of a URL does not make it an allowed one', async () => {
  const allowedUrls = [/^(?:http:\/\/good\.example.*)$/];
  await rejectsWith('ERR_URL_NOT_ALLOWED', () => download('http://good.example@127.0.0.1:1/x.mar', { allowedUrls }));
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

const cutOff: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'short of its length': (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('PK', () => response.destroy());
  },
  'in the middle of its chunks': (response) => {
    response.writeHead(200);
    response.write('PK', () => response.destroy());
  },
};
for (const [how, answer] of Object.entries(cutOff))
  test(`a download that is cut off ${how} fails, and nothing of it stays`, () =>
    withWeb(
      (_, response) => answer(response),
      async (url) => {
        const folder = layFolder({});
        try {
          const path = join(folder.path, 'x.mar');
          await rejectsWith('ERR_MODEL_DOWNLOAD', () => downloadModel(`${url}/x.mar`, path, OPTIONS));
          assert.not(existsSync(path));
        } finally {
          folder.remove();
        }
      },
    ));

test.run();
