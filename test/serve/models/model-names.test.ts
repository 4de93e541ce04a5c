import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../../support/runner.js';

const ALIVE = 'export const handle = (batch) => batch.map(() => "alive");';

test('a name that addresses cannot hold is taken, as by the peers, and said', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    assert.is((await runner.manage('POST', '/models?url=m&initial_workers=1&model_name=a%20b')).status, 200);
    const registered = runner.log.find(({ event }) => event === 'model-registered');
    assert.is(registered?.level, 'warn');
    assert.match(registered?.hint ?? '', '/predictions/a%20b');
    assert.is((await runner.predict('a%20b')).status, 200);
  });
});

test('a name that is not Unicode is refused, and nothing of it stays', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    const file = join(runner.store, 'm', 'MAR-INF', 'MANIFEST.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    manifest.model.modelName = 'half \ud800';
    await writeFile(file, JSON.stringify(manifest));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await runner.manage('POST', '/models?url=m');
      assert.is(answer.status, 400);
      assert.match(await answer.text(), 'is not Unicode');
    }
    assert.equal(await (await runner.manage('GET', '/models')).json(), { models: [] });
  });
});

test('a name that no address can say is 400, and nothing of it stays', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    const names = [
      ['..', 'folder'],
      ['.', 'folder'],
      ['a\nb', 'control'],
      ['x'.repeat(2049), 'longer'],
    ] as const;
    for (const [name, fault] of names) {
      const answer = await runner.manage('POST', `/models?url=m&model_name=${encodeURIComponent(name)}`);
      assert.is(answer.status, 400, name);
      assert.match(await answer.text(), fault);
    }
    assert.equal(await (await runner.manage('GET', '/models')).json(), { models: [] });
    for (const name of ['a b', 'a/b', '/', '//x/', 'modèle', '...', '100%', 'x'.repeat(2048)]) {
      const path = encodeURIComponent(name);
      assert.is((await runner.manage('POST', `/models?url=m&model_name=${path}`)).status, 200, name);
      assert.is((await runner.manage('GET', `/models/${path}`)).status, 200, name);
      assert.is((await runner.manage('DELETE', `/models/${path}`)).status, 200, name);
    }
  });
});

test.run();
