import { wrap } from './wrap.js';

/** Rows as lines with aligned columns, two spaces between them; columns named in `right` are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A table whose last column is text: what does not fit into `columns` (no limit without it) goes below, under its beginning. */
export function formatTextTable(rows: readonly (readonly string[])[], columns = Number.POSITIVE_INFINITY): string[] {
  const heads = formatTable(rows.map((row) => [...row.slice(0, -1), '.']));
  return rows.flatMap((row, index) => {
    const head = (heads[index] ?? '').slice(0, -1);
    const lines = wrap(row.at(-1) ?? '', Math.max(20, columns - head.length));
    return lines.map((line, position) => (position === 0 ? head : ' '.repeat(head.length)) + line);
  });
}
