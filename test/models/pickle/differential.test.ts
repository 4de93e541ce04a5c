import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../../support/commands.js';
import { testUnless } from '../../support/test-unless.js';
import { compareDamaged } from './damaged-pickles.js';

testUnless(missingCommand('python3'), test, '2,000 damaged pickles are read as pickletools reads them', async () => {
  const { count, whole, differing } = await compareDamaged(20, 2000);
  assert.equal([count, differing], [2000, []]);
  assert.ok(whole > 200 && whole < 1900, String(whole));
});

test.run();
