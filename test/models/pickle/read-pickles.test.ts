import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge } from '#models/pickle/judge.js';
import { nameOf } from '#models/pickle/uses.js';
import { CALL, POSIX, pickle, read, SYSTEM, short, told, use } from './pickles.js';

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

test.run();
