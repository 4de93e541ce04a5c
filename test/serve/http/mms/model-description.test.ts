import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../../../support/runner.js';

const ALIVE = 'export const handle = (batch) => batch.map(() => "alive");';

test('OPTIONS answers the OpenAPI document of the archive, or one of ours; a broken one is named', async () => {
  await withRunner({ own: ALIVE, plain: ALIVE, broken: ALIVE }, async (runner) => {
    const document = { openapi: '3.0.1', info: { title: 'Cats', version: '1' }, paths: { '/predictions/own': {} } };
    await writeFile(join(runner.store, 'own/MAR-INF/openapi.json'), JSON.stringify(document));
    await writeFile(join(runner.store, 'broken/MAR-INF/openapi.json'), '{}');
    for (const name of ['own', 'plain', 'broken']) await runner.manage('POST', `/models?url=${name}`);
    const describe = (name: string) => fetch(`${runner.inferenceUrl}/predictions/${name}`, { method: 'OPTIONS' });
    assert.equal(await (await describe('own')).json(), document);
    const plain = (await (await describe('plain')).json()) as typeof document;
    assert.is(plain.info.title, 'RESTful API for: plain');
    const broken = await describe('broken');
    assert.is(broken.status, 500);
    assert.match(
      await broken.text(),
      /MAR-INF\/openapi\.json of model broken is not an OpenAPI document: it has no field openapi/,
    );
  });
});

test.run();
