import { test } from 'uvu';
import { CONTENT_RULES } from '#check/rules/archive/content.js';
import { attack } from '../../rule-fixtures/fixture.js';
import { pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

await tellRules(CONTENT_RULES, [
  ['a good archive', pythonFiles(), []],
  [
    'an entry larger than any disk',
    attack('zip-zip64-size'),
    [
      'MAR112 entry "a.txt" reaches beyond the entries @ a.txt; found 4611686018427388000 bytes at 55; expected an end before 189',
    ],
  ],
  [
    'the same in the local header',
    attack('zip-extra-lengths-local'),
    [
      'MAR111 the two headers of entry "a.txt" disagree about its extra field @ a.txt; found impossible lengths, or one block twice; expected a list of fields',
    ],
  ],
  [
    'stream readers see another name than the listing shows',
    attack('zip-local-name'),
    ['MAR111 the two headers of entry "a.txt" disagree about its name @ a.txt; found ../../; expected a.txt'],
  ],
  [
    'stored to some, deflated to others',
    attack('zip-local-method'),
    ['MAR111 the two headers of entry "a.txt" disagree about its compression method @ a.txt; found 8; expected 0'],
  ],
  [
    'sound to some, broken to others',
    attack('zip-local-crc'),
    ['MAR111 the two headers of entry "a.txt" disagree about its CRC-32 @ a.txt; found 1; expected 15728186'],
  ],
  [
    'encrypted to stream readers only',
    attack('zip-local-flags'),
    ['MAR111 the two headers of entry "a.txt" disagree about its flags @ a.txt; found 1; expected 0'],
  ],
  [
    'another size for readers that look at the local field',
    attack('zip-local-zip64'),
    [
      'MAR111 the two headers of entry "a.txt" disagree about its zip64 sizes @ a.txt; found none or contradicting ones; expected 10',
    ],
  ],
  [
    'another size behind the data than in the directory',
    attack('zip-descriptor-lies'),
    ['MAR111 the data descriptor of entry "a.txt" does not match the central directory @ a.txt'],
  ],
  ['content that no check can see', attack('zip-encrypted'), ['MAR113 entry "a" is encrypted @ a']],
  [
    'Python reads it, the real servers do not',
    attack('zip-method-bzip2'),
    [
      'MAR114 entry "a" is compressed in a way that servers cannot read @ a; found method 12; expected 0 (stored) or 8 (deflated)',
    ],
  ],
  [
    'stored, yet larger inside than out',
    attack('zip-stored-sizes'),
    ['MAR124 entry "a" is stored, but its two sizes differ @ a; found 800; expected 5'],
  ],
  [
    'Multi Model Server cannot find its end',
    attack('zip-stored-descriptor'),
    ['MAR115 entry "a" is stored with its size behind the data @ a'],
  ],
  [
    'content changed after packing',
    attack('zip-crc-stored'),
    ['MAR125 entry "a" does not match its CRC-32 @ a; found 0x6d6ee72d; expected 0x00000007'],
  ],
  ['not a deflate stream', attack('zip-deflate-broken'), ['MAR126 entry "a" has broken compressed data @ a']],
  [
    'says 100 bytes and inflates to eight million: stopped at the first byte too many',
    attack('zip-deflate-longer'),
    ['MAR124 entry "zeros" holds more than was announced @ zeros; found over 100 bytes; expected 100'],
  ],
  [
    'less content than announced',
    attack('zip-deflate-shorter'),
    ['MAR124 entry "a" holds less than was announced @ a; found 800 bytes; expected 801'],
  ],
  [
    'bytes behind the end of the deflate stream that nobody inflates',
    attack('zip-deflate-trailing'),
    ['MAR126 entry "a" has data behind the end of its deflate stream @ a'],
  ],
  [
    'readers that prefer the Unicode Path field see another name',
    attack('zip-second-name'),
    [
      'MAR111 entry "seen" carries a second, different name @ seen; found ../evil',
      'MAR111 the two headers of entry "seen" disagree about its name @ seen; found ../evil; expected seen',
    ],
  ],
  [
    'a field that reaches beyond its header',
    attack('zip-extra-lengths'),
    ['MAR111 entry "a.txt" has an extra field with impossible lengths, or one block twice @ a.txt'],
  ],
  [
    'an entry behind the end of the file',
    attack('zip-offset-beyond'),
    [
      'MAR112 there is no header of entry "a.txt" at its place @ a.txt; found offset 2147483647; expected a header before 169',
    ],
  ],
  [
    'listed, but another entry is at its place',
    attack('zip-listed-only'),
    [
      'MAR111 the two headers of entry "b.txt" disagree about its CRC-32 @ b.txt; found 1405311601; expected 1935341984',
      'MAR111 the two headers of entry "b.txt" disagree about its compressed size @ b.txt; found 73; expected 11',
      'MAR111 the two headers of entry "b.txt" disagree about its name @ b.txt; found MAR-INF/MANIFEST.json; expected b.txt',
      'MAR111 the two headers of entry "b.txt" disagree about its size @ b.txt; found 73; expected 11',
      'MAR125 entry "b.txt" does not match its CRC-32 @ b.txt; found 0xfe3f17c5; expected 0x735af9a0',
    ],
  ],
]);

test.run();
