import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serve } from '#index.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { type Compared, freePort, listedDifferences, onlyAddsCause, replay } from '../support/recording.js';
import { missingOwnArchives, recordingPath, withRecordedStore } from '../support/recordings.js';
import { testUnless } from '../support/test-unless.js';

const document = await readFile(new URL('../../docs/compatibility/server.md', import.meta.url), 'utf8');
const listed = listedDifferences(document);
const asked = listedDifferences(document.split('## Better on purpose')[1]?.split('\n## ')[0] ?? '');
const seen = new Map<string, Compared>();
const missing = missingOwnArchives ?? missingPeer('mms');

for (const profile of ['default', 'tuned', 'both']) {
  testUnless(missing, test, `the recording of profile ${profile} is answered as recorded or as listed`, () =>
    withRecordedStore('mms', async (store) => {
      const config = join(store, '..', `${basename(store)}.properties`);
      // The real server lets everybody manage models, at the address of its predictions too.
      await writeFile(
        config,
        `${await readFile(recordingPath(`profiles/mms-${profile}.properties`), 'utf8')}\ndisable_token_auth=true\n`,
      );
      const address = `http://127.0.0.1:${profile === 'both' ? await freePort() : 0}`;
      const server = await serve({
        modelStore: store,
        mmsConfig: config,
        inferenceAddress: address,
        managementAddress: address,
        python: peerPython('mms') ?? '',
        env: { PATH: process.env['PATH'] },
      });
      try {
        for (const compared of await replay(profile, store, server)) seen.set(compared.id, compared);
      } finally {
        await server.close();
        await rm(config);
      }
      const unlisted = [...seen.values()].filter(
        ({ id, same, diff }) => !same && !listed.has(id) && !onlyAddsCause(diff),
      );
      assert.equal(unlisted, []);
    }),
  );
}

testUnless(missing, test, 'every listed difference is one', () => {
  const gone = [...listed].filter((id) => seen.get(id)?.same !== false);
  assert.equal(gone, []);
});

testUnless(missing, test, 'where no difference was asked for, at least 95 of 100 recorded answers are the same', () => {
  const others = [...seen.values()].filter(({ id }) => !asked.has(id));
  const same = others.filter(({ same, diff }) => same || onlyAddsCause(diff));
  assert.ok(asked.size > 10 && others.length > 300, `${asked.size} asked for, ${others.length} others`);
  assert.ok(same.length >= 0.95 * others.length, `${same.length} of ${others.length}`);
});

test.run();
