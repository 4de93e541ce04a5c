import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
import { withRunner } from '../../support/runner.js';

const EXAMPLE = 'examples/image-classifier/model';
const PICTURE = readFileSync(join(EXAMPLE, 'MAR-INF/tests/chelsea.png'));

/** The children of this process that have ONNX Runtime, and the files with weights that each has mapped: device and inode. */
function mappedWeights(): string[][] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const maps = children.map((pid) => readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n'));
  return maps
    .filter((lines) => lines.some((line) => line.includes('libonnxruntime')))
    .map((lines) => {
      const weights = lines.filter((line) => line.endsWith('/weights.bin'));
      return [...new Set(weights.map((line) => line.split(/\s+/).slice(3, 5).join(' ')))];
    });
}

async function answers(
  archive: string,
  properties: string,
): Promise<{ readonly texts: string[]; readonly mapped: string[][] }> {
  const result = { texts: [] as string[], mapped: [] as string[][] };
  await withRunner(
    {},
    async (runner) => {
      await runner.ready;
      result.mapped.push(...mappedWeights());
      for (let time = 0; time < 4; time++) {
        const answer = await runner.predict('image', PICTURE, { headers: { 'content-type': 'image/png' } });
        assert.is(answer.status, 200);
        result.texts.push(await answer.text());
      }
    },
    { archives: [archive], workers: 2, properties },
  );
  return result;
}

test(
  'with share_weights all workers of a model map one file, and answer as without it',
  inFolder({}, async ({ path }) => {
    await pack({ modelName: 'image', modelPath: EXAMPLE, handler: 'service.ts', exportPath: path });
    const archive = join(path, 'image.mar');
    const alone = await answers(archive, '');
    assert.equal(alone.mapped, [[], []]);
    const shared = await answers(archive, 'share_weights=true\n');
    assert.is(shared.mapped[0]?.length, 1);
    assert.equal(shared.mapped[1], shared.mapped[0]);
    assert.equal(shared.texts, alone.texts);
  }),
);

test('with a sandbox it is refused', async () => {
  await withRunner({}, async () => {}, { properties: 'share_weights=true\nsandbox=true\n' }).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /share_weights and sandbox are on/),
  );
});

test.run();
