import { test } from 'uvu';
import { CONTAINER_RULES } from '#check/rules/archive/container.js';
import { attack } from '../../rule-fixtures/fixture.js';
import { pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

await tellRules(CONTAINER_RULES, [
  ['a good archive', pythonFiles(), []],
  ['nothing at all', attack('zip-empty-file'), ['MAR101 the file is empty; found 0 bytes']],
  ['noise', attack('zip-random'), ['MAR101 the file is neither a zip nor a gzipped tar; found bytes 00000000']],
  [
    'the first four bytes of a zip',
    attack('zip-magic-only'),
    ['MAR102 it starts like a zip file, but its end record is missing'],
  ],
  [
    'a directory behind the end of the file',
    attack('zip-directory-beyond'),
    [
      'MAR103 its central directory does not fit before its end record; found 169 bytes at 2147483647; expected an end at 384',
    ],
  ],
  [
    'says that the rest is on another disk',
    attack('zip-split'),
    ['MAR104 it is one part of a zip file split over several files'],
  ],
  [
    'a zip64 record that is none',
    attack('zip-zip64-signature'),
    ['MAR105 its zip64 end record is not where its locator says; found 384'],
  ],
  ['a download that stopped', attack('tgz-cut'), ['MAR102 it ends in the middle']],
  [
    'the checksum of the gzip is wrong',
    attack('tgz-crc'),
    ['MAR103 it is not a readable gzipped tar; found incorrect data check'],
  ],
  [
    'a second archive behind the first: tar stops before it, other readers go on',
    attack('tgz-two-gzips'),
    ['MAR106 it has members behind the end marker, where some readers stop'],
  ],
  [
    'data behind the gzip that no reader shows',
    attack('tgz-suffix'),
    ['MAR108 there is data behind the end of the archive'],
  ],
  [
    'the same with zeros, which gzip forgives',
    attack('tgz-suffix-zeros'),
    ['MAR108 there is data behind the end of the archive; found 100 bytes'],
  ],
  [
    'two archives in one file: some readers see a.txt, others b.txt',
    attack('zip-archive-in-comment'),
    ['MAR107 there is data in front of the first entry; found 118 bytes'],
  ],
  [
    'an empty archive to most readers, a full one to stream readers',
    attack('zip-nothing-listed'),
    ['MAR109 there is data between the entries that its directory does not list; found 45 bytes at 0'],
  ],
  [
    'entries behind the announced number, seen by readers that do not count',
    attack('zip-count-low'),
    [
      'MAR103 its central directory holds more than the announced entries; found 67 bytes more; expected 2 entries',
      'MAR109 there is data between the entries that its directory does not list; found 124 bytes at 91',
    ],
  ],
  [
    'a directory that is none',
    attack('zip-directory-signature'),
    [
      'MAR103 its central directory ends early or is not one; found 0 entries; expected 2 entries',
      'MAR109 there is data between the entries that its directory does not list; found 169 bytes at 0',
    ],
  ],
  ['a gzip of nothing', attack('tgz-empty-gzip'), ['MAR103 its tar has no members']],
  [
    'a directory that ends in a record',
    attack('zip-directory-short'),
    [
      'MAR103 its central directory ends early or is not one; found 1 entries; expected 3 entries',
      'MAR109 there is data between the entries that its directory does not list; found 170 bytes at 45',
      'MAR109 there is data that its directory does not list; found 109 bytes',
    ],
  ],
  [
    'lists one entry to zip64 readers, three to all others',
    attack('zip-zip64-disagrees'),
    [
      'MAR103 its central directory holds more than the announced entries; found 118 bytes more; expected 1 entries',
      'MAR105 its two end records disagree about the entry count; found 3; expected 1',
      'MAR109 there is data between the entries that its directory does not list; found 170 bytes at 45',
    ],
  ],
  [
    'Python finds its zip64 record right before the locator and lists a.txt alone; others go where the locator points',
    attack('zip-zip64-twice'),
    [
      'MAR106 its zip64 end record has data behind it, so readers disagree about its content; found 163 bytes; expected 56',
    ],
  ],
  [
    'a comment longer than the file',
    attack('zip-comment-cut'),
    ['MAR102 its comment is cut off; found 480 bytes missing'],
  ],
  [
    'readers that search from the other side find another end',
    attack('zip-end-in-comment'),
    ['MAR106 its comment holds a second end record, so readers disagree about its content'],
  ],
  [
    'says that one entry is on another disk',
    attack('zip-split-entry'),
    [
      'MAR104 entry "a.txt" is in another part of a split zip file @ a.txt',
      'MAR107 there is data in front of the first entry; found 45 bytes',
    ],
  ],
  [
    'defers a size to a field that is not there',
    attack('zip-zip64-missing'),
    [
      'MAR105 entry "a.txt" has zip64 sizes that are missing or contradict its header @ a.txt',
      'MAR107 there is data in front of the first entry; found 45 bytes',
    ],
  ],
  [
    'listed, but another entry is at its place',
    attack('zip-listed-only'),
    ['MAR110 entry "MAR-INF/MANIFEST.json" shares its bytes with another entry @ MAR-INF/MANIFEST.json'],
  ],
  [
    'empty for whoever believes the listing; others read on, up to the next descriptor that is marked as one',
    attack('zip-descriptor-empty'),
    [
      'MAR136 two readers disagree about the content of entry "empty" @ empty; found data of what follows it; expected nothing',
    ],
  ],
]);

test.run();
