import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BenchResult } from '#bench/result.js';
import { printableData } from '#printable.js';
import { costReport } from '../cost.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-script.js';
import { type BenchTable, benchTables } from './tables.js';
import { comparisonTexts, provenance, statusText } from './words.js';

/**
 * A measurement as one page with plots: everything is in it, and its Content-Security-Policy lets nothing be loaded, and no other script or
 * style run than those that it was written with.
 */
export function benchHtml(given: BenchResult): string {
  const result = printableData(given);
  const script = `${uplot('uPlot.iife.min.js')}\n${PAGE_SCRIPT}`;
  const style = `${uplot('uPlot.min.css')}\n${PAGE_STYLE}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const title = `mar bench ${result.target.source}`;
  const status = statusText(result);
  const notes = [...comparisonTexts(result), ...result.warnings];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy.join('; '))}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${status === undefined ? '' : `<p class="status">${escaped(status)}</p>`}
${table({ head: [], rows: provenance(result) }, 'facts')}
${notes.length > 0 ? `<ul class="notes">${notes.map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>` : ''}
<h2>Latency by share of answers</h2>
<div id="percentiles"></div>
<h2>Throughput</h2>
<div id="throughput"></div>
<h2>Latency over time</h2>
<div id="latency"></div>
<p class="hint">Drag over a plot to look closer, double-click to see all of it.</p>
<h2>Figures</h2>
${benchTables(result)
  .map((one) => table(one))
  .join('\n')}
${result.costs ? `<pre>${escaped(costReport(result.costs, 'text'))}</pre>` : ''}
<script type="application/json" id="data">${json(plotData(result))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** The columns of the plots; the rounds follow each other. */
function plotData({ curve, rounds }: BenchResult) {
  let begun = 0;
  const slices = rounds.flatMap((round) => {
    const start = begun;
    begun += round.seconds;
    return round.slices.map((slice) => ({ ...slice, at: start + slice.at }));
  });
  return {
    // 90 %, 99 %, 99.9 % lie as far from each other as they are hard to reach.
    curve: { nines: curve.map(([share]) => -Math.log10(1 - share)), latency: curve.map(([, value]) => value) },
    slices: {
      at: slices.map(({ at }) => at),
      good: slices.map(({ good, seconds }) => good / seconds),
      errors: slices.map(({ errors, seconds }) => errors / seconds),
      p50: slices.map(({ p50 = null }) => p50),
      p99: slices.map(({ p99 = null }) => p99),
    },
  };
}

function table({ head, rows }: BenchTable, kind = ''): string {
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('')}</tr>`;
  const top = head.length > 0 ? line('th', head) : '';
  return `<table${kind === '' ? '' : ` class="${kind}"`}>${top}${rows.map((cells) => line('td', cells)).join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** JSON inside a script element: nothing in it can end the element. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A file of uPlot as it is published. */
function uplot(name: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8');
}
