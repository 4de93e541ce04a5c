import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeFrame } from '#handler/code-frame.js';
import { chooseEntryPoint } from '#handler/entry-point.js';
import { parseHandlerReference } from '#handler/reference.js';
import { rejectsWith } from '../support/rejects.js';

test('a reference is a file, perhaps with an extension, perhaps with an entry point', () => {
  assert.equal(parseHandlerReference('service.ts'), { file: 'service.ts', extension: '.ts' });
  assert.equal(parseHandlerReference('service:handle'), { file: 'service', extension: '', entryPoint: 'handle' });
  assert.equal(parseHandlerReference('code/service.py:Svc'), {
    file: 'code/service.py',
    extension: '.py',
    entryPoint: 'Svc',
  });
  assert.equal(parseHandlerReference('my.service'), { file: 'my.service', extension: '' });
  assert.equal(parseHandlerReference('C:\\m\\service.ts'), { file: 'C:/m/service.ts', extension: '.ts' });
});

test('an incomplete reference is refused', async () => {
  for (const text of ['', ':handle', 'service:']) {
    await rejectsWith('ERR_HANDLER_REFERENCE', () => parseHandlerReference(text));
  }
});

test('the entry point is the named one, else handle, else the default, else the only one', async () => {
  assert.is(chooseEntryPoint(['handle', 'default'], undefined, 's'), 'handle');
  assert.is(chooseEntryPoint(['Service', 'default'], undefined, 's'), 'default');
  assert.is(chooseEntryPoint(['Service'], undefined, 's'), 'Service');
  assert.is(chooseEntryPoint(['a', 'b'], 'b', 's'), 'b');
  const missing = await rejectsWith('ERR_ENTRY_POINT_MISSING', () =>
    chooseEntryPoint(['handle', 'b'], 'handel', 's.ts'),
  );
  assert.match(missing.message, /did you mean 'handle'/);
  assert.match(missing.detail ?? '', /b, handle/);
  await rejectsWith('ERR_ENTRY_POINT_MISSING', () => chooseEntryPoint(['a', 'b'], undefined, 's.ts'));
});

test('a code frame has the neighbours and a caret', () => {
  assert.is(codeFrame('one\n\ttwo\nthree', { line: 2, column: 2 }), '  1 | one\n> 2 |  two\n    |  ^\n  3 | three');
});

test.run();
