import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { withRunner } from '../../support/runner.js';
import { download, withVariables, withWeb } from './downloading.js';

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

test.run();
