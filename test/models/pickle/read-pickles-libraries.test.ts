import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pickle, read, short } from './pickles.js';

const DISTRIBUTION = '\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81';
const MANY = Array.from({ length: 70 }, (_, index) => `${short(`k${index}`)}N`).join('');
const TEMPLATE = 'def _parse_args(self,  loc=0, scale=1):\n    return (), loc, scale\n';
for (const [state, isChanged] of [
  [`}${short('_parse_arg_template')}${short(TEMPLATE)}s`, false],
  ['N', false],
  [`}${short('_parse_arg_template')}${short('print(1)')}s`, true],
  [`}${short('_parse_arg_template')}${short(TEMPLATE.replace('loc=0', "loc=open('x')"))}s`, true],
  [`}(${MANY}u`, false],
  [`}(${MANY}${short('_parse_arg_template')}${short('print(1)')}u`, true],
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

for (const made of [
  'cstatsmodels.distributions.edgeworth\nExpandedNormal\n',
  'cnets\nOwnDistribution\n',
  'ccopyreg\n_reconstructor\n(cnets\nOwn\ncbuiltins\nobject\nNtR',
])
  test(`classes of other libraries inherit what scipy runs of a state: ${JSON.stringify(made)}`, async () => {
    const changed = async (key: string) => {
      const making = made.endsWith('R') ? made : `${made})\x81`;
      const { uses } = await read(pickle(`\x80\x04${making}}${short(key)}${short('import os')}sb.`));
      return uses.some(({ how }) => how === 'changed');
    };
    assert.ok(await changed('_parse_arg_template'));
    assert.not.ok(await changed('_parse_arg_templates'));
  });

test('an instance adds values by its own append, which may be a function', async () => {
  const names = async (key: string, adding: string, before = '') => {
    const built = `\x80\x04csklearn.base\nBaseEstimator\n)\x81}(${before}${short(key)}cnumpy\nsum\nub`;
    return (await read(pickle(`${built}${adding}.`))).uses
      .filter(({ how }) => how === 'called')
      .map(({ module }) => module);
  };
  for (const [key, adding] of [
    ['append', 'K\x01a'],
    ['extend', '(K\x01e'],
    ['add', '(K\x01\x90'],
  ] as const) {
    assert.equal(await names(key, adding), ['(computed while loading)']);
    assert.equal(await names(key, adding, MANY), ['(computed while loading)'], 'behind many others');
    assert.equal(await names('names', adding), []);
  }
});

test('time zones are made by a method of their class, and the type of None by calling type', async () => {
  const called = async (text: string) =>
    (await read(pickle(`\x80\x04${text}.`))).uses.filter(({ how }) => how === 'called').map(({ name }) => name);
  const zone = `cbuiltins\ngetattr\nczoneinfo\nZoneInfo\n${short('_unpickle')}\x86R(${short('Europe/Berlin')}K\x01tR`;
  assert.equal(await called(zone), ['ZoneInfo._unpickle']);
  assert.equal(await called(zone.replace('_unpickle', '__class__')), ['getattr', '']);
  assert.equal(await called('cbuiltins\ntype\nN\x85R'), []);
  assert.equal(await called('cbuiltins\ntype\nK\x01\x85R'), ['type']);
});

test('formulas of statsmodels are Python, but for names and functions that compute', async () => {
  const changed = async (state: string) => {
    const model = `\x80\x04cstatsmodels.base.data\nPandasData\n)\x81}(${state}ub.`;
    return (await read(pickle(model))).uses.some(({ how }) => how === 'changed');
  };
  const formula = (text: string) => `${short('formula')}${short(text)}`;
  for (const text of ['y ~ x', 'y ~ a + np.log(b) * C(c) - 1', 'y ~ I(a ** 2)'])
    assert.not.ok(await changed(formula(text)), text);
  for (const text of [
    "y ~ __import__('os').system('id')",
    'y ~ f(x)',
    'y ~ f (x)',
    'y ~ x.y',
    'y ~ x[0]',
    "y ~ Q('x')",
    'y ~ np.load(x)',
  ])
    assert.ok(await changed(formula(text)), text);
  const bunch = '\x80\x04cstatsmodels.tools.tools\nBunch\n)\x81q\x00h\x00b.';
  for (const [text, isChanged] of [
    [bunch, false],
    [bunch.replace('Bunch', 'Punch'), true],
  ] as const)
    assert.is(
      (await read(pickle(text))).uses.some(({ how }) => how === 'changed'),
      isChanged,
    );
  assert.not.ok(await changed(`${short('formula')}N`));
  assert.ok(await changed(`${short('formula')}K\x01`));
  assert.ok(await changed(`${short('restore_design_info')}\x88`));
  assert.ok(await changed(`${MANY}${formula('y ~ f(x)')}`));
  assert.not.ok(await changed(short('formulb') + short('y ~ f(x)')));
});

test('a method of a distribution of scipy is data, getattr of anything else is a call', async () => {
  const bound = `cbuiltins\ngetattr\ncscipy.stats._continuous_distns\nnorm_gen\n)\x81${short('_ppf_single')}\x86R`;
  const calls = async (text: string) =>
    (await read(pickle(`\x80\x04${text}.`))).uses.filter(({ how }) => how === 'called').map(({ name }) => name);
  assert.equal(await calls(bound), []);
  assert.equal(await calls(bound.replace('_ppf_single', '__class__xx')), ['getattr']);
  assert.equal(await calls(bound.replace('scipy.stats._', 'scipy.spati._')), ['getattr']);
  assert.equal(await calls(`${bound})R`), ['']);
  const stem = bound
    .replace('scipy.stats._continuous_distns\nnorm_gen', 'nltk.stem.snowball\nEnglishStemmer')
    .replace('\x0b_ppf_single', '\x04stem');
  assert.equal(await calls(stem), []);
  assert.equal(await calls(stem.replace('stem\x86', 'stum\x86')), ['getattr']);
});

test('old files of torch hand out a class by the tuple of its source', async () => {
  const { uses } = await read(pickle(`\x80\x02(${short('module')}cnets\nNet\n${short('net.py')}NtQ)\x81.`));
  assert.equal(
    uses.map(({ module, name, how }) => `${how} ${module}.${name}`),
    ['made nets.Net'],
  );
});

test.run();
