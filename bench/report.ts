import { readFileSync, writeFileSync } from 'node:fs';

import { QUICK } from './effort.js';

const FILE = 'docs/benchmarks.md';

/** One line of a result: what was measured, ours, the others, and the ratio that a floor is about. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly others: string;
  /** For example `0.42×`. */
  readonly ratio: string;
  /** For example `≤ 1.5×`; absent where no floor was set. */
  readonly floor?: string;
  readonly holds?: boolean;
}

/** A ratio and whether it keeps its floor. */
export function ratio(
  ours: number,
  theirs: number,
  floor?: { atMost: number } | { atLeast: number },
): Pick<Row, 'ratio' | 'floor' | 'holds'> {
  const value = ours / theirs;
  const text = { ratio: `${value.toFixed(value < 0.1 ? 3 : 2)}×` };
  if (!floor) return text;
  if ('atMost' in floor) return { ...text, floor: `≤ ${floor.atMost}×`, holds: value <= floor.atMost };
  return { ...text, floor: `≥ ${floor.atLeast}×`, holds: value >= floor.atLeast };
}

/** Prints a table, with notes below it, and puts them in their place in docs/benchmarks.md, between the markers of its name. */
export function report(name: string, rows: readonly Row[], notes?: string): void {
  const lines = [
    '| measured | ours | beside | ratio | floor | |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ what, ours, others, ratio, floor = '', holds }) =>
        `| ${what} | ${ours} | ${others} | ${ratio} | ${floor} | ${holds === undefined ? '' : holds ? 'holds' : '**missed**'} |`,
    ),
  ];
  const table = [lines.join('\n'), ...(notes === undefined ? [] : [notes])].join('\n\n');
  console.log(`\n${name}\n${table}\n`);
  if (QUICK) return;
  const section = new RegExp(`(<!-- bench:${name} -->\n)[\\s\\S]*?(<!-- /bench:${name} -->)`);
  const text = readFileSync(FILE, 'utf8');
  if (!section.test(text)) throw new Error(`${FILE} has no place marked <!-- bench:${name} -->`);
  writeFileSync(
    FILE,
    text.replace(section, (_, start: string, end: string) => `${start}${table}\n${end}`),
  );
}
