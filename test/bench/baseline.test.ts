import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differencesFrom } from '#bench/baseline/differences.js';
import type { BenchResult } from '#index.js';
import { schemaCheck } from '#schema.js';
import { sampleBench } from '../report/bench/sample-bench.js';
import { withPacked } from '../support/packed.js';
import { runMar } from '../support/run-mar.js';
import { withServer } from './with-server.js';

interface Outcome {
  readonly code: number;
  readonly verdicts: readonly string[];
  /** What the command refused to do. */
  readonly error: string | undefined;
  readonly message: string;
}

const LOAD = ['-d', 'hello', '--duration', '0.2', '--warm-up', '0.1', '--rounds', '3', '--json'];

/** Two runs against one server, the second held against what `change` makes of the first one's result. */
async function against(change: (baseline: BenchResult) => unknown, ...flags: readonly string[]): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await withServer(
    (_, response) => response.end('ok'),
    (url) =>
      withPacked({ 'service.js': 'export const handle = () => [];' }, async (_, directory) => {
        const first = await runMar(['bench', url, ...LOAD, '-o', 'base.json'], { cwd: directory });
        assert.is(first.code, 0, first.stderr);
        const file = join(directory, 'base.json');
        const changed = change(JSON.parse(await readFile(file, 'utf8')));
        await writeFile(file, typeof changed === 'string' ? changed : JSON.stringify(changed));
        const argv = ['bench', url, ...LOAD, '--baseline', 'base.json', ...flags];
        const { code, stdout } = await runMar(argv, { cwd: directory });
        const { baseline, error } = JSON.parse(stdout);
        const comparisons: NonNullable<BenchResult['baseline']>['comparisons'] = baseline?.comparisons ?? [];
        const verdicts = comparisons.map(({ verdict }) => verdict);
        outcome = { code, verdicts, error: error?.code, message: String(error?.message) };
      }),
  );
  assert.ok(outcome);
  return outcome;
}

/** The result with the p50 of each round so many times as large. */
const scaled = (baseline: BenchResult, factor: (round: number) => number): BenchResult => ({
  ...baseline,
  rounds: baseline.rounds.map((round, index) => ({
    ...round,
    figures: { ...round.figures, p50: (round.figures.p50 ?? 0) * factor(index) },
  })),
});

const LIMIT = ['--fail-on', 'p50=+10%'];

test('what is written as JSON is what the schema describes', async () => {
  const check = schemaCheck('bench-result');
  const comparisons = [{ figure: 'p99', change: 0.1, seen: null, low: null, high: null, verdict: 'unclear' }] as const;
  const baseline = { file: 'a', startedAt: 'b', paired: true, comparisons };
  const shape = { kind: 'open', perSecond: 1, arrivals: 'poisson', seed: 1, connections: 256 } as const;
  const sample = sampleBench('m', { baseline });
  for (const result of [sample, { ...sample, load: { ...sample.load, shape } }])
    assert.equal(check(JSON.parse(JSON.stringify(result))), []);
  assert.equal(
    check({ ...sample, status: 'done' }).map(({ pointer }) => pointer),
    ['/status'],
  );
});

test('much worse than the baseline is exit code 1, much better is 0', async () => {
  const worse = await against((baseline) => scaled(baseline, () => 1e-4), ...LIMIT);
  assert.equal([worse.code, worse.verdicts], [1, ['fail']]);
  const better = await against((baseline) => scaled(baseline, () => 1e4), ...LIMIT);
  assert.equal([better.code, better.verdicts], [0, ['pass']]);
});

test('what is too noisy to tell is neither: exit code 2', async () => {
  const noisy = await against((baseline) => scaled(baseline, (round) => 1000 ** (round - 1)), ...LIMIT);
  assert.equal([noisy.code, noisy.verdicts], [2, ['unclear']]);
});

test('a baseline of another machine is refused unless told', async () => {
  const elsewhere = (baseline: BenchResult) => ({
    ...scaled(baseline, () => 1e4),
    machine: { ...baseline.machine, cores: 96 },
  });
  const refused = await against(elsewhere, ...LIMIT);
  assert.equal([refused.code, refused.error], [2, 'ERR_BENCH_OTHER_MACHINE']);
  assert.match(refused.message, /cores 96, here \d/);
  const taken = await against(elsewhere, ...LIMIT, '--other-machine');
  assert.equal([taken.code, taken.verdicts], [0, ['pass']]);
});

test('what the baseline does not have in common with the run is a warning', () => {
  const target = { kind: 'archive', source: 'a', url: 'u', server: 's', workers: 2, threads: 1 } as const;
  const versions = { modelArchiver: '2.0.0', node: 'v20.20.2' };
  const load = { requests: [{ name: 'a', bytes: 3 }] };
  const device = { running: 'cpu', executionProviders: ['CPUExecutionProvider'] };
  const now = { target: { ...target, device }, versions, load };
  assert.equal(differencesFrom({ ...now, errors: {} }, now), []);
  const other = {
    target: { ...target, workers: 1 },
    versions: { ...versions, node: 'v22.0.0' },
    load: { requests: [{ name: 'a', bytes: 4 }] },
    errors: { 'status 503': 1 },
  };
  assert.equal(differencesFrom(other, now), [
    'The baseline had workers 1, this run has 2.',
    'The baseline had device none, this run has cpu (CPUExecutionProvider).',
    'The baseline had Node v22.0.0, this run has v20.20.2.',
    'The baseline was of other requests: their names or sizes differ.',
    'Requests failed in the baseline: its figures are of the others.',
  ]);
});

test('an archive as the baseline is measured too, by turns; the slower one loses whichever it is', async () => {
  const handler = (milliseconds: number): string =>
    `export const handle = async (batch) => { await new Promise((r) => setTimeout(r, ${milliseconds})); return batch.map(() => 'ok'); };`;
  await withPacked({ 'service.js': handler(0) }, (fast) =>
    withPacked({ 'service.js': handler(60) }, async (slow) => {
      const argv = (now: string, before: string): string[] => [
        ...['bench', now, ...LOAD, '--baseline', before, '--fail-on', 'p50=+20%'],
      ];
      const slower = await runMar(argv(slow, fast));
      assert.is(slower.code, 1, slower.stdout);
      const { baseline, rounds }: BenchResult = JSON.parse(slower.stdout);
      assert.equal([baseline?.paired, baseline?.file, rounds.length], [true, fast, 3]);
      assert.is((await runMar(argv(fast, slow))).code, 0);
    }),
  );
});

test('what is not a whole result of the same load is refused', async () => {
  const cases: readonly (readonly [(baseline: BenchResult) => unknown, RegExp])[] = [
    [() => '{', /it is not JSON/],
    [() => [], /it is not a result of mar bench/],
    [(baseline) => ({ ...baseline, status: 'interrupted' }), /it is of a run that was not completed \(interrupted\)/],
    [(baseline) => ({ ...baseline, rounds: [] }), /it has no rounds/],
    [(baseline) => ({ ...baseline, machine: undefined }), /it is not a result of mar bench/],
    [
      (baseline) => ({ ...baseline, load: { ...baseline.load, shape: { kind: 'closed', connections: 9 } } }),
      /it is of another load: connections 9, now 1/,
    ],
  ];
  for (const [change, words] of cases) {
    const { code, error, message } = await against(change, ...LIMIT);
    assert.equal([code, error], [2, 'ERR_BENCH_BASELINE'], message);
    assert.match(message, words);
  }
});

test.run();
