import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Rewriting, sharedModel } from '#service/onnx/shared-weights.js';
import { inFolder } from '../support/model-folder.js';

const LARGE = Buffer.alloc(4 * 2 ** 20, 1);
const copied = async ({ optimizedModelFilePath }: Rewriting): Promise<void> =>
  writeFileSync(optimizedModelFilePath, 'rewritten');

/** Runs a test with the directory that a server names. */
const withServer = (run: (path: string, model: string, weights: string) => Promise<void>): (() => Promise<void>) =>
  inFolder({ 'small.onnx': 'x', 'model.onnx': LARGE }, async ({ path }) => {
    const weights = join(path, 'weights');
    process.env['MAR_SHARED_WEIGHTS'] = weights;
    try {
      await run(path, join(path, 'model.onnx'), weights);
    } finally {
      delete process.env['MAR_SHARED_WEIGHTS'];
    }
  });

test(
  'without a server that wants it, and for a small model, there is no copy',
  withServer(async (path, model) => {
    const asked: string[] = [];
    const rewrite = async ({ optimizedModelFilePath }: Rewriting): Promise<void> => {
      asked.push(optimizedModelFilePath);
    };
    assert.is(await sharedModel(join(path, 'small.onnx'), rewrite), undefined);
    delete process.env['MAR_SHARED_WEIGHTS'];
    assert.is(await sharedModel(model, rewrite), undefined);
    assert.equal(asked, []);
  }),
);

test(
  'several that ask at once have it made once, and another content is another copy',
  withServer(async (_path, model, weights) => {
    let made = 0;
    const rewrite = (options: Rewriting): Promise<void> => {
      made++;
      return copied(options);
    };
    const [one = '', ...others] = await Promise.all([1, 2, 3].map(() => sharedModel(model, rewrite)));
    assert.match(one, /weights\/[0-9a-f]{16}\/model\.onnx$/);
    assert.equal(others, [one, one]);
    assert.is(made, 1);
    assert.is(readdirSync(weights).length, 1);
    writeFileSync(model, Buffer.concat([LARGE, LARGE]));
    const other = await sharedModel(model, rewrite);
    assert.match(other ?? '', /model\.onnx$/);
    assert.is.not(other, one);
  }),
);

test(
  'where it cannot be made there is none, and nothing of it is left',
  withServer(async (_path, model, weights) => {
    const full = async (options: Rewriting): Promise<void> => {
      await copied(options);
      throw new Error('no space left');
    };
    assert.is(await sharedModel(model, full), undefined);
    assert.equal(readdirSync(weights), []);
  }),
);

test(
  'nobody waits for one that has ended in the middle of it',
  withServer(async (path, model) => {
    const made = dirname((await sharedModel(model, copied)) ?? '');
    renameSync(made, join(path, 'aside'));
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    writeFileSync(`${made}.maker`, String(ended.pid));
    assert.is(await sharedModel(model, copied), undefined);
  }),
);

test.run();
