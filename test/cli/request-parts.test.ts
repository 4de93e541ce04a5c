import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readField } from '#cli/request-parts.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

test(
  'inputs of a form: a text, a file, the text of a file, each with a type',
  inFolder({ 'a.txt': 'hello' }, async ({ path }) => {
    for (const [text, field] of [
      ['n=a=1', { name: 'n', bytes: Buffer.from('a=1') }],
      ['n=@a.txt', { name: 'n', file: join(path, 'a.txt') }],
      ['n=<a.txt', { name: 'n', bytes: Buffer.from('hello') }],
      ['n=<a.txt;type=text/x', { name: 'n', bytes: Buffer.from('hello'), contentType: 'text/x' }],
    ] as const)
      assert.equal(readField(text, path), field, text);
    const { message, hint } = await rejectsWith('ERR_USAGE', async () => readField('n=<gone.txt', path));
    assert.is(message, `The file ${join(path, 'gone.txt')} of the input 'n=<gone.txt' cannot be read.`);
    assert.match(hint ?? '', 'whose text is sent');
    assert.match((await rejectsWith('ERR_USAGE', async () => readField('=x', path))).message, 'NAME=@FILE');
  }),
);

test.run();
