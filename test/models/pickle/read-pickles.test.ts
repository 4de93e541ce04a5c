import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { AllowList, judge } from '#models/pickle/judge.js';
import { type PickleFile, type PickleLimits, readPickles } from '#models/pickle/read-pickles.js';
import { COMPUTED, type How, nameOf, type Use } from '#models/pickle/uses.js';
import { testUnless } from '../../support/test-unless.js';

const read = async (bytes: Buffer, limits?: PickleLimits): Promise<PickleFile> =>
  readPickles(await contentOf(bytes).open(), limits === undefined ? {} : { limits });
/** `called posix.system`, for each use. */
const told = ({ uses }: PickleFile): string[] => uses.map((use) => `${use.how} ${nameOf(use)}`);
const use = (module: string, name: string, how: How = 'called'): Use => ({ module, name, how, at: 0 });

/** A pickle in the alphabet of its bytes. */
const pickle = (text: string): Buffer => Buffer.from(text, 'latin1');

const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;
const POSIX = short('posix');
const SYSTEM = short('system');
/** Calls what was imported with one text, and stops. */
const CALL = `${short('id')}\x85R.`;

/** Pickles that all import `posix.system`, each by another way to the two names that STACK_GLOBAL takes. */
const SYSTEM_CALLS: Readonly<Record<string, string>> = {
  'GLOBAL, in protocol 0': 'cposix\nsystem\n(S"id"\ntR.',
  'GLOBAL, in protocol 2': '\x80\x02cposix\nsystem\nU\x02id\x85R.',
  'INST, which imports and calls': '(S"id"\niposix\nsystem\n.',
  'two short texts': `\x80\x04${POSIX}${SYSTEM}\x93${CALL}`,
  'two long texts': `\x80\x04X\x05\x00\x00\x00posix\x8d\x06\x00\x00\x00\x00\x00\x00\x00system\x93${CALL}`,
  'texts of Python 2': `\x80\x04U\x05posixT\x06\x00\x00\x00system\x93${CALL}`,
  'texts in quotes and lines': `\x80\x04S'posix'\nVsystem\n\x93${CALL}`,
  'PUT and GET': `\x80\x04${SYSTEM}p7\n0${POSIX}g7\n\x93${CALL}`,
  'BINPUT and BINGET': `\x80\x04${SYSTEM}q\x070${POSIX}h\x07\x93${CALL}`,
  'LONG_BINPUT and LONG_BINGET': `\x80\x04${SYSTEM}r\x07\x00\x00\x000${POSIX}j\x07\x00\x00\x00\x93${CALL}`,
  'MEMOIZE and BINGET': `\x80\x04${SYSTEM}\x940${POSIX}h\x00\x93${CALL}`,
  'both from the memo, in another order': `\x80\x04${SYSTEM}\x94${POSIX}\x9400h\x01h\x00\x93${CALL}`,
  'MEMOIZE after a BINPUT: its index is the number of values': `\x80\x04${short('x')}q\x05${POSIX}\x94${SYSTEM}\x94h\x01h\x02\x93${CALL}`,
  'MEMOIZE after a value that is no text': `\x80\x04]\x940${POSIX}\x94${SYSTEM}\x94h\x01h\x02\x93${CALL}`,
  'a value put over a value: the number stays': `\x80\x04${short('x')}q\x00]q\x00${POSIX}\x94${SYSTEM}\x94h\x01h\x02\x93${CALL}`,
  'DUP and POP': `\x80\x04${POSIX}${SYSTEM}20\x93${CALL}`,
  'texts between them that a mark takes away': `\x80\x04${POSIX}(${short('x')}${short('y')}1${SYSTEM}\x93${CALL}`,
  'a list between them that is taken away': `\x80\x04${POSIX}](${short('x')}e0${SYSTEM}\x93${CALL}`,
  'a tuple, a dictionary and a set between them': `\x80\x04${POSIX}(${short('a')}K\x01d0}${short('b')}Ns0\x8f(${short('c')}\x900${SYSTEM}\x93${CALL}`,
  'tuples of one, two and three': `\x80\x04${POSIX}N\x850NN\x860NNN\x870)0(NNt0(Nl0${SYSTEM}\x93${CALL}`,
  'numbers of all kinds': `\x80\x04${POSIX}I1\nJ\x00\x00\x00\x00K\x00M\x00\x00L5L\n\x8a\x01\x05\x8b\x01\x00\x00\x00\x05F1.5\nG\x00\x00\x00\x00\x00\x00\x00\x00000000000${SYSTEM}\x93${CALL}`,
  'bytes of all kinds': `\x80\x05${POSIX}C\x01xB\x01\x00\x00\x00x\x8e\x01\x00\x00\x00\x00\x00\x00\x00x\x96\x01\x00\x00\x00\x00\x00\x00\x00x\x880\x8900000${SYSTEM}\x93${CALL}`,
  'escapes of protocol 0': `\x80\x04V\\u0070osix\nV\\U00000073ystem\n\x93${CALL}`,
  'escapes of a quoted text': `\x80\x04S'\\x70\\157six'\nVsystem\n\x93${CALL}`,
  'OBJ, which calls what lies on a mark': `(cposix\nsystem\n${short('id')}o.`,
  'from an index far beyond the others': `\x80\x04${POSIX}r\x00\x10\x00\x000j\x00\x10\x00\x00${SYSTEM}\x93${CALL}`,
  'from a memo that has an index far beyond the others': `\x80\x04${short('x')}r\x00\x10\x00\x00${POSIX}\x94${SYSTEM}\x94${short('y')}\x94h\x01h\x02\x93${CALL}`,
  'a frame around it': `\x80\x04\x95\x16\x00\x00\x00\x00\x00\x00\x00${POSIX}${SYSTEM}\x93${CALL}`,
};

for (const [way, text] of Object.entries(SYSTEM_CALLS)) {
  test(`posix.system is seen: ${way}`, async () => {
    const file = await read(pickle(text));
    assert.equal(told(file), ['called posix.system']);
    assert.equal([file.pickles, file.end, file.fault, file.unproven], [1, text.length, undefined, []]);
  });
}

/** Pickles whose names only running them would tell. */
const HIDDEN: Readonly<Record<string, string>> = {
  'the result of a call': `\x80\x04cbuiltins\nstr\nC\x05posix${short('ascii')}\x86R${SYSTEM}\x93${CALL}`,
  'from the memo, put over a text': `\x80\x04${short('a')}q\x000Nq\x000h\x00${SYSTEM}\x93${CALL}`,
  'nothing there': '\x80\x04\x93.',
  'a text longer than any name': `\x80\x04X\xe9\x03\x00\x00${'p'.repeat(1001)}${SYSTEM}\x93${CALL}`,
};

for (const [way, text] of Object.entries(HIDDEN)) {
  test(`a name that cannot be told is dangerous: ${way}`, async () => {
    const { uses, fault } = await read(pickle(text));
    assert.ok(uses.some(({ module, how }) => module === COMPUTED && how !== 'made'));
    assert.ok(uses.every((one) => judge(one) === (one.module === COMPUTED ? 'dangerous' : 'allowed')));
    assert.is(fault, undefined);
  });
}

test('defaultdict and its kind call what they are given', async () => {
  assert.equal(told(await read(pickle('\x80\x04ccollections\ndefaultdict\ncposix\nsystem\n\x85R.'))), [
    'called collections.defaultdict',
    'called posix.system',
  ]);
});

test('a dotted name leads from any module to another one', async () => {
  const { uses } = await read(pickle(`\x80\x04${short('random')}${short('_os.system')}\x93${CALL}`));
  assert.equal(uses.map(nameOf), ['random._os.system']);
  assert.equal(
    uses.map((one) => judge(one)),
    ['dangerous'],
  );
  assert.is(judge(use('cats', 'Cat.Kind')), 'unlisted');
  assert.is(judge(use('numpy', 'core._ufunc_reconstruct')), 'unlisted');
});

test('an import may be on the list for one use and not for another', () => {
  const judged = (how: How, ...names: readonly [string, string][]) =>
    names.map(([module, name]) => judge(use(module, name, how)));
  assert.equal(
    judged(
      'called',
      ['collections', 'OrderedDict'],
      ['builtins', 'set'],
      ['__builtin__', 'long'],
      ['torch._utils', '_rebuild_tensor_v2'],
      ['numpy._core.multiarray', 'scalar'],
      ['sklearn.tree._tree', 'Tree'],
      ['pathlib', 'PosixPath'],
    ),
    Array(7).fill('allowed'),
  );
  assert.equal(judged('made', ['xgboost.sklearn', 'XGBClassifier'], ['sklearn.svm._classes', 'SVC']), [
    'allowed',
    'allowed',
  ]);
  assert.equal(judged('imported', ['numpy', 'log1p'], ['torch', 'float32']), ['allowed', 'allowed']);
  assert.equal(
    judged(
      'called',
      ['numpy', 'log1p'],
      ['xgboost.core', 'Booster'],
      ['functools', 'partial'],
      ['sklearn.datasets._base', 'Bunch'],
      ['nets', 'Net'],
    ),
    [...Array(3).fill('unlisted'), 'dangerous', 'unlisted'],
  );
  assert.equal(
    judged(
      'imported',
      ['builtins', 'eval'],
      ['operator', 'methodcaller'],
      ['pickle', 'loads'],
      ['torch', 'load'],
      ['joblib', 'load'],
      ['numpy.testing._private.utils', 'runstring'],
      ['sklearn.externals.joblib', 'load'],
      ['torch.jit.unsupported_tensor_ops', 'execWrapper'],
    ),
    Array(8).fill('dangerous'),
  );
  assert.equal(judged('changed', ['collections', 'OrderedDict']), ['dangerous']);
});

test("a user's list adds names and modules, and refuses what names nothing or runs commands", () => {
  const list = new AllowList(['nets.Net', 'lib.*', 'never.Used']);
  assert.equal(
    [use('nets', 'Net'), use('nets', 'Other'), use('lib.deep', 'X'), use('lib', 'os.path')].map((one) =>
      judge(one, list),
    ),
    ['allowed', 'unlisted', 'allowed', 'dangerous'],
  );
  assert.equal(list.unused, ['never.Used']);
  for (const entry of ['nets', '*', '.*', 'nets.', 'a b.c', 'os.system', 'os.*', 'builtins.*', 'torch.load'])
    assert.throws(() => new AllowList([entry]), /the allow list has/, entry);
});

test('what changes an import is seen: its attributes, its items, and methods that are put into an object', async () => {
  for (const text of [
    'csys\nmodules\n\x8c\x01xNs.',
    'csys\nmodules\n(\x8c\x01xNu.',
    'csys\npath\nNa.',
    'csys\npath\n(Ne.',
    'csys\nflags\n}\x8c\x01xNsb.',
  ])
    assert.equal(
      told(await read(pickle(`\x80\x04${text}`))).map((one) => one.split(' ')[0]),
      ['changed'],
      text,
    );
  const method = `\x80\x04cnets\nNet\n)\x81}${short('__setstate__')}cnumpy\nsum\nsb.`;
  assert.equal(told(await read(pickle(method))), ['made nets.Net', 'changed numpy.sum']);
});

test('the extension registry names what the pickle does not', async () => {
  for (const code of ['\x82\x01', '\x83\x01\x00', '\x84\x01\x00\x00\x00']) {
    const { uses } = await read(pickle(`\x80\x02${code}.`));
    assert.equal(
      uses.map((one) => judge(one)),
      ['dangerous'],
      code,
    );
  }
});

test('what is not a pickle says where it ends, with what it imported before', async () => {
  const bad = await read(pickle('\x80\x02v'));
  assert.equal([bad.fault, bad.end, bad.uses], ['byte 0x76 is not an instruction of a pickle', 2, []]);
  const whole = '\x80\x02cposix\nsystem\n';
  for (const rest of ['', 'J\x00\x00', 'U\x05abc', 'X\x01', 'Vabc', 'cos\nsys', '\x8d\x01\x00\x00']) {
    const cut = await read(pickle(whole + rest));
    assert.equal([cut.fault, told(cut)], ['the pickle ends before its STOP', ['imported posix.system']], rest);
  }
});

test('every pickle of a file is read, and what follows them is not taken for one', async () => {
  const two = await read(pickle(`\x80\x02N.\x80\x04${POSIX}${SYSTEM}\x93${CALL}cut\x93R`));
  assert.equal([two.pickles, told(two)], [2, ['called posix.system']]);
  const behind = await read(pickle('\x80\x02N.cposix\nsystem\n(S"id"\ntR'));
  assert.equal([behind.pickles, told(behind)], [1, ['called posix.system']]);
});

test('bounds end a pickle with a sentence: instructions, nesting, and one that refers to itself', async () => {
  const limits = { instructions: 1000, bytes: 10_000 };
  const many = await read(pickle(`\x80\x04N${'\x85'.repeat(2000)}.`), limits);
  assert.equal([many.unproven, many.isStopped], [['it has more than 1,000 instructions'], true]);
  const long = await read(pickle(`\x80\x04${`${short('x'.repeat(100))}0`.repeat(200)}.`), limits);
  assert.equal([long.unproven, long.isStopped], [['its instructions are larger than any model’s'], true]);
  const itself = await read(pickle('\x80\x04]\x94h\x00a}\x94h\x01h\x01s(h\x00h\x01t\x94.'));
  assert.equal([itself.pickles, itself.fault], [1, undefined]);
});

test('bytes that torch loads as a file of its own are handed on, as protocol 2 writes them too, and computed ones are uses of their own', async () => {
  const inner = 'PK\x03\x04rest';
  const file = await read(pickle(`\x80\x04ctorch.storage\n_load_from_bytes\nB\x08\x00\x00\x00${inner}\x85R.`));
  assert.equal(file.embedded, [pickle(inner)]);
  const hidden = await read(pickle('\x80\x02ctorch.storage\n_load_from_bytes\nN\x85R.'));
  assert.equal(
    hidden.uses.map(({ module, how }) => `${how} ${module}`),
    ['called torch.storage', 'called (computed while loading)'],
  );
  const inText = `${inner}${'x'.repeat(1500)}`;
  const encoded = `c_codecs\nencode\nX\xe4\x05\x00\x00${inText}X\x06\x00\x00\x00latin1\x86R`;
  const old = await read(pickle(`\x80\x02ctorch.storage\n_load_from_bytes\n${encoded}\x85R.`));
  assert.equal(old.embedded, [pickle(inText)]);
});

const DISTRIBUTION = '\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81';
const TEMPLATE = 'def _parse_args(self,  loc=0, scale=1):\n    return (), loc, scale\n';
for (const [state, isChanged] of [
  [`}${short('_parse_arg_template')}${short(TEMPLATE)}s`, false],
  ['N', false],
  [`}${short('_parse_arg_template')}${short('print(1)')}s`, true],
  [`}${short('_parse_arg_template')}${short(TEMPLATE.replace('loc=0', "loc=open('x')"))}s`, true],
  [`}(${Array.from({ length: 70 }, (_, index) => `${short(`k${index}`)}N`).join('')}u`, true],
  ['}K\x01Ns', true],
  [')', true],
] as const)
  test(`the state of a distribution of scipy is code for its class: ${JSON.stringify(state.slice(0, 60))}`, async () => {
    const { uses } = await read(pickle(`${DISTRIBUTION}${state}b.`));
    assert.is(
      uses.some(({ how }) => how === 'changed'),
      isChanged,
    );
  });

test('formulas of statsmodels are Python', async () => {
  const model = `\x80\x04cstatsmodels.base.data\nPandasData\n)\x81}${short('formula')}${short('y ~ x')}sb.`;
  assert.ok((await read(pickle(model))).uses.some(({ how }) => how === 'changed'));
  assert.not.ok((await read(pickle(model.replace('formula', 'formulb')))).uses.some(({ how }) => how === 'changed'));
});

test('a method of a distribution of scipy is data, getattr of anything else is a call', async () => {
  const bound = `cbuiltins\ngetattr\ncscipy.stats._continuous_distns\nnorm_gen\n)\x81${short('_ppf_single')}\x86R`;
  const calls = async (text: string) =>
    (await read(pickle(`\x80\x04${text}.`))).uses.filter(({ how }) => how === 'called').map(({ name }) => name);
  assert.equal(await calls(bound), []);
  assert.equal(await calls(bound.replace('_ppf_single', '__class__xx')), ['getattr']);
  assert.equal(await calls(bound.replace('scipy.stats._', 'scipy.spati._')), ['getattr']);
  assert.equal(await calls(`${bound})R`), ['']);
});

test('old files of torch hand out a class by the tuple of its source', async () => {
  const { uses } = await read(pickle(`\x80\x02(${short('module')}cnets\nNet\n${short('net.py')}NtQ)\x81.`));
  assert.equal(
    uses.map(({ module, name, how }) => `${how} ${module}.${name}`),
    ['made nets.Net'],
  );
});

/** Prints the names that Python's own unpickler asks for, one JSON list per pickle (in hex, on standard input). */
const ASKED = `
import sys, io, json, pickle, builtins
class Any:
    def __init__(self, *a, **k): pass
    def __call__(self, *a, **k): return Any()
class Asked(pickle.Unpickler):
    def find_class(self, module, name):
        self.names.append(module + '.' + name)
        return builtins.str if name == 'str' else Any
for line in sys.stdin:
    asked = Asked(io.BytesIO(bytes.fromhex(line)))
    asked.names = []
    try:
        asked.load()
    except pickle.UnpicklingError as error:
        asked.names.append(str(error))
    print(json.dumps(asked.names))
`;
/** Pickles of all protocols, in hex: functions that share a module, which the memo then holds. */
const MADE = `
import os, pickle, collections, pickletools
many = ['text %d' % i for i in range(300)]
for protocol in range(6):
    for value in ([os.system, os.getpid, collections.OrderedDict, os.system], [many, os.system, os.getpid, many]):
        dumped = pickle.dumps(value, protocol)
        print(dumped.hex(), ','.join(sorted({o.name for o, _, _ in pickletools.genops(dumped)})))
`;

const python = (script: string, input = ''): string[] => {
  const { stdout, status, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout.trim().split('\n');
};
const PYTHON_MISSING = spawnSync('python3', ['--version']).status === 0 ? undefined : 'there is no python3';

testUnless(PYTHON_MISSING, test, 'what Python pickles in protocols 0 to 5 is read as Python reads it', async () => {
  const made = python(MADE).map((line) => line.split(' '));
  const used = new Set(made.flatMap(([, codes = '']) => codes.split(',')));
  for (const code of [
    'GLOBAL',
    'STACK_GLOBAL',
    'PUT',
    'GET',
    'BINPUT',
    'LONG_BINPUT',
    'MEMOIZE',
    'LONG_BINGET',
    'FRAME',
  ])
    assert.ok(used.has(code), code);
  const asked = python(ASKED, made.map(([hex]) => `${hex}\n`).join(''));
  assert.is(asked.length, 12);
  for (const [index, [hex = '']] of made.entries()) {
    const bytes = Buffer.from(hex, 'hex');
    const names = [...new Set(JSON.parse(asked[index] ?? '') as string[])];
    const file = await read(bytes);
    assert.equal(file.uses.map(nameOf), names);
    assert.is(file.end, bytes.length);
    assert.equal(file.uses.filter((one) => judge(one) === 'dangerous').map(nameOf), ['posix.system', 'posix.getpid']);
  }
});

testUnless(PYTHON_MISSING, test, 'the pickles above are real: Python asks for posix.system in each of them', () => {
  const computed = Object.entries(HIDDEN).filter(([way]) => /call/.test(way));
  const all = [...Object.entries(SYSTEM_CALLS), ...computed];
  const asked = python(ASKED, all.map(([, text]) => `${pickle(text).toString('hex')}\n`).join(''));
  for (const [index, [way]] of all.entries())
    assert.is((JSON.parse(asked[index] ?? '[]') as string[]).at(-1), 'posix.system', way);
});

test.run();
