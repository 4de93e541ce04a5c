import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingChromium, withChromium } from '../../support/chromium.js';
import { freePort } from '../../support/recording.js';
import { type Runner, withRunner } from '../../support/runner.js';
import { testUnless } from '../../support/test-unless.js';

/** Answers what it is sent, as many handlers do: without a type, or as the page that it seems to be. */
const REFLECT = `
export const handle = (batch, context) => batch.map((request, index) => {
  if (request.type) context.setResponseContentType(index, String(request.type));
  for (const header of ['X-Content-Type-Options', 'Content-Security-Policy']) context.setResponseHeader(index, header, '');
  return String(request.say);
});`;

/** A page that registers the model `stolen`, and ends loading only when that is answered or refused. */
const attack = (management: string): string => `<!doctype html><title>page</title><p>text</p><script>
document.querySelector('p').textContent = 'the script ran';
const ask = new XMLHttpRequest();
ask.open('POST', '${management}/models?url=m&model_name=stolen&initial_workers=0', false);
try { ask.send(); } catch {}
</script>`;

/** Registers the reflecting model, lets the page do what it can, and tells which models are there afterwards. */
async function modelsAfter(runner: Runner, visit: () => Promise<unknown>): Promise<string[]> {
  const seen = (): string[] =>
    runner.log.filter(({ event }) => event === 'model-registered').map(({ model = '' }) => model);
  assert.equal(seen(), ['m']);
  await visit();
  return seen();
}

const ways = [
  ['without a type', ''],
  ['as a page', '&type=text/html'],
  ['as XHTML', '&type=application/xhtml%2Bxml'],
  ['as an image of lines', '&type=image/svg%2Bxml'],
] as const;

for (const shared of [false, true]) {
  testUnless(
    missingChromium,
    test,
    `a page that a handler answers can neither run nor register a model, ${shared ? 'with both APIs at one address' : 'from the inference port'}`,
    async () => {
      const address = `http://127.0.0.1:${shared ? await freePort() : 0}`;
      await withRunner(
        { m: REFLECT },
        async (runner) => {
          await withChromium(async (browser) => {
            const models = await modelsAfter(runner, async () => {
              for (const [name, type] of ways) {
                const page = encodeURIComponent(attack(runner.managementUrl));
                const text = await browser.open(`${runner.inferenceUrl}/m/predict?say=${page}${type}`);
                assert.not.match(text, /^the script ran/, name);
              }
            });
            assert.equal(models, ['m']);
          });
        },
        {
          inferenceAddress: address,
          managementAddress: address,
          models: ['m'],
          workers: 1,
        },
      );
    },
  );
}

testUnless(missingChromium, test, 'a page at another port of this machine runs, and registers nothing', async () => {
  await withRunner(
    { m: REFLECT },
    async (runner) => {
      const site = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html').end(attack(runner.managementUrl));
      }).listen(0, '127.0.0.1');
      await once(site, 'listening');
      const { port } = site.address() as AddressInfo;
      try {
        await withChromium(async (browser) => {
          const models = await modelsAfter(runner, async () => {
            for (const host of ['127.0.0.1', 'localhost'])
              assert.match(await browser.open(`http://${host}:${port}/`), /the script ran/);
          });
          assert.equal(models, ['m']);
        });
      } finally {
        site.closeAllConnections();
        site.close();
      }
    },
    { models: ['m'], workers: 1 },
  );
});

test.run();
