import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#check/validate.js';
import { MarError } from '#errors/mar-error.js';
import { pack } from '#index.js';
import { inFolder } from '../support/model-folder.js';

test(
  'progress counts each archive once, whatever could not be found or run',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    for (const modelName of ['a', 'b']) {
      await pack({ modelName, modelPath: join(path, 'm'), exportPath: path, handler: 'service:handle' });
    }
    const seen: (readonly number[])[] = [];
    const onArchive = (_path: string, done: number, total: number): void => {
      seen.push([done, total]);
    };
    const absent = async (): Promise<never> => {
      throw new MarError('There is no interpreter.', { code: 'ERR_INTERPRETER_NOT_FOUND' });
    };
    const paths = ['a.mar', 'none.mar', 'b.mar'];
    const { archives, failures } = await validate(paths, { cwd: path, run: true, concurrency: 1, onArchive }, absent);
    assert.equal(seen, [
      [1, 2],
      [2, 2],
    ]);
    assert.equal([archives.length, failures.length], [2, 3]);
  }),
);

test.run();
