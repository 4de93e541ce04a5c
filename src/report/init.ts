import { relative } from 'node:path';
import type { InitResult } from '#index.js';

/** What was found and written, what to look at, and the commands that come next as typed in `cwd`. */
export function initReport(result: InitResult, cwd: string): string {
  const { model, labels } = result;
  const directory = relative(cwd, result.directory) || '.';
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
    `  mar build --model-path ${directory}`,
    `  mar validate ${result.modelName}.mar --run`,
    `  mar serve-local ${result.modelName}.mar`,
    '',
  ].join('\n');
}
