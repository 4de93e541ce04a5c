import type { Conversion, Remark } from '#convert/result.js';
import { printableData } from '#printable.js';
import { formatBytes } from '../bytes.js';
import { joinSections } from '../sections.js';
import { formatTextTable } from '../table.js';

/** Files that are listed at most. */
const SHOWN = 12;

/** What became of an archive: what was written, carried and changed, and above all what was not carried. */
export function conversionReport(found: Conversion, columns = Number.POSITIVE_INFINITY): string {
  const { archive, to, output, files, carried, changed, lost, notes } = printableData(found);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const more = files.length - SHOWN;
  const named = files.length <= SHOWN ? files : files.slice(0, SHOWN);
  return joinSections([
    [`${archive} → ${to}: ${output} (${files.length} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)})`],
    section('Carried', carried, columns),
    section('Changed', changed, columns),
    lost.length === 0 ? ['Nothing was left behind.'] : section('Not carried', lost, columns),
    to === 'triton' || to === 'mlserver' || to === 'kserve'
      ? [
          'Files',
          ...named.map(({ path }) => `  ${path}`),
          ...(more > 0 ? [`  … and ${more} more (--json lists all)`] : []),
        ]
      : [],
    notes.map((note) => note),
  ]);
}

function section(title: string, remarks: readonly Remark[], columns: number): string[] {
  if (remarks.length === 0) return [];
  return [
    title,
    ...formatTextTable(
      remarks.map(({ what, how }) => [`  ${what}`, how]),
      columns,
    ),
  ];
}
