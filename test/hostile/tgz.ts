import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { ProblemCode } from '#archive/problem.js';
import { type Attack, MANIFEST } from './attack.js';
import { type ForgedMember, forgeTar, forgeTgz, paxRecord } from './forge-tar.js';

type Row = readonly [name: string, bytes: () => Buffer, expect: ProblemCode, why: string, when?: Attack['when']];

const MiB = 2 ** 20;
const data = 'x';
const holding =
  (...members: ForgedMember[]) =>
  () =>
    forgeTgz([...members, MANIFEST]);
const sound = (): Buffer => forgeTgz([{ name: 'a', data }, MANIFEST]);
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[copy.length + at] = (copy[copy.length + at] ?? 0) ^ 0xff;
  return copy;
};

const ROWS: readonly Row[] = [
  ['slip', holding({ name: '../evil', data }), 'ERR_ENTRY_PATH', 'tar slip'],
  ['slip-folder', holding({ name: '../evil/', type: '5' }), 'ERR_ENTRY_PATH', 'makes a folder outside'],
  ['absolute', holding({ name: '/tmp/evil', data }), 'ERR_ENTRY_PATH', 'an absolute path'],
  [
    'pax-slip',
    holding({ name: 'pax', type: 'x', data: paxRecord('path', '../evil') }, { name: 'seen', data }),
    'ERR_ENTRY_PATH',
    'the pax header gives another name than the plain one',
  ],
  [
    'gnu-slip',
    holding({ name: '././@LongLink', type: 'L', data: `../${'evil'.repeat(30)}\0` }, { name: 'seen', data }),
    'ERR_ENTRY_PATH',
    'the same with a GNU long name',
  ],
  [
    'global-pax-slip',
    holding({ name: 'pax', type: 'x', data: paxRecord('path', 'a\\..\\evil') }, { name: 'seen', data }),
    'ERR_ENTRY_PATH',
    'the same with backslashes',
  ],
  ['newline', holding({ name: 'a\nb', data }), 'ERR_ENTRY_NAME', 'breaks listings'],
  [
    'latin1',
    holding({ name: Buffer.from('mod\xe8le', 'latin1'), data }),
    'ERR_ENTRY_NAME',
    'every reader guesses another character set',
  ],
  [
    'symlink',
    holding({ name: 'out', type: '2', link: '/etc/passwd' }),
    'ERR_ENTRY_LINK_OUT',
    'unpackers make it: the handler reads a file of the host',
  ],
  [
    'through-link',
    holding({ name: 'out', type: '2', link: '/tmp' }, { name: 'out/evil', data }),
    'ERR_ENTRY_LINK_OUT',
    'writes through the link to the outside',
  ],
  [
    'symlink-inside',
    holding({ name: 'again', type: '2', link: 'MAR-INF/MANIFEST.json' }),
    'ERR_ENTRY_LINK',
    'not followed',
  ],
  [
    'hard-link-upwards',
    holding({ name: 'a/b', type: '1', link: '../x' }),
    'ERR_ENTRY_LINK_OUT',
    'counts from the top of the archive, not from its folder',
  ],
  [
    'hard-link',
    holding({ name: 'shadow', type: '1', link: '/etc/shadow' }),
    'ERR_ENTRY_LINK_OUT',
    'a second name for a file of the host',
  ],
  ['device-char', holding({ name: 'zero', type: '3' }), 'ERR_ENTRY_SPECIAL', 'an endless file'],
  ['device-block', holding({ name: 'disk', type: '4' }), 'ERR_ENTRY_SPECIAL', 'the disk as a file'],
  ['pipe', holding({ name: 'pipe', type: '6' }), 'ERR_ENTRY_SPECIAL', 'whoever opens it waits for ever'],
  [
    'sparse',
    holding({ name: 'sparse', type: 'S' }),
    'ERR_ENTRY_SPECIAL',
    'a GNU sparse file: a terabyte from a kilobyte',
  ],
  [
    'duplicate',
    holding({ name: 'a', data: '1' }, { name: 'a', data: '2' }),
    'ERR_ENTRY_DUPLICATE',
    'a check sees the first, unpacking leaves the last',
  ],
  ['case-clash', holding({ name: 'A', data }, { name: 'a', data }), 'ERR_ENTRY_CLASH', 'one overwrites the other'],
  ['folder-clash', holding({ name: 'a', data }, { name: 'a/b', data }), 'ERR_ENTRY_CLASH', 'cannot both be written'],
  ['cut', () => sound().subarray(0, -20), 'ERR_ARCHIVE_TRUNCATED', 'a download that stopped'],
  ['magic-only', () => Buffer.from('1f8b', 'hex'), 'ERR_ARCHIVE_TRUNCATED', 'the first two bytes of a gzip'],
  ['crc', () => flipped(sound(), -6), 'ERR_ARCHIVE_DAMAGED', 'the checksum of the gzip is wrong'],
  ['broken', () => flipped(sound(), -40), 'ERR_ARCHIVE_DAMAGED', 'a byte changed in the middle'],
  [
    'suffix',
    () => Buffer.concat([sound(), Buffer.from('smuggled')]),
    'ERR_ARCHIVE_TRAILING',
    'data behind the gzip that no reader shows',
  ],
  [
    'suffix-zeros',
    () => Buffer.concat([sound(), Buffer.alloc(100)]),
    'ERR_ARCHIVE_TRAILING',
    'the same with zeros, which gzip forgives',
  ],
  [
    'two-gzips',
    () => Buffer.concat([sound(), forgeTgz([{ name: 'b', data }])]),
    'ERR_ARCHIVE_AMBIGUOUS',
    'a second archive behind the first: tar stops before it, other readers go on',
  ],
  [
    'behind-end',
    () => gzipSync(Buffer.concat([forgeTar([MANIFEST]), forgeTar([{ name: 'b', data }])])),
    'ERR_ARCHIVE_AMBIGUOUS',
    'the same inside one gzip',
  ],
  ['not-a-tar', () => gzipSync('just some text, '.repeat(100)), 'ERR_ARCHIVE_DAMAGED', 'a gzip of something else'],
  ['empty-gzip', () => gzipSync(''), 'ERR_ARCHIVE_DAMAGED', 'a gzip of nothing'],
  ['empty-tar', () => forgeTgz([]), 'ERR_ARCHIVE_DAMAGED', 'a tar of nothing'],
  [
    'member-cut',
    () => gzipSync(forgeTar([{ name: 'a', data: 'x'.repeat(600) }]).subarray(0, 800)),
    'ERR_ARCHIVE_TRUNCATED',
    'a tar that ends in a file, in a gzip that is whole',
  ],
  ['checksum', holding({ name: 'a', data, checksum: '000000\0 ' }), 'ERR_ARCHIVE_DAMAGED', 'a header that was changed'],
  ['format', holding({ name: 'a', data, magic: 'nonsense' }), 'ERR_ARCHIVE_DAMAGED', 'no tar format that is known'],
  ['size-text', holding({ name: 'a', data, size: 'not a number' }), 'ERR_ARCHIVE_DAMAGED', 'a size that is no number'],
  [
    'size-negative',
    holding({ name: 'a', data, size: Buffer.alloc(12, 0xff) }),
    'ERR_ARCHIVE_DAMAGED',
    'a negative size: readers that go back read for ever',
  ],
  [
    'size-huge',
    holding({ name: 'a', data, size: '77777777777\0' }),
    'ERR_ARCHIVE_TRUNCATED',
    'eight gigabytes announced, none there',
  ],
  [
    'pax-size',
    holding({ name: 'pax', type: 'x', data: paxRecord('size', '99999999999') }, { name: 'a', data }),
    'ERR_ARCHIVE_TRUNCATED',
    'another size in the pax header',
  ],
  [
    'pax-huge',
    () => forgeTgz([{ name: 'pax', type: 'x', data: Buffer.alloc(5 * MiB, 'x') }, MANIFEST]),
    'ERR_ARCHIVE_DAMAGED',
    'a header of five megabytes, which readers hold in memory',
  ],
  [
    'bomb',
    () => forgeTgz([{ name: 'zeros', data: Buffer.alloc(64 * MiB) }, MANIFEST]),
    'ERR_LIMIT_RATIO',
    'a gzip bomb: stopped while it inflates',
  ],
];

/** Gzipped tars. */
export const TGZ: readonly Attack[] = ROWS.map(([name, bytes, expect, why, when = 'open']) => ({
  name: `tgz-${name}`,
  why,
  expect,
  when,
  plant: (path) => writeFileSync(path, bytes()),
}));
