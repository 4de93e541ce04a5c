import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMPUTED_NAME, dangerousGlobals, type PickleScan, scanPickle } from '#models/pickle/scan-pickle.js';
import { testUnless } from '../../support/test-unless.js';

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
  'a frame around it': `\x80\x04\x95\x16\x00\x00\x00\x00\x00\x00\x00${POSIX}${SYSTEM}\x93${CALL}`,
};

for (const [way, text] of Object.entries(SYSTEM_CALLS)) {
  test(`posix.system is seen: ${way}`, () => {
    const scan = scanPickle(pickle(text));
    assert.equal(scan, { globals: ['posix.system'], end: text.length });
    assert.equal(dangerousGlobals(scan), ['posix.system']);
  });
}

/** Pickles whose names only running them would tell. */
const COMPUTED: Readonly<Record<string, string>> = {
  'the result of a call': `\x80\x04cbuiltins\nstr\nC\x05posix${short('ascii')}\x86R${SYSTEM}\x93${CALL}`,
  'a text with an escape': `\x80\x04V\\u0070osix\nVsystem\n\x93${CALL}`,
  'a quoted text with an escape': `\x80\x04S'\\x70osix'\nVsystem\n\x93${CALL}`,
  'from the memo, put over a text': `\x80\x04${short('a')}q\x000Nq\x000h\x00${SYSTEM}\x93${CALL}`,
  'from an index beyond the pickle': `\x80\x04${POSIX}r\x00\xf0\xff\xff0j\x00\xf0\xff\xff${SYSTEM}\x93${CALL}`,
  'from a memo that has an index beyond the pickle': `\x80\x04${short('x')}r\x00\xf0\xff\xff${POSIX}\x94${SYSTEM}\x94${short('y')}\x94h\x01h\x02\x93${CALL}`,
  'nothing there': '\x80\x04\x93.',
  'a text longer than any name': `\x80\x04X\xe9\x03\x00\x00${'p'.repeat(1001)}${SYSTEM}\x93${CALL}`,
};

for (const [way, text] of Object.entries(COMPUTED)) {
  test(`a name that cannot be told is dangerous: ${way}`, () => {
    const scan = scanPickle(pickle(text));
    assert.equal(dangerousGlobals(scan), [COMPUTED_NAME]);
    assert.is(scan.fault, undefined);
  });
}

test('a dotted name leads from any module to another one', () => {
  const scan = scanPickle(pickle(`\x80\x04${short('random')}${short('_os.system')}\x93${CALL}`));
  assert.equal(scan.globals, ['random._os.system', 'os.system']);
  assert.equal(dangerousGlobals(scan), ['os.system']);
  const nested = scanPickle(pickle(`\x80\x04${short('cats')}${short('Cat.Kind')}\x93.`));
  assert.equal([nested.globals, dangerousGlobals(nested)], [['cats.Cat.Kind'], []]);
});

test('names that models have are harmless, the rest of their modules is not', () => {
  const judged = (names: readonly string[]) => dangerousGlobals({ globals: names, end: 0 });
  const harmless = [
    'collections.OrderedDict',
    'builtins.set',
    '__builtin__.long',
    'functools.partial',
    'pathlib.PosixPath',
  ];
  assert.equal(judged([...harmless, 'operator.itemgetter', 'oss.system', 'torch.os']), []);
  const dangerous = [
    'builtins.eval',
    'functools.reduce',
    'operator.methodcaller',
    'pathlib.Path.unlink',
    'pickle.loads',
  ];
  assert.equal(judged(dangerous), dangerous);
});

test('what is not a pickle says where it ends', () => {
  assert.equal(scanPickle(pickle('\x80\x02v')), {
    globals: [],
    end: 2,
    fault: 'byte 0x76 is not an instruction of a pickle',
  });
  const cut = { globals: ['posix.system'], end: 17, fault: 'the pickle ends before its STOP' };
  const whole = '\x80\x02cposix\nsystem\n';
  assert.equal(scanPickle(pickle(whole)), { ...cut, end: whole.length });
  for (const rest of ['J\x00\x00', 'U\x05abc', 'X\x01', 'Vabc', 'cos\nsys', '\x8d\x01\x00\x00'])
    assert.equal(scanPickle(pickle(whole + rest)), { ...cut, end: whole.length }, rest);
});

test('a part of a larger pickle has no fault in being cut, and the bytes behind STOP belong to somebody else', () => {
  assert.equal(scanPickle(pickle('\x80\x02cposix\nsystem\nX\x05\x00'), true), { globals: ['posix.system'], end: 16 });
  assert.equal(scanPickle(pickle('\x80\x02N.cposix\nsystem\n.')), { globals: [], end: 4 });
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

testUnless(PYTHON_MISSING, test, 'what Python pickles in protocols 0 to 5 is read as Python reads it', () => {
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
    assert.equal(scanPickle(bytes), { globals: names, end: bytes.length } satisfies PickleScan);
    assert.equal(dangerousGlobals(scanPickle(bytes)), ['posix.system', 'posix.getpid']);
  }
});

testUnless(PYTHON_MISSING, test, 'the pickles above are real: Python asks for posix.system in each of them', () => {
  const computed = Object.entries(COMPUTED).filter(([way]) => /call|escape/.test(way));
  const all = [...Object.entries(SYSTEM_CALLS), ...computed];
  const asked = python(ASKED, all.map(([, text]) => `${pickle(text).toString('hex')}\n`).join(''));
  for (const [index, [way]] of all.entries())
    assert.is((JSON.parse(asked[index] ?? '[]') as string[]).at(-1), 'posix.system', way);
});

test.run();
