import { dirname, join, relative } from 'node:path';
import type { InitResult } from '#index.js';

/** What was found and written, what to look at, and the commands that come next as typed in `cwd`. */
export function initReport(result: InitResult, cwd: string): string {
  const { model, labels } = result;
  const found = model
    ? [
        `Found ${model.file} (${model.format})`,
        ...model.inputs.map((input) => `  input   ${input}`),
        ...model.outputs.map((output) => `  output  ${output}`),
      ]
    : ['Found no model.'];
  return [
    ...found,
    ...(labels ? [`Found ${labels.file} (${labels.count} labels)`] : []),
    `Wrote the template ${result.template}: ${result.written.join(', ')}`,
    ...result.notes.map((note) => `note: ${note}`),
    '',
    'Next:',
    ...nextCommands(result, cwd),
    '',
  ].join('\n');
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
