/** A place in a source text: 1-based line and column, as editors count. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/**
 * The line of a place with its neighbours and a caret below the column, ready to print.
 * Tabs become one space, so that the caret stands where it should.
 */
export function codeFrame(text: string, place: SourcePlace, around = 1): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, place.line - around);
  const last = Math.min(lines.length, place.line + around);
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const marker = number === place.line ? '>' : ' ';
    const line = (lines[number - 1] ?? '').replaceAll('\t', ' ').slice(0, 200);
    frame.push(`${marker} ${String(number).padStart(width)} | ${line}`.trimEnd());
    if (number === place.line) frame.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, place.column - 1))}^`);
  }
  return frame.join('\n');
}
