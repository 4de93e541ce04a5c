import { formFaults } from './forms/form-faults.js';
import type { OnnxModel } from './model.js';

const MOST = 10;

/**
 * What is wrong with the wiring of the main graph and with the form of nodes, ten sentences at most. Values of outer scope inside subgraphs are not
 * looked at.
 */
export function graphFaults(model: OnnxModel): string[] {
  const faults: string[] = [];
  const made = new Set([...model.inputs, ...model.initializers].map((value) => value.name));
  for (const { name, operator, inputs, outputs } of model.nodes) {
    const label = name === '' ? `a node ${operator}` : `the node '${name}' (${operator})`;
    for (const input of inputs)
      if (input !== '' && !made.has(input)) faults.push(`${label} reads '${input}', which nothing before it makes`);
    for (const output of outputs) {
      if (output !== '' && made.has(output)) faults.push(`${label} makes '${output}', which exists already`);
      made.add(output);
    }
    if (faults.length >= MOST) return faults.slice(0, MOST);
  }
  for (const { name } of model.outputs) if (!made.has(name)) faults.push(`the output '${name}' is never made`);
  if (model.outputs.length === 0) faults.push('the graph has no output');
  return [...faults, ...formFaults(model)].slice(0, MOST);
}
