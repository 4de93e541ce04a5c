import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pickle, read, short } from './pickles.js';

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

test.run();
