/** What several did of the same, as it is plotted. */
export interface Bar {
  readonly what: string;
  /** Of seconds the shortest bar is the best, of rates the longest. */
  readonly unit: 'seconds' | 'rate';
  readonly values: readonly (readonly [name: string, value: number, text: string])[];
}

const WIDTH = 40;

/** A plot of bars for a monospaced font, all from zero on one scale. */
export function barsOf({ what, unit, values }: Bar): string {
  const most = Math.max(...values.map(([, value]) => value));
  const name = Math.max(...values.map(([text]) => text.length));
  const lines = values.map(([text, value, shown]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((WIDTH * value) / most)));
    return `  ${text.padEnd(name)} ${bar} ${shown}`;
  });
  return [`${what} (${unit === 'seconds' ? 'shorter' : 'longer'} is better)`, ...lines].join('\n');
}
