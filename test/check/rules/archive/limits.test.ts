import { test } from 'uvu';
import { LIMIT_RULES } from '#check/rules/archive/limits.js';
import { attack } from '../../rule-fixtures/fixture.js';
import { pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

await tellRules(LIMIT_RULES, [
  ['a good archive', pythonFiles(), []],
  [
    'a million million entries: whoever makes the list first is out of memory',
    attack('zip-zip64-count'),
    ['MAR127 it has too many entries; found 1099511627776; expected at most 100000'],
  ],
  [
    'three hundred empty files with comments that fill the memory of whoever lists them',
    attack('zip-directory-18-MB'),
    ['MAR127 its central directory is too large; found 18014590 bytes; expected at most 16777216'],
  ],
  [
    'a gzip bomb: stopped while it inflates',
    attack('tgz-bomb'),
    ['MAR129 it unpacks the way gzip bombs do; found over 250 to 1'],
  ],
  [
    'an entry larger than any disk',
    attack('zip-zip64-size'),
    ['MAR128 its entries unpack to too much; found 4611686018427388000 bytes; expected at most 274877906944'],
  ],
  [
    'a tree that costs its reader more than its writer',
    attack('directory-deep'),
    [`MAR130 entry "${'d/'.repeat(58)}d..." is more than 64 folders deep @ ${'d/'.repeat(58)}d...`],
  ],
  [
    'no file system takes it: half of the archive would be written',
    attack('zip-name-300'),
    [`MAR130 entry "${'n'.repeat(117)}..." has a name over 255 bytes @ ${'n'.repeat(117)}...`],
  ],
  [
    'beyond what many systems take',
    attack('zip-path-1100'),
    [`MAR130 entry "${'p'.repeat(117)}..." is longer than 1024 bytes @ ${'p'.repeat(117)}...`],
  ],
  [
    'a thousand to one: the plain zip bomb',
    attack('zip-bomb-ratio'),
    ['MAR129 its entries together unpack the way zip bombs do; found 1024 to 1; expected at most 250 to 1'],
  ],
]);

test.run();
