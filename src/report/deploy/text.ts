import type { Deployment } from '#deploy/options.js';
import { printableData } from '#printable.js';
import { joinSections } from '../sections.js';
import { formatTextTable } from '../table.js';

/** The files of a deployment, what was decided, and the commands that come next. */
export function deployReport(found: Deployment, columns = Number.POSITIVE_INFINITY): string {
  const { modelName, directory, files, notes, next } = printableData(found);
  return joinSections([
    [`${directory}: ${files.join(', ')} for model ${modelName}`],
    formatTextTable(
      notes.map((note) => ['-', note]),
      columns,
    ),
    ['Next, there:', ...next.map((command) => `  ${command}`)],
  ]);
}
