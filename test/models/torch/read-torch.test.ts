import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { readTorch, type TorchFile } from '#models/torch/read-torch.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { inFolder } from '../../support/model-folder.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const DICTIONARY = latin('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.');
const ATTACK = latin('\x80\x02cposix\nsystem\nq\x00U\x02id\x85R.');
const TENSORS = latin('\x80\x02ccollections\nOrderedDict\nctorch._utils\n_rebuild_tensor_v2\nctorch\nFloatStorage\n.');
const CLASS = latin('\x80\x02cmodel\nNet\n)\x81.');
/** What the pickles in front of the object hold: magic number, protocol version, system. */
const NUMBER = latin('\x80\x02K\x05.');

type Listed = readonly (readonly [name: string, data: Buffer])[];
const zipped = (...entries: Listed): Buffer => forgeZip(entries.map(([name, data]) => ({ name, data })));

const state = (globals: readonly string[], kind: TorchFile['kind'], end: number): TorchFile => ({
  kind,
  scan: { globals, end },
});
const unknown = (fault: string): TorchFile => ({ kind: 'unknown', fault });

/** Three thousand entries with long names: their list is longer than the first look at the end of the file. */
const MANY: Listed = Array.from({ length: 3000 }, (_, index) => [`state/data/${index}${'x'.repeat(60)}`, latin('x')]);

const deflated = (data: Buffer, method = 8): Buffer =>
  forgeZip([{ name: 'state/data.pkl', data, deflate: true, both: { method } }]);

const FILES: readonly (readonly [what: string, content: Buffer, read: TorchFile])[] = [
  ['nothing', Buffer.alloc(0), unknown('the file is empty')],
  ['a Git LFS pointer', latin('version https://git-lfs'), unknown('it is neither a zip nor a pickle')],
  ['two bytes of a zip', latin('PK'), unknown('it is neither a zip nor a pickle')],
  [
    'the first bytes of a zip',
    latin('PK\x03\x04'),
    unknown('the zip inside it has no readable directory: it is cut off'),
  ],
  [
    'a zip without its end',
    zipped(['state/data.pkl', DICTIONARY]).subarray(0, -22),
    unknown('the zip inside it has no readable directory: it is cut off'),
  ],
  ['a zip without data.pkl', zipped(['state/version', latin('3')]), unknown('it is a zip without data.pkl')],
  ['a zip with data.pkl at its top', zipped(['data.pkl', DICTIONARY]), unknown('it is a zip without data.pkl')],
  [
    'an empty dictionary',
    zipped(['state/data.pkl', DICTIONARY]),
    state(['collections.OrderedDict'], 'state-dict', DICTIONARY.length),
  ],
  [
    'a dictionary of tensors',
    zipped(['state/data.pkl', TENSORS], ['state/data/0', latin('0000')]),
    state(
      ['collections.OrderedDict', 'torch._utils._rebuild_tensor_v2', 'torch.FloatStorage'],
      'state-dict',
      TENSORS.length,
    ),
  ],
  ['a whole module', zipped(['net/data.pkl', CLASS]), state(['model.Net'], 'module', CLASS.length)],
  [
    'TorchScript by its constants',
    zipped(['net/data.pkl', CLASS], ['net/constants.pkl', NUMBER]),
    state(['model.Net'], 'torchscript', CLASS.length),
  ],
  [
    'TorchScript by its code',
    zipped(['net/data.pkl', CLASS], ['net/code/net.py', latin('')]),
    state(['model.Net'], 'torchscript', CLASS.length),
  ],
  ['an attack', zipped(['state/data.pkl', ATTACK]), state(['posix.system'], 'module', ATTACK.length)],
  [
    'an attack behind many tensors',
    zipped(['state/data.pkl', ATTACK], ...MANY),
    state(['posix.system'], 'module', ATTACK.length),
  ],
  [
    'an attack in a second folder',
    zipped(['a/data.pkl', DICTIONARY], ['b/data.pkl', ATTACK]),
    state(['collections.OrderedDict', 'posix.system'], 'module', ATTACK.length),
  ],
  ['an attack that is deflated', deflated(ATTACK), state(['posix.system'], 'module', ATTACK.length)],
  [
    'a deflated entry that is none',
    forgeZip([{ name: 's/data.pkl', data: ATTACK, both: { method: 8 } }]),
    unknown('its data.pkl cannot be read'),
  ],
  ['another compression', deflated(ATTACK, 12), unknown('its data.pkl cannot be read')],
  ['a bare pickle', CLASS, state(['model.Net'], 'legacy', CLASS.length)],
  ['a bare pickle of protocol 0', latin('cposix\nsystem\n(S"id"\ntR.'), state(['posix.system'], 'legacy', 24)],
  [
    'the legacy format: an attack in each of its five pickles, and raw numbers behind',
    Buffer.concat([
      NUMBER,
      DICTIONARY,
      latin('cposix\nsystem\n.'),
      CLASS,
      latin('(lp0\ncos\npopen\n.'),
      latin('cos\nabort\n.'),
    ]),
    state(['collections.OrderedDict', 'posix.system', 'model.Net', 'os.popen'], 'legacy', 16),
  ],
  [
    'the legacy format, cut off',
    Buffer.concat([NUMBER, DICTIONARY, CLASS.subarray(0, -1)]),
    {
      kind: 'legacy',
      scan: {
        globals: ['collections.OrderedDict', 'model.Net'],
        end: CLASS.length - 1,
        fault: 'the pickle ends before its STOP',
      },
    },
  ],
  [
    'an attack before it stops to be a pickle',
    latin('cposix\nsystem\nv'),
    {
      kind: 'legacy',
      scan: { globals: ['posix.system'], end: 14, fault: 'byte 0x76 is not an instruction of a pickle' },
    },
  ],
];

test(
  'what a file of PyTorch is, and what it would import',
  inFolder({}, async ({ path }) => {
    const mar = join(path, 'models.mar');
    writeFileSync(mar, forgeZip(FILES.map(([, data], index) => ({ name: `${index}.pt`, data }))));
    const archive = await openArchive(mar);
    try {
      for (const [index, [what, , expected]] of FILES.entries()) {
        const entry = archive.get(`${index}.pt`);
        assert.ok(entry);
        assert.equal(await readTorch(archive, entry), expected, what);
      }
    } finally {
      await archive.close();
    }
  }),
);

test.run();
