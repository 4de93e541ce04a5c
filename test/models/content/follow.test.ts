import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import type { LoadedFile } from '#models/content/findings.js';
import { followFile } from '#models/content/follow.js';
import { nameOf } from '#models/pickle/uses.js';
import { type TorchKind, torchKind } from '#models/torch/torch-kind.js';
import { forgeZip } from '../../hostile/forge-zip.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const gzipSync = (data: Buffer): Buffer => zlib.gzipSync(data);
const deflateSync = (data: Buffer): Buffer => zlib.deflateSync(data);

const DICTIONARY = latin('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.');
const ATTACK = latin('\x80\x02cposix\nsystem\nq\x00U\x02id\x85R.');
const TENSORS = latin('\x80\x02ccollections\nOrderedDict\nctorch._utils\n_rebuild_tensor_v2\nctorch\nFloatStorage\n.');
const CLASS = latin('\x80\x02cmodel\nNet\n)\x81.');
/** What the pickles in front of the object hold: magic number, protocol version, system. */
const NUMBER = latin('\x80\x02K\x05.');

type Listed = readonly (readonly [name: string, data: Buffer])[];
const zipped = (...entries: Listed): Buffer => forgeZip(entries.map(([name, data]) => ({ name, data })));
const deflated = (data: Buffer, method = 8): Buffer =>
  forgeZip([{ name: 'state/data.pkl', data, deflate: true, both: { method } }]);

/** Three thousand entries with long names: their list is longer than the first look at the end of the file. */
const MANY: Listed = Array.from({ length: 3000 }, (_, index) => [`state/data/${index}${'x'.repeat(60)}`, latin('x')]);

/** Writes the checksum that every tar has. */
const checked = (header: Buffer): void => {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
};

const tar = (name: string, data: Buffer): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(data.length.toString(8).padStart(11, '0'), 124);
  header.write('ustar\x0000', 257);
  checked(header);
  return Buffer.concat([header, data, Buffer.alloc(1536 - data.length)]);
};
/** An entry that is empty by its header, and not by the one in front of it. */
const extendedTar = (record: string): Buffer => {
  const length = record.length + 4;
  const empty = tar('pickle', Buffer.alloc(0)).subarray(0, 512);
  const extended = Buffer.from(tar('pax', latin(`${length} ${record}\n`)));
  extended.write('x', 156);
  checked(extended.subarray(0, 512));
  return Buffer.concat([
    extended.subarray(0, 512),
    latin(`${length} ${record}\n`.padEnd(512, '\0')),
    empty,
    ATTACK,
    Buffer.alloc(1536),
  ]);
};
const npy = (header: string, data: Buffer = Buffer.alloc(0), version = 1): Buffer => {
  const size = Buffer.alloc(version > 1 ? 4 : 2);
  size.writeUInt16LE(header.length);
  return Buffer.concat([latin(`\x93NUMPY${String.fromCharCode(version)}\x00`), size, latin(header), data]);
};

const read = (content: Buffer, name = 'model.pt'): Promise<LoadedFile> => followFile(contentOf(content), name);
/** `called posix.system in state/data.pkl`, for each use. */
const told = ({ uses }: LoadedFile): string[] =>
  uses.map((use) => `${use.how} ${nameOf(use)}${use.where === '' ? '' : ` in ${use.where}`}`);

const CUT = 'the zip has no readable directory: it is cut off';
const FAULTS: readonly (readonly [what: string, content: Buffer, fault: string])[] = [
  ['nothing', Buffer.alloc(0), 'the file is empty'],
  ['a Git LFS pointer', latin('version https://git-lfs'), 'it is neither a zip nor a pickle'],
  ['two bytes of a zip', latin('PK'), 'it is neither a zip nor a pickle'],
  ['the first bytes of a zip', latin('PK\x03\x04'), CUT],
  ['a zip without its end', zipped(['state/data.pkl', DICTIONARY]).subarray(0, -22), CUT],
  [
    'the legacy format, cut off',
    Buffer.concat([NUMBER, DICTIONARY, CLASS.subarray(0, -1)]),
    'the pickle ends before its STOP',
  ],
  [
    'an attack before it stops to be a pickle',
    latin('cposix\nsystem\nv'),
    'byte 0x76 is not an instruction of a pickle',
  ],
];

for (const [what, content, fault] of FAULTS)
  test(`a PyTorch file that is none: ${what}`, async () => {
    assert.is((await read(content)).fault, fault);
  });

const KINDS: readonly (readonly [what: string, content: Buffer, kind: TorchKind])[] = [
  ['text', latin('text'), 'unknown'],
  ['a zip without data.pkl', zipped(['state/version', latin('3')]), 'unknown'],
  ['a zip with data.pkl at its top', zipped(['data.pkl', DICTIONARY]), 'unknown'],
  ['an empty dictionary', zipped(['state/data.pkl', DICTIONARY]), 'state-dict'],
  ['a dictionary of tensors', zipped(['state/data.pkl', TENSORS], ['state/data/0', latin('0000')]), 'state-dict'],
  ['a whole module', zipped(['net/data.pkl', CLASS]), 'module'],
  ['TorchScript by its constants', zipped(['net/data.pkl', CLASS], ['net/constants.pkl', NUMBER]), 'torchscript'],
  ['TorchScript by its code', zipped(['net/data.pkl', CLASS], ['net/code/net.py', latin('')]), 'torchscript'],
  ['a bare pickle', CLASS, 'legacy'],
];

for (const [what, content, kind] of KINDS)
  test(`what a file is for PyTorch: ${what}`, async () => {
    const file = await read(content);
    assert.is(torchKind(file), kind);
  });

const ATTACKS: readonly (readonly [what: string, content: Buffer, name: string, found: string])[] = [
  ['in data.pkl', zipped(['state/data.pkl', ATTACK]), 'm.pt', ' in state/data.pkl'],
  ['in front of many tensors', zipped(['state/data.pkl', ATTACK], ...MANY), 'm.pt', ' in state/data.pkl'],
  ['in a second folder', zipped(['a/data.pkl', NUMBER], ['b/data.pkl', ATTACK]), 'm.pt', ' in b/data.pkl'],
  ['in another entry', zipped(['a/data.pkl', NUMBER], ['a/extra', ATTACK]), 'm.pt', ' in a/extra'],
  ['deflated', deflated(ATTACK), 'm.pt', ' in state/data.pkl'],
  [
    'behind bytes that move the zip',
    Buffer.concat([latin('#!/bin/sh\n'), zipped(['d/data.pkl', ATTACK])]),
    'm.x',
    ' in d/data.pkl',
  ],
  ['a bare pickle of protocol 0', latin('cposix\nsystem\n(S"id"\ntR.'), 'm.pt', ''],
  ['the same in a text', latin('cposix\nsystem\n(S"id"\ntR.'), 'README.md', ''],
  ['the same without its end', latin('cposix\nsystem\n(S"id"\ntR'), 'README.md', ''],
  ['named safetensors', ATTACK, 'm.safetensors', ''],
  ['without a name of a model', ATTACK, 'weights', ''],
  ['gzip', gzipSync(ATTACK), 'm.pkl.gz', ''],
  ['zlib, with a gzip in it', deflateSync(gzipSync(ATTACK)), 'm.joblib', ''],
  ['gzip and tar', gzipSync(tar('pickle', ATTACK)), 'm.nemo', ' in pickle'],
  ['the old compression of joblib', Buffer.concat([latin(`ZF${'0x10'.padEnd(19)}`), deflateSync(ATTACK)]), 'm.pkl', ''],
  ['a tar', tar('pickle', ATTACK), 'm.pt', ' in pickle'],
  ['objects of numpy', npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", ATTACK), 'a.npy', ''],
  [
    'the same in its second version',
    npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", ATTACK, 2),
    'a',
    '',
  ],
  ['objects in a zip of numpy', zipped(['a.npy', npy("{'descr': '|O8', 'shape': ()}", ATTACK)]), 'a.npz', ' in a.npy'],
  ['a zip in a zip', zipped(['a/m.pt', zipped(['d/data.pkl', ATTACK])]), 'm.bin', ' in a/m.pt/d/data.pkl'],
  [
    'the fourth of the five pickles of the legacy format',
    Buffer.concat([NUMBER, NUMBER, NUMBER, ATTACK, latin('\x80\x02].'), latin('\x08\x00\x00\x00')]),
    'm.pth',
    '',
  ],
  [
    'behind a picture',
    Buffer.concat([latin('\x89PNG\r\n'), Buffer.alloc(500), ATTACK]),
    'a.png',
    ' in the pickle at byte 508',
  ],
  [
    'behind lines of a text',
    Buffer.concat([latin('cat\ndog\n---\n'), ATTACK]),
    'words.txt',
    ' in the pickle at byte 14',
  ],
  [
    'at the end of a large file',
    Buffer.concat([Buffer.alloc(3_000_000, 'a'), ATTACK]),
    'data.raw',
    ' in the pickle at byte 3000002',
  ],
  [
    'behind an array of numbers',
    Buffer.concat([npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", Buffer.alloc(4)), ATTACK]),
    'a.npy',
    ' in the pickle at byte 74',
  ],
  [
    'behind bytes that move a zip in a zip',
    zipped(['inner.zip', Buffer.concat([latin('#!/bin/sh\n'), zipped(['d.pkl', ATTACK])])]),
    'm.zip',
    ' in inner.zip/d.pkl',
  ],
  ['a tar whose sizes stand in extended headers', extendedTar(`size=${ATTACK.length}`), 'm.tar', ' in pickle'],
  [
    'bytes that torch loads inside a pickle',
    Buffer.concat([
      latin('\x80\x04ctorch.storage\n_load_from_bytes\nC'),
      Buffer.from([ATTACK.length]),
      ATTACK,
      latin('\x85R.'),
    ]),
    'm.pkl',
    ' in bytes 1',
  ],
];

for (const [what, content, name, found] of ATTACKS)
  test(`an attack is found: ${what}`, async () => {
    assert.ok(told(await read(content, name)).includes(`called posix.system${found}`));
  });

const UNPROVEN: readonly (readonly [what: string, content: Buffer, why: string])[] = [
  [
    'another compression of an entry',
    deflated(ATTACK, 95),
    'it is compressed by method 95, which is not unpacked here',
  ],
  [
    'a deflated entry that is none',
    forgeZip([{ name: 'd.pkl', data: ATTACK, both: { method: 8 } }]),
    'it cannot be unpacked',
  ],
  ['an encrypted entry', forgeZip([{ name: 'd.pkl', data: ATTACK, both: { flags: 1 } }]), 'it is encrypted'],
  ['a damaged gzip', gzipSync(ATTACK).subarray(0, 20), 'it cannot be unpacked'],
  [
    'a sparse file in a tar',
    (() => {
      const sparse = tar('pickle', ATTACK);
      sparse.write('S', 156);
      checked(sparse.subarray(0, 512));
      return sparse;
    })(),
    'it has a sparse file, which is not followed',
  ],
  [
    'the sparse form of extended headers',
    extendedTar('GNU.sparse.name=x'),
    'it has a sparse file, which is not followed',
  ],
  ['7z', latin("7z\xbc\xaf'\x1c\x00\x04"), 'it is compressed with 7z, which is not unpacked here'],
  [
    'gzip in gzip in gzip …',
    Array.from({ length: 9 }).reduce<Buffer>((data) => gzipSync(data), ATTACK),
    'it is nested deeper than any model',
  ],
];

for (const [what, content, why] of UNPROVEN)
  test(`what is not followed is said: ${what}`, async () => {
    const { unproven } = await read(content, 'model.bin');
    assert.equal(
      unproven.map((one) => one.why),
      [why],
    );
  });

test('a member of a zip that is not read to its end does not move those behind it', async () => {
  const text = createHash('shake256', { outputLength: 400_000 }).update('seed').digest('base64');
  const zip = forgeZip([
    { name: 'pip/cacert.pem', data: Buffer.from(text), deflate: true },
    { name: 'pip/core.json', data: Buffer.from('{"a": [1, 2, 3]}'), deflate: true },
    { name: 'pip/py.typed', data: Buffer.from('none'), deflate: true },
  ]);
  const late = async () => {
    const source = await contentOf(zip).open();
    const read = async (length: number) => {
      const bytes = await source.read(Math.min(length, 65_536));
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      return bytes;
    };
    return { ...source, read };
  };
  const { unproven, fault } = await followFile({ size: zip.length, open: late }, 'pip.whl');
  assert.equal(unproven, []);
  assert.is(fault, undefined);
});

test('source in a file of torch is handed on where it is not the code of TorchScript', async () => {
  const seen: string[] = [];
  const constants = ['m/constants.pkl', NUMBER] as const;
  const script = latin('class Net(Module):\n  def forward(self: __torch__.Net) -> Tensor:\n    return torch.relu(x)\n');
  await followFile(
    contentOf(
      zipped(constants, ['m/code/net.py', script], ['m/code/evil.py', latin('import os\n')], ['evil.py', script]),
    ),
    'lib.zip',
    async (where) => {
      seen.push(where);
    },
  );
  assert.equal(seen, ['m/code/evil.py', 'evil.py']);
});

test('texts and numbers are not taken for pickles', async () => {
  for (const [name, text] of [
    ['labels.txt', 'cat\ndog\nbird\n'],
    ['words.txt', 'cat\ndog\nis\nos\nsystem\n'],
    ['weights.bin', 'cat\ndog\nbird\n'],
    ['extern_modules', 'collections\ntorch._utils\nos\n'],
    ['more.txt', 'words\ncos\nsystem\ncos\nsin\n'],
    ['service.py', 'import os\nimport sys\n'],
    ['model.dat', '\x00\x00\x80?\x00\x00\x00@'],
    [
      'numbers.npy',
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", latin('cposix\nsystem\n')).toString('latin1'),
    ],
  ] as const) {
    const { uses, codes, unproven, pickles } = await read(latin(text), name);
    assert.equal([uses, codes, unproven, pickles], [[], [], [], 0], name);
  }
});

test('the header of an array that is code', async () => {
  const { codes } = await read(npy("{'descr': __import__('os').system('id')}"), 'a.npy');
  assert.is(codes.length, 1);
});

const packed = (type: string, name: string, data: Buffer, magic = 'ustar\x0000'): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(data.length.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  header.write(magic, 257);
  checked(header);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
};

test('a tar is known by its checksum, and its entries by their whole names', async () => {
  const long = `${'folder/'.repeat(30)}model.py`;
  const record = `${long.length + 10} path=${long}\n`;
  const seen: string[] = [];
  const source = latin('x = 1\n');
  const bytes = Buffer.concat([
    packed('0', 'old.pkl', ATTACK, ''),
    packed('L', '././@LongLink', Buffer.from(`${long}\0`)),
    packed('0', long.slice(0, 100), source),
    packed('x', 'PaxHeader', Buffer.from(record)),
    packed('0', 'short', source),
    packed('0', 'other.py', source),
    Buffer.alloc(1024),
  ]);
  const file = await followFile(contentOf(bytes), 'x.tar', async (where) => void seen.push(where));
  assert.equal(told(file), ['called posix.system in old.pkl']);
  assert.equal(seen, [long, long, 'other.py']);
  assert.equal(file.unproven, []);
});

test('a folder in a field of its own belongs to the name of an entry of a tar', async () => {
  const bytes = packed('0', 'a.py', latin('x'));
  bytes.write('some/folder', 345);
  checked(bytes.subarray(0, 512));
  const seen: string[] = [];
  await followFile(contentOf(bytes), 'x.tar', async (where) => void seen.push(where));
  assert.equal(seen, ['some/folder/a.py']);
});

test('source in zips and tars is handed on, but for that of TorchScript', async () => {
  const seen: [string, string][] = [];
  const take = async (where: string, bytes: Buffer): Promise<void> => void seen.push([where, bytes.toString()]);
  const wheel = zipped(['dep/a.py', latin('A')], ['dep/b.txt', latin('B')], ['dep.pth', latin('C')]);
  await followFile(contentOf(zipped(['in.whl', wheel], ['d.pyw', latin('D')])), 'x.zip', take);
  await followFile(contentOf(gzipSync(packed('0', 'setup.py', latin('E')))), 'x.tar.gz', take);
  await followFile(contentOf(zipped(['m/constants.pkl', DICTIONARY], ['m/code/a.py', latin('F')])), 'x.pt', take);
  assert.equal(seen, [
    ['in.whl/dep/a.py', 'A'],
    ['in.whl/dep.pth', 'C'],
    ['d.pyw', 'D'],
    ['setup.py', 'E'],
  ]);
});

test('a pickle without a protocol is known by what goes on behind plain data, and one behind another by its first bytes', async () => {
  const plain = Array.from({ length: 600 }, (_, at) => `S'key${at}'\nI${at}\ns`).join('');
  const late = latin(`(dp0\n${plain}S'z'\ncos\nsystem\n(S'id'\ntRs.`);
  assert.equal(told(await read(late, 'weights')), ['called os.system']);
  assert.equal(told(await read(Buffer.concat([latin('N.'), ATTACK]), 'weights')), ['called posix.system']);
  for (const text of ['a text of words. '.repeat(400), 'N.', 'N.\x80', "S'x'\n".repeat(1000)])
    assert.equal((await read(latin(text), 'vocabulary')).uses, [], text.slice(0, 10));
});

test('what a bound of ours leaves unread is a scan that was stopped, and so is an unusual filter', async () => {
  const large = zipped(['in.zip', zipped(['pad', Buffer.alloc(65 * 1024 * 1024)], ['a.pkl', ATTACK])]);
  const stopped = async (content: Buffer, name: string): Promise<boolean[]> =>
    (await read(content, name)).unproven.map(({ isStopped }) => isStopped);
  assert.equal(await stopped(large, 'a.zip'), [true]);
  assert.equal(await stopped(Buffer.concat([latin('BZh9'), Buffer.alloc(33 * 1024 * 1024)]), 'a.bz2'), [true]);
  const delta = '/Td6WFoAAATm1rRGAgEDAQAhARZ5IMTuAQADgIRK4AAoU+MAXfw9pAABHARvLJzBH7bzfQEAAAAABFla';
  assert.equal(await stopped(Buffer.from(delta, 'base64'), 'a.xz'), [true]);
});

test.run();
