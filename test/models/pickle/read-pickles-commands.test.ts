import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge } from '#models/pickle/judge.js';
import { COMPUTED } from '#models/pickle/uses.js';
import { testUnless } from '../../support/test-unless.js';
import { ASKED, CALL, POSIX, PYTHON_MISSING, pickle, python, read, SYSTEM, short, told } from './pickles.js';

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

testUnless(PYTHON_MISSING, test, 'the pickles above are real: Python asks for posix.system in each of them', () => {
  const computed = Object.entries(HIDDEN).filter(([way]) => /call/.test(way));
  const all = [...Object.entries(SYSTEM_CALLS), ...computed];
  const asked = python(ASKED, all.map(([, text]) => `${pickle(text).toString('hex')}\n`).join(''));
  for (const [index, [way]] of all.entries())
    assert.is((JSON.parse(asked[index] ?? '[]') as string[]).at(-1), 'posix.system', way);
});

test.run();
