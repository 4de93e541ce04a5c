import type { Matrix, Outcome } from './matrix.js';
import type { Place } from './rows.js';

/** What the page calls a column. */
export const HEADS: Readonly<Record<Place, string>> = {
  ours: '`mar serve-local`',
  mms: 'Multi Model Server 1.1.11',
  torchserve: 'TorchServe 0.12.0',
  sagemaker: "SageMaker's toolkit 1.10.1",
  'load-all': '`load_models=ALL`',
};

/** The matrix as a table of Markdown. */
export function matrixTable({ places, rows }: Matrix): string {
  return [
    `| archive | ${places.map((place) => HEADS[place]).join(' | ')} |`,
    `| --- |${' --- |'.repeat(places.length)}`,
    ...rows.map(
      ({ row, outcomes }) => `| ${row.name} | ${places.map((place) => cellText(outcomes[place])).join(' | ')} |`,
    ),
  ].join('\n');
}

/** What the page says of a cell. */
export function cellText(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '–';
  if (outcome.kind === 'same') return 'same';
  if (outcome.kind === 'refused') return `refused: "${outcome.reason}" (${outcome.predicted.join(', ')})`;
  return `**wrong**: ${outcome.faults.join('; ')}`;
}
