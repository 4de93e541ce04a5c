import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BENCH_FORMATS, renderBench } from '../../../src/cli/bench/formats.js';
import { missingChromium, withChromium } from '../../support/chromium.js';
import { testUnless } from '../../support/test-unless.js';
import { sampleBench } from './sample-bench.js';

const HOSTILE = 'a\u001b[31m\n# b</script><script>document.title="run"</script><img src=http://x.invalid/> "\' | c';

test('the figures are those of good answers alone, over all rounds', () => {
  const { figures, latency, good, errors, split, batches } = sampleBench('x');
  assert.equal([good, errors], [303, { 'status 503 x': 6 }]);
  assert.is(figures.throughput.value, 101);
  assert.ok(figures.throughput.half !== null && Math.abs(figures.throughput.half - 4.303 / Math.sqrt(3)) < 0.01);
  assert.equal(
    [latency?.p50, latency?.max].map((value) => Math.round(value ?? 0)),
    [10, 40],
  );
  assert.equal([split?.queue.p50, split?.handler.p50, Math.round(split?.network.p50 ?? 0)], [1, 4, 5]);
  assert.equal(batches, [{ size: 2, batches: 152 }]);
});

for (const format of BENCH_FORMATS) {
  test(`as ${format} every report names machine, versions, command, and what the model ran on`, async () => {
    const text = await renderBench(sampleBench('model.mar'), format);
    for (const part of ['A Processor', '2.0.0', 'v20.20.2', 'mar bench model.mar', 'CPUExecutionProvider'])
      assert.ok(text.includes(part), `${format}: ${part}\n${text}`);
    assert.match(text, /status 503 model\.mar/);
  });

  test(`as ${format} nothing of a foreign text is obeyed`, async () => {
    const text = await renderBench(sampleBench(HOSTILE), format);
    assert.not(text.includes('\u001b'));
    if (format === 'html' || format === 'markdown') assert.not.match(text, /<img|<script>document/);
    if (format === 'csv')
      assert.equal(
        text.split('\n').filter((line) => line.startsWith('# b<')),
        [],
      );
  });

  test(`as ${format} an interrupted measurement, and a server that was lost, are marked`, async () => {
    const interrupted = await renderBench(sampleBench('m', { status: 'interrupted' }), format);
    assert.match(interrupted, /interrupted/i);
    const lost = await renderBench(sampleBench('m', { status: 'lost', reason: 'ECONNREFUSED' }), format);
    assert.match(lost, /lost|ANSWERS NO MORE \(ECONNREFUSED\)/);
  });
}

test('a comparison with a baseline says the change, its interval and the verdict', async () => {
  const comparisons = [
    { figure: 'p99', change: 0.1, seen: 0.25, low: 0.2, high: 0.3, verdict: 'fail' },
    { figure: 'throughput', change: -0.05, seen: null, low: null, high: null, verdict: 'unclear' },
  ] as const;
  const result = sampleBench('m', { baseline: { file: 'main.json', startedAt: '2026', paired: false, comparisons } });
  const text = await renderBench(result, 'markdown');
  assert.match(text, 'p99: +25.0 % (95 % interval +20.0 % to +30.0 %), +10.0 % allowed: FAIL');
  assert.match(text, 'throughput: cannot be told (−5.0 % allowed), there are too few rounds');
});

test('the page lets nothing be loaded, and nothing run but what it was written with', async () => {
  const page = await renderBench(sampleBench(HOSTILE), 'html');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
  const hashes = (tag: string): string[] =>
    [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(
      ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );
  const [script, ...scripts] = hashes('script');
  const [style, ...styles] = hashes('style');
  assert.equal([scripts, styles], [[], []]);
  assert.is(
    policy,
    `default-src 'none'; script-src ${script}; style-src ${style}; base-uri 'none'; form-action 'none'`,
  );
  const tags = page.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, '').match(/<[^>]*>/g) ?? [];
  assert.ok(tags.length > 50);
  assert.equal(
    tags.filter((tag) => /\s(src|href|style|on[a-z]+)=/.test(tag)),
    [],
  );
});

testUnless(missingChromium, test, 'a browser draws the plots, and runs nothing of a foreign text', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mar-bench-page-'));
  try {
    const file = join(directory, 'report.html');
    await writeFile(file, await renderBench(sampleBench(HOSTILE), 'html'));
    await withChromium(async (browser) => {
      const text = await browser.open(pathToFileURL(file).href);
      // The legends are made by uPlot.
      assert.match(text, /latency at most–[\s\S]*answers per second--[\s\S]*p99–/);
      assert.match(text, /a\\u001b\[31m\\n# b<\/script><script>document\.title/);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test.run();
