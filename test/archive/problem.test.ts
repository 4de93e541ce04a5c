import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProblemList } from '#archive/problem.js';

test('five hundred problems of one kind are kept, and one that says that there are more', () => {
  const list = new ProblemList();
  for (let index = 0; index < 1500; index += 1)
    list.add('ERR_ENTRY_NAME_WINDOWS', `entry ${index}`, { entry: `${index}` });
  list.add('ERR_ENTRY_PATH', 'the only one of its kind', { entry: '../x' });
  assert.is(list.found.length, 502);
  assert.is(list.found[499]?.entry, '499');
  const more = list.found[500];
  assert.is(more?.code, 'ERR_ENTRY_NAME_WINDOWS');
  assert.is(more?.entry, undefined, 'no ignore of an entry takes it away');
  assert.match(more?.message ?? '', 'more than 500 problems');
  assert.is(list.found[501]?.entry, '../x');
});

test.run();
