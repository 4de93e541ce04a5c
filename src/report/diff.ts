import type { DiffResult } from '#inspect/diff.js';
import type { FieldChange } from '#inspect/diff-fields.js';
import type { FileChange } from '#inspect/diff-files.js';
import type { ModelChange, ValueChange } from '#inspect/diff-models.js';
import { printableData } from '#printable.js';
import { formatBytes } from './bytes.js';
import { joinSections, titled } from './sections.js';
import { formatTable } from './table.js';

/** What `mar diff` prints for people; the verdict comes last. */
export function diffReport(found: DiffResult): string {
  const result = printableData(found, ['patch']);
  if (!result.different) return `${result.from} and ${result.to} have the same manifest and content.\n`;
  const sections = [
    titled('Manifest', result.fields.map(fieldLine)),
    titled('Files', formatTable(result.files.map(fileRow), [2])),
    ...result.models.map((model) => titled(`Model ${model.entry}`, modelLines(model))),
    ...result.handler.map(({ path, patch }) =>
      titled(`Handler ${path}`, patch?.trimEnd().split('\n') ?? ['rewritten']),
    ),
    verdictLines(result),
  ];
  return joinSections(sections);
}

function fieldLine({ field, from, to }: FieldChange): string {
  if (from === undefined) return `+ ${field}: ${JSON.stringify(to)}`;
  if (to === undefined) return `- ${field}: ${JSON.stringify(from)}`;
  return `~ ${field}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
}

const SIGNS = { added: '+', removed: '-', changed: '~', moved: '>' } as const;

function fileRow({ path, change, movedFrom, sizeFrom, sizeTo }: FileChange): string[] {
  const sizes = [sizeFrom, sizeTo].filter((size) => size !== undefined).map(formatBytes);
  const name = movedFrom === undefined ? path : `${movedFrom} → ${path}`;
  return [SIGNS[change], name, new Set(sizes).size === 1 ? (sizes[0] ?? '') : sizes.join(' → ')];
}

function modelLines(model: ModelChange): string[] {
  const { from, to } = model.parameters;
  const same = model.weights === 'values' ? 'the same network with other values' : 'another network';
  const count =
    from === to ? from.toLocaleString('en-US') : `${from.toLocaleString('en-US')} → ${to.toLocaleString('en-US')}`;
  return [
    ...(model.entryFrom === undefined ? [] : [`was ${model.entryFrom}`]),
    ...model.inputs.map((change) => `input ${valueText(change)}`),
    ...model.outputs.map((change) => `output ${valueText(change)}`),
    ...model.opsets.map((change) => `opset ${valueText(change)}`),
    ...model.operators.map((change) => `operator ${valueText(change)}`),
    `weights: ${same}, parameters ${count}`,
  ];
}

function valueText({ name, from, to }: ValueChange<string | number>): string {
  if (from === undefined) return `${name} added: ${to}`;
  return to === undefined ? `${name} removed: ${from}` : `${name}: ${from} → ${to}`;
}

function verdictLines({ callers, handler }: DiffResult): string[] {
  const unseen = handler.length > 0 ? ' The handler changed: its golden cases tell the rest (mar test).' : '';
  if (!callers.break) return [`Callers: name, inputs and outputs still fit.${unseen}`];
  return titled('Callers break:', callers.reasons);
}
