import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../../support/runner.js';

const TEXT = { headers: { 'content-type': 'text/plain' } };

test('with two workers nothing is handed in advance to the one that takes long', async () => {
  // A request that names a file says that it began, and ends when the file is there.
  const code = `import { existsSync, writeFileSync } from 'node:fs';
    export const handle = async (batch) => {
      const gate = String(batch[0].body);
      if (gate !== '') writeFileSync(gate + '.began', '');
      while (gate !== '' && !existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 5));
      return batch.map(() => 'done');
    };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=2&synchronous=true');
    // Now batches count as short.
    for (let sent = 0; sent < 50; sent += 1) assert.is(await (await runner.predict('m', '', TEXT)).text(), 'done');
    const gate = join(runner.store, 'gate');
    const long = runner.predict('m', gate, TEXT);
    while (!existsSync(`${gate}.began`)) await delay(5);
    // One at a time they find the other worker idle; meanwhile the long batch becomes a long one.
    const began = performance.now();
    while (performance.now() - began < 50) await runner.predict('m', '', TEXT);
    const quick = Promise.all(Array.from({ length: 16 }, () => runner.predict('m', '', TEXT).then((it) => it.status)));
    const answered = await Promise.race([quick, delay(10_000, 'stuck behind the long batch', { ref: false })]);
    await writeFile(gate, '');
    assert.equal(
      answered,
      Array.from({ length: 16 }, () => 200),
    );
    assert.is((await long).status, 200);
  });
});

test.run();
