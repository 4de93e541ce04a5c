import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { warningsOf } from '#bench/warnings.js';
import { sampleBench } from '../report/bench/sample-bench.js';

type Told = Parameters<typeof warningsOf>[0];
const FINE: Told = { ...sampleBench('m'), waiting: 0, others: 0 };
const OPEN = { kind: 'open', perSecond: 10, arrivals: 'constant', seed: 1, connections: 256 } as const;

const CASES: readonly (readonly [name: string, told: Told, says: readonly RegExp[]])[] = [
  ['nothing to tell', FINE, []],
  [
    'a closed loop whose generator never rests',
    { ...FINE, generator: { busy: 0.97 } },
    [/The generator is the limit: it was busy 97 % of the time/],
  ],
  [
    'an open loop whose generator never rests, and is in time',
    { ...FINE, load: { ...FINE.load, shape: OPEN }, generator: { busy: 0.97, lateness: 0.2 } },
    [],
  ],
  [
    'requests that leave late',
    { ...FINE, load: { ...FINE.load, shape: OPEN }, generator: { busy: 0.5, lateness: 12.3 } },
    [/The generator is the limit: one in a hundred requests left 12\.3 ms late/],
  ],
  ['a rate beyond what the server can do', { ...FINE, waiting: 7 }, [/does not keep up with the rate: 7 requests/]],
  [
    'a latency that does not settle',
    { ...FINE, warmUp: { seconds: 30, steady: false } },
    [/had not settled after 30 s of warm-up/],
  ],
  ['figures that stay wide', { ...FINE, narrow: false }, [/did not become as narrow as asked in 3 rounds/]],
  ['other programs', { ...FINE, others: 0.8 }, [/Other programs kept 0\.8 processors busy/]],
  ['a machine that does not tell', { ...FINE, others: undefined }, []],
];

for (const [name, told, says] of CASES) {
  test(`${name}: ${says.length === 0 ? 'no warning' : 'a warning'}`, () => {
    const found = warningsOf(told);
    assert.is(found.length, says.length, found.join('\n'));
    for (const [index, pattern] of says.entries()) assert.match(found[index] ?? '', pattern);
  });
}

test.run();
