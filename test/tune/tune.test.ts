import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type TuneResult, tune } from '#index.js';
import { writeConfig } from '#tune/write-config.js';
import { withPacked } from '../support/packed.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { withRunner } from '../support/runner.js';

/** Answers in a few milliseconds, and fails where a batch has more than one request. */
const SERVICE = `
export const handle = async (batch) => {
  await new Promise((go) => setTimeout(go, 5));
  if (batch.length > 1) throw new Error('one at a time');
  return batch.map(({ body }) => ({ got: body === 'threads' ? process.env.OMP_NUM_THREADS : body }));
};`;
const CASE = JSON.stringify({ request: { json: [1] }, expect: { json: { got: [1] } } });
const FILES = { 'service.js': SERVICE, 'MAR-INF/tests/one.json': CASE };
const QUICK = ['--duration', '1', '--threads', '1', '--delay', '200'];

test('a real archive: the faulty configuration is reported, the best of the others recommended, with its cost', () =>
  withPacked(FILES, async (archive) => {
    const prices = resolve('examples/resnet-152-eia/prices-2019.json');
    const argv = ['tune', archive, '--slo', 'p50=5s', '--workers', '1', '--batch', '1,2', '-c', '2', ...QUICK];
    const costs = ['--price-file', prices, '--uses', 'm5.large'];
    const { code, stdout, stderr } = await runMar([...argv, ...costs, '--json']);
    assert.is(code, 0, stderr);
    const result: TuneResult = JSON.parse(stdout);
    const { best, trials, front, met, search } = result;
    assert.ok(best && met && best.fault === undefined && best.throughput > 0);
    assert.is(best.configuration.batchSize, 1);
    assert.ok(best.latency >= 5 && best.latency < 5000);
    const batches = trials.filter(
      ({ configuration }) => configuration.batchSize === 2 && configuration.connections === 2,
    );
    assert.ok(batches.length > 0 && batches.every(({ fault }) => /requests failed|answers no/.test(fault ?? '')));
    assert.ok(front.every(({ fault }) => fault === undefined));
    assert.is(best.cost?.toFixed(6), ((0.096 / (best.throughput * 3600)) * 100_000).toFixed(6));
    assert.is(search.configurations, 2);
    assert.equal([result.status, result.figure, result.limit], ['complete', 'p50', 5000]);
  }));

test('a search over a real archive takes first looks and measures what it recommends whole', () =>
  withPacked(FILES, async (archive) => {
    const space = { workers: [1, 2], threads: [1], batchSize: [1], connections: [1, 2, 4] };
    const { best, trials, search, met } = await tune(archive, { space, duration: 2 });
    assert.ok(best?.confirmed && met);
    assert.is(search.configurations, 6);
    assert.ok(search.measurements > trials.length || trials.some(({ confirmed }) => !confirmed), 'no first look');
  }));

test('a limit that nothing keeps: the best found is said, and the exit code is 1', () =>
  withPacked(FILES, async (archive) => {
    const argv = ['tune', archive, '--slo', 'mean=1ms', '--workers', '1', '--batch', '1', '-c', '1,2', ...QUICK];
    const { code, stdout } = await runMar(argv);
    assert.is(code, 1);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /No configuration that was measured keeps mean 1\.00 ms\. The best found is 1 worker × 1 thread/,
    );
  }));

test("--write makes a new archive, which the runner serves as it asks, and takes no file's place", () =>
  withPacked(FILES, async (archive, directory) => {
    const tuned = join(directory, 'tuned.mar');
    const space = { workers: [2], threads: [3], batchSize: [3], maxBatchDelay: [7], connections: [1] };
    const result = await tune(archive, { space, duration: 0.5, write: tuned });
    assert.is(result.written, tuned);
    assert.equal(readdirSync(directory).sort(), ['echo.mar', 'tuned.mar']);
    await withRunner(
      {},
      async ({ manage, predict }) => {
        const [described] = JSON.parse(`[${await (await manage('GET', '/models/echo')).text()}]`);
        const { minWorkers, batchSize, maxBatchDelay } = described;
        assert.equal([minWorkers, batchSize, maxBatchDelay], [2, 3, 7]);
        const answer = await predict('echo', 'threads', { headers: { 'Content-Type': 'text/plain' } });
        assert.equal(await answer.json(), { got: '3' });
      },
      { models: [tuned] },
    );
    await rejectsWith('ERR_TARGET_EXISTS', () => tune(archive, { space, duration: 0.5, write: tuned }));
  }));

test('--write into a mar.config.json changes what later builds ask for, and nothing else of it', () =>
  withPacked(FILES, async (archive, directory) => {
    const config = join(directory, 'mar.config.json');
    const before = '{\n    "modelName": "built",\n    "handler": "service.mjs"\n}\n';
    writeFileSync(config, before);
    writeFileSync(join(directory, 'service.mjs'), 'export const handle = (batch) => batch.map(() => 1);\n');
    const space = { workers: [2], threads: [1], batchSize: [3], maxBatchDelay: [7], connections: [1] };
    const result = await tune(archive, { space, duration: 0.5, write: config });
    assert.is(result.written, config);
    const serving = { workers: 2, threads: 1, batchSize: 3, maxBatchDelay: 7 };
    const text = readFileSync(config, 'utf8');
    assert.is(text, `${JSON.stringify({ ...JSON.parse(before), serving }, null, 4)}\n`);
    const { code, stderr } = await runMar(['build', directory, '--export-path', directory]);
    assert.is(code, 0, stderr);
    await withRunner(
      {},
      async ({ manage }) => {
        const { minWorkers, batchSize, maxBatchDelay } = JSON.parse(
          await (await manage('GET', '/models/built')).text(),
        );
        assert.equal([minWorkers, batchSize, maxBatchDelay], [2, 3, 7]);
      },
      { models: [join(directory, 'built.mar')] },
    );
    const packageFile = join(directory, 'package.json');
    writeFileSync(packageFile, '{"name": "x", "mar": {"modelName": "m"}}');
    await writeConfig(packageFile, serving);
    assert.equal(JSON.parse(readFileSync(packageFile, 'utf8')), { name: 'x', mar: { modelName: 'm', serving } });
  }));

test('a configuration that is none is refused before anything is measured', () =>
  withPacked(FILES, async (archive, directory) => {
    const write = (name: string, content?: string): (() => Promise<unknown>) => {
      const file = join(directory, name);
      if (content !== undefined) writeFileSync(file, content);
      return () => tune(archive, { write: file, onTrial: () => assert.unreachable() });
    };
    await rejectsWith('ERR_CONFIG', write('mar.config.json'));
    await rejectsWith('ERR_CONFIG', write('mar.config.json', '{'));
    await rejectsWith('ERR_CONFIG', write('mar.config.json', '[]'));
    await rejectsWith('ERR_CONFIG', write('package.json', '{"name": "x"}'));
  }));

test('an interruption keeps what there is, and says so', () =>
  withPacked(FILES, async (archive) => {
    const controller = new AbortController();
    const result = await tune(archive, {
      ...{ space: { workers: [1], threads: [1], batchSize: [1], connections: [1, 2] }, duration: 0.5 },
      ...{ signal: controller.signal, onTrial: () => controller.abort() },
    });
    assert.equal([result.status, result.trials.length], ['interrupted', 1]);
    assert.ok(result.best);
  }));

for (const [flags, words] of [
  [['--workers', '4..1'], /The range is turned round: expected 1\.\.4/],
  [['--batch', '0'], /Expected whole numbers from 1/],
  [['--slo', 'p98=5ms'], /There is no latency p98, expected mean, p50/],
  [['--slo', 'p99=50'], /Expected FIGURE=TIME/],
  [['--uses', 'm5.large'], /There are no prices/],
  [['--price-file', 'p.json'], /It is not said what is rented/],
] as const)
  test(`mar tune ${flags.join(' ')} is refused before anything is measured`, async () => {
    const { code, stderr } = await runMar(['tune', join('no', 'such.mar'), ...flags]);
    assert.is(code, 2);
    assert.match(stderr, words);
  });

test('a URL, and values that are none, are refused', async () => {
  await rejectsWith('ERR_USAGE', () => tune('http://127.0.0.1:9/predictions/m'));
  for (const workers of [[], [0], [1.5]]) await rejectsWith('ERR_OPTION', () => tune('x.mar', { space: { workers } }));
});

test.run();
