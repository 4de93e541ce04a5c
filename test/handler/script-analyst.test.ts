import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScriptAnalyst } from '#handler/script-analyst.js';
import { rejectsWith } from '../support/rejects.js';

const SOURCE = 'export function handle(batch) { return batch; }\n';

test('a source that takes too long is refused, with the limits, and so is every other that waits', async () => {
  const analyst = new ScriptAnalyst({ seconds: 0.001, memoryMib: 512 });
  try {
    const both = await Promise.all(
      ['a.mjs', 'b.mjs'].map((path) => rejectsWith('ERR_SCRIPT_ANALYSIS', () => analyst.analyse(SOURCE, path))),
    );
    for (const error of both) {
      assert.is(error.message, 'the handler could not be analysed in 0.001 s and 512 MiB');
      assert.is(error.kind, 'limit');
    }
  } finally {
    await analyst.close();
  }
});

test('one process answers in the order of the questions; once closed it is asked nothing', async () => {
  const analyst = new ScriptAnalyst();
  try {
    const found = await Promise.all([analyst.analyse(SOURCE, 'a.mjs'), analyst.analyse('export { x', 'b.mjs')]);
    assert.equal(
      found.map(({ exports, syntaxErrors }) => [exports.map(({ name }) => name), syntaxErrors.length > 0]),
      [
        [['handle'], false],
        [[], true],
      ],
    );
  } finally {
    await analyst.close();
  }
  let refusal: unknown;
  await analyst.analyse(SOURCE, 'c.mjs').catch((error: unknown) => {
    refusal = error;
  });
  assert.match(String(refusal), /the analyst is closed/);
});

test.run();
