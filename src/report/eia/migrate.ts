import type { Migration } from '#eia/migrate.js';
import { printableData } from '#printable.js';
import { joinSections } from '../sections.js';
import { formatTextTable } from '../table.js';

/** What changes, before anything is written: the difference, and what is left to the author. */
export function migrationReport(found: Migration, columns = Number.POSITIVE_INFINITY): string {
  const migration = printableData(found, ['patch']);
  const left = migration.places.filter(({ done }) => !done);
  const done = migration.places.length - left.length;
  const sections = [
    [`${migration.archive} → ${migration.to}: off Elastic Inference, which has ended`],
    ...migration.patches.map(({ path, patch }) => patch?.trimEnd().split('\n') ?? [`${path}: rewritten`]),
    done === 0 ? [] : [`Changed in the handler: ${done} ${done === 1 ? 'place' : 'places'}, see above.`],
    left.length === 0
      ? ['Nothing in the handler is left to change.']
      : [
          'Left to you in the handler:',
          ...left.flatMap(({ entry, line, code, change }) => [
            `  ${entry}:${line}  ${code}`,
            ...formatTextTable([['    →', change]], columns),
          ]),
        ],
    migration.notes.length === 0
      ? []
      : [
          'Besides:',
          ...formatTextTable(
            migration.notes.map((note) => ['  -', note]),
            columns,
          ),
        ],
  ];
  return joinSections(sections);
}
