import type { OperatorRule } from './operation.js';
import { ANYTHING, broadcast, rowsAxis, shaped, type Value } from './value.js';

/** The product of matrices in two inputs; rows may be rows of the left one, columns of the right one, or number the pairs. */
export function product(first: number, second: number): OperatorRule {
  return (operation) => {
    const others = operation.inputs
      .map((_value, index) => index)
      .filter((index) => index !== first && index !== second);
    const [a, b] = [operation.inputs[first], operation.inputs[second]];
    if (!a || !b || !operation.isFixed(...others)) return undefined;
    return multiply(a, b);
  };
}

function multiply(a: Value, b: Value): Value | undefined {
  if (!a.dims || !b.dims) return rowsAxis(a) === undefined && rowsAxis(b) === undefined ? ANYTHING : undefined;
  const [left, right] = [a.dims, b.dims];
  // The axis that is summed over.
  const inner = [left.at(-1), right.length === 1 ? right[0] : right.at(-2)];
  if (inner.includes('rows')) return undefined;
  const pairs = broadcast([{ dims: left.slice(0, -2) }, { dims: right.slice(0, -2) }]);
  if (!pairs?.dims) return undefined;
  const outer = [...(left.length > 1 ? [left.at(-2)] : []), ...(right.length > 1 ? [right.at(-1)] : [])];
  return shaped([...pairs.dims, ...outer]);
}

/** The general product, with a bias. */
export const gemm: OperatorRule = (operation) => {
  const [a, b] = [operation.dims(0), operation.dims(1)];
  if (a?.length !== 2 || b?.length !== 2) return undefined;
  const [m, k] = operation.int('transA', 0) ? [a[1], a[0]] : [a[0], a[1]];
  const [other, n] = operation.int('transB', 0) ? [b[1], b[0]] : [b[0], b[1]];
  const bias = operation.inputs[2];
  const result = shaped([m, n]);
  if (!result || k === 'rows' || other === 'rows') return undefined;
  return bias ? broadcast([result, bias]) : result;
};

/** The same of quantized matrices. */
export const quantizedGemm: OperatorRule = (operation) => {
  const [a, b] = [operation.dims(0), operation.dims(3)];
  if (a?.length !== 2 || b?.length !== 2 || !operation.isFixedFrom(1) || operation.int('transA', 0)) return undefined;
  return a[1] === 'rows' ? undefined : shaped([a[0], operation.int('transB', 0) ? b[0] : b[1]]);
};

/** A product with packed weights. */
export const quantizedWeights: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || !operation.isFixedFrom(1) || operation.rows() === dims.length - 1) return undefined;
  return shaped([...dims.slice(0, -1), operation.int('N')]);
};

/** `ij,jk->ik`: the rows' letter is the same everywhere, in the result too, and nothing that has no rows has it. */
export const einsum: OperatorRule = (operation) => {
  const [left = '', result] = (operation.text('equation') ?? '').replaceAll(/\s/g, '').split('->');
  const terms = left.split(',');
  if (result === undefined || left.includes('.') || terms.length !== operation.inputs.length) return undefined;
  const letters = terms.map((term, index) => {
    const rows = operation.rows(index);
    return rows === undefined ? undefined : term[rows];
  });
  const [letter] = new Set(letters.filter((one) => one !== undefined));
  const fits = terms.every((term, index) => {
    if (operation.dims(index)?.length !== term.length) return false;
    const at = letters[index];
    return at === undefined ? !letter || !term.includes(letter) : at === letter && term.split(at).length === 2;
  });
  if (!fits || (letter && result.split(letter).length !== 2)) return undefined;
  return shaped([...result].map((one) => (one === letter ? 'rows' : undefined)));
};
