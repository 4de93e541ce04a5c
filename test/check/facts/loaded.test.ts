import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Archive } from '#archive/archive.js';
import { PackedReview } from '#check/facts/code.js';
import type { Loadable } from '#check/facts/integrity.js';
import { followLoadable, type LoadedEntry } from '#check/facts/loaded.js';
import { OwnClasses } from '#check/facts/own-classes.js';
import { MarError } from '#errors/mar-error.js';
import { AllowList } from '#models/pickle/judge.js';
import type { How } from '#models/pickle/uses.js';
import { rejectsWith } from '../../support/rejects.js';
import { archiveOf } from './archive-of.js';

const ATTACK = '\x80\x02cposix\nsystem\nU\x02id\x85R.';
const NET = '\x80\x02cnets\nNet\n)\x81.';
const FILES = { 'a.pkl': Buffer.from(ATTACK, 'latin1'), 'b.pkl': Buffer.from(NET, 'latin1') };

const follow = (
  archive: Archive,
  entries: readonly Loadable[],
  allowed = new AllowList(),
  signal?: AbortSignal,
): Promise<LoadedEntry[]> =>
  followLoadable(archive, entries, allowed, new PackedReview(), new OwnClasses(archive), signal);

test('each entry is followed, from the bytes at hand or from the archive, and its uses are judged', async () => {
  const archive = archiveOf(FILES);
  const [a, b] = archive.entries;
  if (a === undefined || b === undefined) throw new Error('two entries');
  const told = async (texts: readonly string[]): Promise<unknown[]> =>
    (await follow(archive, [{ entry: a }, { entry: b, content: FILES['b.pkl'] }], new AllowList(texts))).map(
      ({ entry, file, dangerous, unlisted }) => [
        entry.path,
        file.pickles,
        dangerous.map(({ module, name }) => `${module}.${name}`),
        unlisted.map(({ module, name }) => `${module}.${name}`),
      ],
    );
  assert.equal(await told([]), [
    ['a.pkl', 1, ['posix.system'], []],
    ['b.pkl', 1, [], ['nets.Net']],
  ]);
  assert.equal(await told(['nets.*']), [
    ['a.pkl', 1, ['posix.system'], []],
    ['b.pkl', 1, [], []],
  ]);
  assert.equal(await follow(archive, []), []);
  const other = { entry: b, content: FILES['a.pkl'] };
  const [found] = await follow(archive, [other]);
  assert.is(found?.dangerous.length, 1, 'what is at hand is not read again');
});

const DATA = [
  'from collections import namedtuple',
  'from dataclasses import dataclass, field',
  'import enum',
  'import torch.nn as nn',
  "Point = namedtuple('Point', 'x y')",
  '@dataclass(frozen=True)',
  'class Config:',
  '    size: int = 3',
  '',
  '    names: list = field(default_factory=list)',
  'class Color(enum.Enum):',
  '    RED = 1',
  'class Net(nn.Module):',
  '    def __init__(self):',
  '        super().__init__()',
  '    def forward(self, x):',
  '        return x',
  'class Small(Net):',
  '    pass',
  '',
].join('\n');

test("classes of the archive's own source, which only keep their state, may stand in its pickles", async () => {
  const holds = (how: How, name: string, source = DATA, module = 'nets', more = {}): Promise<boolean> =>
    new OwnClasses(archiveOf({ [`${module.replaceAll('.', '/')}.py`]: source, ...more })).holds({ module, name, how });
  for (const name of ['Point', 'Config', 'Color', 'Net', 'Small']) assert.ok(await holds('made', name), name);
  assert.ok(await holds('called', 'Color'));
  assert.ok(await holds('made', 'Net', DATA, 'lib.nets'));
  for (const name of ['Point', 'Config', 'Net', 'Other']) assert.not.ok(await holds('called', name), name);
  assert.not.ok(await holds('changed', 'Net'));
  for (const [what, source] of [
    ['a method that unpickling calls', DATA.replace('def forward', 'def __setstate__')],
    ['another of Python', DATA.replace('def forward', 'def __hash__')],
    ['a method that fills it', DATA.replace('def forward', 'def append')],
    ['an attribute that fills it', DATA.replace('    RED = 1', '    RED = 1\n    append = print')],
    ['another base', DATA.replace('nn.Module', 'Strange')],
    ['a metaclass', DATA.replace('nn.Module', 'metaclass=Meta')],
    ['another decorator', DATA.replace('class Net', '@register\nclass Net')],
    ['a second definition', `${DATA}\nNet = print\n`],
    ['another name for it', `${DATA}\nfrom x import y as Net\n`],
    ['all names of another module', `from x import *\n${DATA}`],
    ['a change from outside', `${DATA}\nsetattr(Net, 'x', print)\n`],
    ['a base of a module of the archive', DATA.replace('import torch.nn as nn', 'from helper import nn')],
    ['a base that is imported twice', `${DATA}if True:\n    from helper import nn\n`],
    ['a base that is set', `${DATA}nn = print\n`],
    ['a decorator that is not the one of Python', DATA.replace('from dataclasses import', 'from helper import')],
    ['constants that are none', DATA.replace('import enum', 'import helper as enum')],
    ['a circle of bases', DATA.replace('class Net(nn.Module)', 'class Net(Small)')],
    ['a program that is started', `${DATA}\nimport os\ndef f(x): os.system(x)\n`],
  ] as const)
    assert.not.ok(
      (await holds('made', 'Net', source)) &&
        (await holds('made', 'Color', source)) &&
        (await holds('made', 'Config', source)),
      what,
    );
  assert.not.ok(await holds('made', 'Net', DATA, 'mailcap'), 'a module of the standard library');
  assert.not.ok(await holds('made', 'Net', DATA, 'nets', { 'nets/other.py': '' }), 'a package comes first');
  assert.not.ok(await holds('made', 'Net', DATA, 'nets', { 'torch/nn.py': '' }), 'the base is another one');
  assert.not.ok(
    await holds('made', 'Big', DATA.replace('class Small(Net)', 'class Big(dict)').concat('dict = print\n')),
    'a type that is set',
  );
  assert.ok(await holds('made', 'Big', DATA.replace('class Small(Net)', 'class Big(dict)')));
  assert.not.ok(
    await holds('made', 'Pair', DATA.replace('Point = named', 'Pair = other')),
    'a function of the archive makes it',
  );
  assert.not.ok(await holds('made', 'Net', DATA, 'nets', { 'nets.cpython-311.so': '' }), 'a library comes first');
  assert.not.ok(
    await holds('made', 'Net', DATA, 'nets', { 'b.py': 'import os\nos.system("x")\n' }),
    'another source runs commands',
  );
  assert.not.ok(
    await holds('called', 'Color', DATA.replace('RED = 1', 'RED = 1\n    def f(self): pass')),
    'a method of a constant',
  );
});

test('a layer of a module of the archive is its own', async () => {
  const model = JSON.stringify({ class_name: 'Scale', module: 'layers.own', config: {} });
  const codes = async (files: Readonly<Record<string, string>>): Promise<number | undefined> => {
    const archive = archiveOf({ 'model.json': model, ...files });
    const [entry] = archive.entries;
    if (entry === undefined) throw new Error('an entry');
    return (await follow(archive, [{ entry }]))[0]?.file.codes.length;
  };
  assert.is(await codes({}), 1);
  assert.is(await codes({ 'layers/own.py': DATA }), 0);
  assert.is(await codes({ 'layers/own.py': 'import os\nos.system("x")\n' }), 1);
});

test('an interruption stops before the next entry', async () => {
  const archive = archiveOf(FILES);
  const controller = new AbortController();
  controller.abort(new MarError('stopped', { code: 'ERR_INTERRUPTED' }));
  const entries = archive.entries.map((entry) => ({ entry }));
  await rejectsWith('ERR_INTERRUPTED', () => follow(archive, entries, new AllowList(), controller.signal));
});

test.run();
