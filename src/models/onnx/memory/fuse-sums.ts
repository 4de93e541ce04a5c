import type { OnnxNode } from '../model.js';

/**
 * A convolution whose result is added to an earlier one writes onto that: the earlier result becomes an input of the convolution, and
 * the addition has nothing left to do. A product with weights on the way is part of the weights.
 */
export function fuseSums(nodes: readonly OnnxNode[], isConstant: (name: string) => boolean): OnnxNode[] {
  const made = new Map<string, number>();
  const readers = new Map<string, number>();
  for (const [at, { inputs, outputs }] of nodes.entries()) {
    for (const name of outputs) made.set(name, at);
    for (const name of new Set(inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const isOnlyRead = (name: string): boolean => readers.get(name) === 1;
  const result = [...nodes];
  /** The convolution behind a value, perhaps with a product on the way, where nobody else reads what is between. */
  const convolution = (name: string, steps = 2): number | undefined => {
    const at = made.get(name);
    const node = at === undefined ? undefined : result[at];
    if (at === undefined || !node || !isOnlyRead(name)) return undefined;
    if (node.operator === 'Conv') return at;
    const variable = node.inputs.filter((input) => input !== '' && !isConstant(input));
    const [only = ''] = variable;
    return node.operator === 'Mul' && variable.length === 1 && steps > 0 ? convolution(only, steps - 1) : undefined;
  };
  for (const [at, node] of nodes.entries()) {
    if (!/^(Add|Sum)$/.test(node.operator) || node.inputs.length !== 2) continue;
    const [early = '', late = ''] = [...node.inputs].sort((a, b) => (made.get(a) ?? -1) - (made.get(b) ?? -1));
    const place = convolution(late);
    const fused = place === undefined ? undefined : result[place];
    if (!fused || place === undefined || (made.get(early) ?? place) >= place) continue;
    result[place] = { ...fused, operator: 'com.microsoft:FusedConv', inputs: [...fused.inputs, early] };
    result[at] = { ...node, inputs: [late] };
  }
  return result;
}
