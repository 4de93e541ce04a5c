const LEVELS = '▁▂▃▄▅▆▇█';

/** Values as one line of bars, from 0 to the largest; several are put together where there are more than `width`. */
export function sparkline(values: readonly number[], width: number): string {
  const most = Math.max(...values, 0);
  if (values.length === 0 || most === 0) return '';
  const columns = Math.min(width, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const part = values.slice(
      Math.floor((column * values.length) / columns),
      Math.floor(((column + 1) * values.length) / columns),
    );
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return LEVELS[Math.min(LEVELS.length - 1, Math.floor((mean / most) * LEVELS.length))] ?? '';
  }).join('');
}

/** A bar for a share of 0 to 1. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return `${'█'.repeat(Math.floor(eighths / 8))}${['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? ''}`;
}
