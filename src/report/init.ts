import { dirname, join, relative } from 'node:path';
import type { Found, InitResult } from '#index.js';
import { printableData } from '#printable.js';

/** What the directory holds. */
export function foundReport(found: Found): string {
  const { model, otherModels = [], labels, service } = printableData(found);
  const lines = model
    ? [
        `Found ${model.file} (${model.format})`,
        ...model.inputs.map((input) => `  input   ${input}`),
        ...model.outputs.map((output) => `  output  ${output}`),
      ]
    : service === undefined
      ? ['Found no model.']
      : [];
  const others = otherModels.map((file) => `Found ${file}`);
  const handler = service === undefined ? [] : [`Found the handler ${service}`];
  return `${[...lines, ...others, ...handler, ...(labels ? [labelsLine(labels)] : [])].join('\n')}\n`;
}

/** What was written, what to look at, and the commands that come next as typed in `cwd`; `before` was reported already. */
export function initReport(written: InitResult, cwd: string, before?: Found): string {
  const result = printableData(written);
  const { labels } = result;
  return [
    ...(labels && labels.file !== before?.labels?.file ? [labelsLine(labels)] : []),
    ...whatBecame(result),
    ...result.notes.map((note) => `note: ${note}`),
    '',
    'Next:',
    ...nextCommands(result, cwd),
    '',
  ].join('\n');
}

function whatBecame({ template, service, written, kept, backups }: InitResult): string[] {
  const what = service === undefined ? `the template ${template}` : `what ${service} lacked`;
  return [
    written.length > 0 ? `Wrote ${what}: ${written.join(', ')}` : 'Wrote nothing: everything is there.',
    ...(kept.length > 0 ? [`Kept what was there: ${kept.join(', ')}`] : []),
    ...(backups.length > 0 ? [`Copied what was replaced: ${backups.join(', ')}`] : []),
  ];
}

function labelsLine({ file, count }: NonNullable<Found['labels']>): string {
  return `Found ${file} (${count} labels)`;
}

/** The configuration that init wrote puts the archive beside the model directory. */
function nextCommands({ directory, modelName }: InitResult, cwd: string): string[] {
  const archive = quote(relative(cwd, join(dirname(directory), `${modelName}.mar`)));
  const model = relative(cwd, directory);
  return [
    `  mar build${model === '' ? '' : ` ${quote(model)}`}`,
    `  mar validate ${archive} --run`,
    `  mar serve-local ${archive}`,
  ];
}

/** A path as a shell takes it. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
