import { writeFileSync } from 'node:fs';
import type { ProblemCode } from '#archive/problem.js';
import { type Attack, MANIFEST } from './attack.js';
import { extraField, type ForgedEntry, forgeZip } from './forge-zip.js';

type Row = readonly [name: string, entries: string | Buffer | readonly ForgedEntry[], expect: ProblemCode, why: string];

const LINK = 0o120777;
const unicodePath = (name: string): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.from([1]), Buffer.alloc(4), Buffer.from(name)]));
const deep = (levels: number): string => `${'d/'.repeat(levels)}f`;
const data = 'x';

const REFUSED: readonly Row[] = [
  [
    'slip',
    '../evil',
    'ERR_ENTRY_PATH',
    'zip slip: joined to the target it is a file beside it (Multi Model Server 1.1.11 writes it)',
  ],
  ['slip-deep', '../../../../../../tmp/evil', 'ERR_ENTRY_PATH', 'zip slip up to the root'],
  ['slip-inner', 'a/../../evil', 'ERR_ENTRY_PATH', 'passes a check of the first characters only'],
  ['slip-end', 'a/..', 'ERR_ENTRY_PATH', 'is the target itself after normalising'],
  ['slip-bare', '..', 'ERR_ENTRY_PATH', 'is the parent of the target'],
  ['slip-folder', '../evil/', 'ERR_ENTRY_PATH', 'makes a folder outside; folders are not listed but still checked'],
  ['absolute', '/tmp/evil', 'ERR_ENTRY_PATH', 'path.resolve and Python os.path.join drop the target'],
  ['absolute-double', '//server/share/evil', 'ERR_ENTRY_PATH', 'a network path on Windows'],
  ['root', '/', 'ERR_ENTRY_NAME', 'the root as a folder'],
  ['drive', 'C:/evil', 'ERR_ENTRY_PATH', 'absolute on Windows'],
  ['drive-relative', 'c:evil', 'ERR_ENTRY_PATH', 'relative to the current folder of another drive on Windows'],
  ['backslash-slip', '..\\evil', 'ERR_ENTRY_PATH', 'a step upwards on Windows only'],
  ['backslash-unc', '\\\\server\\share', 'ERR_ENTRY_PATH', 'a network path on Windows only'],
  ['backslash', 'a\\b', 'ERR_ENTRY_PATH', 'a file here, a folder there'],
  ['dot-slash', './service.mjs', 'ERR_ENTRY_PATH', 'a second spelling of a name that a check has seen'],
  ['double-slash', 'a//b', 'ERR_ENTRY_PATH', 'a second spelling of a name that a check has seen'],
  ['dot-inside', 'a/./b', 'ERR_ENTRY_PATH', 'a second spelling of a name that a check has seen'],
  [
    'nul',
    'model.onnx\0.txt',
    'ERR_ENTRY_NAME',
    'C programs stop at the NUL, so the extension that was checked is not the one that is written',
  ],
  ['newline', 'a\nb', 'ERR_ENTRY_NAME', 'breaks listings and logs that are one line per file'],
  ['escape', '\u001b[2Jcleared', 'ERR_ENTRY_NAME', 'clears the terminal of whoever lists the archive'],
  ['bidi', 'lebom\u202exnno.exe', 'ERR_ENTRY_NAME', 'shows as another extension than it has'],
  ['byte-order-mark', '\ufeffservice.mjs', 'ERR_ENTRY_NAME', 'looks like a name that it is not'],
  ['empty-name', '', 'ERR_ENTRY_NAME', 'is the target itself'],
  ['latin1', Buffer.from('mod\xe8le', 'latin1'), 'ERR_ENTRY_NAME', 'every reader guesses another character set'],
  [
    'overlong',
    Buffer.from('c0aec0ae2f6576696c', 'hex'),
    'ERR_ENTRY_NAME',
    'overlong UTF-8 for "../", which a lax decoder turns into it',
  ],
  ['surrogate', Buffer.from('eda080', 'hex'), 'ERR_ENTRY_NAME', 'half a surrogate pair: not UTF-8'],
  ['name-300', 'n'.repeat(300), 'ERR_LIMIT_PATH', 'no file system takes it: half of the archive would be written'],
  ['path-1100', `${'p'.repeat(200)}/`.repeat(5) + 'p'.repeat(95), 'ERR_LIMIT_PATH', 'beyond what many systems take'],
  ['deep-65', deep(65), 'ERR_LIMIT_PATH', 'a tree that costs its reader more than its writer'],
  [
    'case-clash',
    [
      { name: 'Service.mjs', data },
      { name: 'service.mjs', data },
    ],
    'ERR_ENTRY_CLASH',
    'one overwrites the other on macOS and Windows',
  ],
  [
    'form-clash',
    [
      { name: '\u00e9', data },
      { name: 'e\u0301', data },
    ],
    'ERR_ENTRY_CLASH',
    'one file on macOS, two on Linux',
  ],
  [
    'folder-clash',
    [
      { name: 'a', data },
      { name: 'a/b', data },
    ],
    'ERR_ENTRY_CLASH',
    'cannot both be written; which one is left differs',
  ],
  [
    'folder-case-clash',
    [
      { name: 'A', data },
      { name: 'a/b', data },
    ],
    'ERR_ENTRY_CLASH',
    'the same where case is ignored',
  ],
  [
    'folder-clash-hidden',
    [
      { name: 'a', data },
      { name: 'a!', data },
      { name: 'a/b', data },
    ],
    'ERR_ENTRY_CLASH',
    'the same with a name that sorts between',
  ],
  [
    'through-link',
    [
      { name: 'out', data: '/tmp', mode: LINK },
      { name: 'out/evil', data },
    ],
    'ERR_ENTRY_CLASH',
    'unpackers that make links write through it to the outside',
  ],
  ['device-char', [{ name: 'zero', mode: 0o020666 }], 'ERR_ENTRY_SPECIAL', 'an endless file'],
  ['device-block', [{ name: 'disk', mode: 0o060666 }], 'ERR_ENTRY_SPECIAL', 'the disk as a file'],
  ['pipe', [{ name: 'pipe', mode: 0o010666 }], 'ERR_ENTRY_SPECIAL', 'whoever opens it waits for ever'],
  ['socket', [{ name: 'socket', mode: 0o140666 }], 'ERR_ENTRY_SPECIAL', 'not a file'],
  [
    'folder-as-file',
    [{ name: 'folder', mode: 0o040755 }],
    'ERR_ENTRY_SPECIAL',
    'a folder to some readers, a file to others',
  ],
  ['folder-with-data', [{ name: 'folder/', data }], 'ERR_ENTRY_SPECIAL', 'bytes that no listing of files shows'],
  [
    'second-name',
    [{ name: 'seen', data, both: { extra: extraField(0x7075, Buffer.from('\u0001____../evil')) } }],
    'ERR_ENTRY_HEADER',
    'readers that prefer the Unicode Path field see another name',
  ],
  [
    'duplicate',
    [
      { name: 'a', data: '1' },
      { name: 'a', data: '2' },
    ],
    'ERR_ENTRY_DUPLICATE',
    'a check sees the first, the server loads the last',
  ],
  [
    'duplicate-manifest',
    [{ ...MANIFEST, data: '{}' }],
    'ERR_ENTRY_DUPLICATE',
    'the manifest that is checked is not the one that is used',
  ],
  [
    'link-absolute',
    [{ name: 'passwd', data: '/etc/passwd', mode: LINK }],
    'ERR_ENTRY_LINK_OUT',
    'unpackers that make links give the handler a file of the host',
  ],
  [
    'link-upwards',
    [{ name: 'a/b', data: '../../x', mode: LINK, deflate: true }],
    'ERR_ENTRY_LINK_OUT',
    'one step more than the folder is deep',
  ],
  ['link-drive', [{ name: 'a', data: 'C:\\x', mode: LINK }], 'ERR_ENTRY_LINK_OUT', 'absolute on Windows'],
  [
    'link-long',
    [{ name: 'a', data: 'x/'.repeat(4000), mode: LINK }],
    'ERR_ENTRY_LINK_OUT',
    'no system follows it, and no check reads it',
  ],
  [
    'marked-once',
    [{ name: 'mod\u00e8le.bin', data, local: { flags: 0 } }],
    'ERR_ENTRY_HEADER',
    'a stream reader sees another name than one that lists',
  ],
  [
    'second-name-again',
    [
      {
        name: 'seen',
        data,
        both: {
          extra: Buffer.concat([unicodePath('seen'), unicodePath('../evil')]),
        },
      },
    ],
    'ERR_ENTRY_HEADER',
    'a checker takes the first Unicode Path field, Info-ZIP the last',
  ],
];

const TOLERATED: readonly Row[] = [
  [
    'unmarked',
    [{ name: 'mod\u00e8le.bin', data, both: { flags: 0 } }],
    'ERR_ENTRY_NAME_ENCODING',
    'UTF-8 for Java, code page 437 for Python',
  ],
  ['windows-device', 'con.txt', 'ERR_ENTRY_NAME_WINDOWS', 'the console on Windows'],
  ['windows-stream', 'model.onnx:hidden', 'ERR_ENTRY_NAME_WINDOWS', 'an alternate data stream on Windows'],
  ['windows-dot', 'service.mjs.', 'ERR_ENTRY_NAME_WINDOWS', 'Windows drops the dot and overwrites service.mjs'],
  [
    'link',
    [{ name: 'again', data: 'MAR-INF/MANIFEST.json', mode: LINK }],
    'ERR_ENTRY_LINK_AS_TEXT',
    'unpackers that make links give the handler a file, the others a path',
  ],
];

function attack([name, entries, expect, why]: Row, when: Attack['when']): Attack {
  const list =
    typeof entries === 'string' || Buffer.isBuffer(entries)
      ? [{ name: entries, ...(String(entries).endsWith('/') ? {} : { data }) }]
      : entries;
  return {
    name: `zip-${name}`,
    why,
    expect,
    when,
    plant: (path) => writeFileSync(path, forgeZip([...list, MANIFEST])),
  };
}

/** Names, kinds and clashes of entries in an otherwise sound zip. */
export const ZIP_NAMES: readonly Attack[] = [
  ...REFUSED.map((row) => attack(row, 'open')),
  ...TOLERATED.map((row) => attack(row, 'warn')),
];
