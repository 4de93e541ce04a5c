import type { FieldChange } from './diff-fields.js';
import type { ModelChange, ValueChange } from './diff-models.js';

/** The verdict for whoever calls the model over HTTP. */
export interface Callers {
  readonly break: boolean;
  /** One sentence for each change that a caller notices. */
  readonly reasons: readonly string[];
}

/**
 * What of the changes a caller notices: the name that the model is served under, and inputs and outputs that no longer take or give
 * what they did. A handler may hide the latter, which only its golden cases can tell.
 */
export function callersOf(fields: readonly FieldChange[], models: readonly ModelChange[]): Callers {
  const reasons: string[] = [];
  const name = fields.find(({ field }) => field === 'model.modelName');
  if (name !== undefined) reasons.push(`the model is served as ${String(name.to)} instead of ${String(name.from)}`);
  for (const { entry, inputs, outputs } of models) {
    for (const change of inputs) {
      if (change.from === undefined) reasons.push(`${entry} requires a new input ${change.name}`);
      else if (change.to === undefined) reasons.push(`${entry} no longer has the input ${change.name}`);
      else if (!fits(change.from, change.to)) reasons.push(sentence(entry, 'input', change));
    }
    for (const change of outputs) {
      if (change.from === undefined) continue;
      if (change.to === undefined) reasons.push(`${entry} no longer has the output ${change.name}`);
      else if (!fits(change.to, change.from)) reasons.push(sentence(entry, 'output', change));
    }
  }
  return { break: reasons.length > 0, reasons };
}

function sentence(entry: string, kind: 'input' | 'output', { name, from, to }: ValueChange<string>): string {
  return `${kind} ${name} of ${entry} is ${to} instead of ${from}`;
}

/** Whether every tensor of the type `given` is one of the type `wanted`: same element type and rank, sizes equal or left open. */
function fits(given: string, wanted: string): boolean {
  const [one, other] = [parse(given), parse(wanted)];
  if (one.type !== other.type) return false;
  if (one.dims === undefined || other.dims === undefined) return other.dims === undefined;
  const { dims } = other;
  return one.dims.length === dims.length && one.dims.every((dim, index) => isOpen(dims[index]) || dim === dims[index]);
}

/** A symbol or `?`: any size goes. */
function isOpen(dim: string | undefined): boolean {
  return dim !== undefined && !/^\d+$/.test(dim);
}

function parse(text: string): { type: string; dims?: string[] } {
  const [, type = text, dims] = /^([^[]*)\[(.*)\]$/.exec(text) ?? [];
  return dims === undefined ? { type } : { type, dims: dims === '' ? [] : dims.split(',') };
}
