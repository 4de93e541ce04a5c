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
  const first = Math.max(1, place.line - around);
  const lines = linesOf(text, first, place.line + around);
  const last = first + lines.length - 1;
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const marker = number === place.line ? '>' : ' ';
    const line = (lines[number - first] ?? '').slice(0, 200).replaceAll('\t', ' ');
    frame.push(`${marker} ${String(number).padStart(width)} | ${line}`.trimEnd());
    if (number === place.line) frame.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, place.column - 1))}^`);
  }
  return frame.join('\n');
}

/** Lines `first` to `last`, as far as there are such; nothing behind them is looked at. */
function linesOf(text: string, first: number, last: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let number = 1; number <= last && start <= text.length; number += 1) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    if (number >= first) lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    start = end < 0 ? text.length + 1 : end + 1;
  }
  return lines;
}
