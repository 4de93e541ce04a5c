import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';

const FEW = ['--requests', '20000', '--runs', '4'];
const SERVICE = ['--service', 'exponential:10ms'];
const MISTAKES: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [[...SERVICE], /required option '--rate/],
  [['--rate', '0'], /Expected a number above 0/],
  [['--rate', '-3'], /Expected a number above 0|argument missing/],
  [['--rate', '5', '--replicas', '9..2'], /The range is turned round: write 2\.\.9/],
  [['--rate', '5', '--replicas', 'many'], /Expected a whole number from 1, or a range/],
  [['--rate', '5', '--queue-size', 'endless'], /or unlimited/],
  [['--rate', '5', '--slo', 'p98=5ms'], /There is no figure p98, expected mean, p50, p90, p99/],
  [['--rate', '5', '--slo', 'p99'], /Expected FIGURE=TIME/],
  [['--rate', '5', '--slo', 'p99=soon'], /Expected a time such as 10ms/],
  [['--rate', '5', '--arrivals', 'posson'], /expected poisson, steady.*poisson/],
  [['--rate', '5'], /not said what a request takes/],
];

for (const [words, says] of MISTAKES) {
  test(`mar simulate ${words.join(' ')} is refused with what is wrong`, async () => {
    const { code, stderr } = await runMar(['simulate', ...words]);
    assert.is(code, 2);
    assert.match(stderr, says);
  });
}

test('mar simulate prints what is to be expected, with its error and where it comes from', async () => {
  const { code, stdout } = await runMar(['simulate', ...SERVICE, '--rate', '50', ...FEW]);
  assert.is(code, 0, stdout);
  assert.match(stdout, /command +mar simulate --service exponential:10ms --rate 50/);
  assert.match(stdout, /mean +\d+\.\d ms +± \d\.\d %/);
  assert.match(stdout, /busy +[45]\d(\.\d)? %/);
  assert.match(stdout, /20,000 requests in 4 independent runs \(seed 1\)/);
});

test('an objective: the number of replicas comes first; one that cannot be kept, and overload, exit with 1', async () => {
  const kept = await runMar(['simulate', ...SERVICE, '--rate', '400', '--slo', 'p99=80ms', ...FEW]);
  assert.is(kept.code, 0);
  assert.match(kept.stdout, /^\d+ replicas for p99 80\.0 ms\n/);
  assert.match(kept.stdout, /kept/);
  const impossible = await runMar(['simulate', ...SERVICE, '--rate', '400', '--slo', 'p99=1ms', ...FEW]);
  assert.is(impossible.code, 1);
  assert.match(impossible.stdout, /^NO NUMBER OF REPLICAS FOUND for p99 1\.00 ms; the best: \d+\n/);
  const over = await runMar(['simulate', ...SERVICE, '--rate', '120', '--queue-size', 'unlimited', ...FEW]);
  assert.is(over.code, 1);
  assert.match(over.stdout, /latency +none: the queue grows without end/);
});

test('--json is the whole result', async () => {
  const argv = [
    'simulate',
    ...SERVICE,
    '--rate',
    '20',
    '--replicas',
    '1..3',
    '--target',
    '2',
    '--start-up',
    '1',
    ...FEW,
  ];
  const { stdout } = await runMar([...argv, '--scale-every', '2', '--scale-down-after', '5', '--json']);
  const { asked, expected } = JSON.parse(stdout);
  assert.equal(asked.scaling, { least: 1, most: 3, target: 2, startUp: 1000, every: 2000, downAfter: 5000 });
  assert.ok(expected.latency.p99.value > 0 && expected.latency.p99.half > 0);
});

test.run();
