import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unreadCoding } from '#conventions/coding.js';

test('an encoding in which a line may be anything is told from the first two lines, where pip looks', () => {
  const coding = (text: string): string | undefined => unreadCoding(Buffer.from(text));
  assert.is(coding('# coding: utf-7\na\n'), 'utf-7');
  assert.is(coding('# a\n# -*- coding: rot13 -*-\na\n'), 'rot13');
  for (const text of ['', 'a\n', '# coding: latin-1\n', '#\n#\n# coding: utf-7\n', 'a # coding: utf-7\n'])
    assert.is(coding(text), undefined, text);
});

test.run();
