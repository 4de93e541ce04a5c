import { Fields, Items, Made, type Value } from './values.js';

/** What joblib reads from the file behind the description of an array: a pickle of its own, or so many bytes (behind a padding). */
export type ArrayContent =
  | { readonly kind: 'pickle' }
  | { readonly kind: 'bytes'; readonly length: number; readonly isPadded: boolean };

/** Where the content of an array of joblib ends, from the state of its `NumpyArrayWrapper`; undefined where that cannot be told. */
export function arrayContent(wrapper: Made): ArrayContent | undefined {
  if (!(wrapper.state instanceof Fields)) return undefined;
  const { entries } = wrapper.state;
  const shape = entries.get('shape');
  const type = elementOf(entries.get('dtype'));
  if (type === undefined || !(shape instanceof Items)) return undefined;
  if (type === 'object') return { kind: 'pickle' };
  let count = 1;
  for (const side of shape.items) {
    if (typeof side !== 'number' || side < 0) return undefined;
    count *= side;
  }
  const length = count * type;
  if (!Number.isSafeInteger(length)) return undefined;
  return { kind: 'bytes', length, isPadded: typeof entries.get('numpy_array_alignment_bytes') === 'number' };
}

/** `NPY_ITEM_HASOBJECT`: by this flag of a type joblib decides. */
const HAS_OBJECT = 1;

/** The bytes of one element, or `object` where the elements are pickled. */
function elementOf(type: Value): number | 'object' | undefined {
  if (!(type instanceof Made) || type.callee?.name !== 'dtype' || type.callee.module !== 'numpy') return undefined;
  const code = type.args instanceof Items ? type.args.items[0] : undefined;
  const state = type.state instanceof Items ? type.state.items : undefined;
  const flags = state?.[7];
  if (typeof code !== 'string') return undefined;
  if (/^[|<>=]?O/.test(code) || (typeof flags === 'number' && (flags & HAS_OBJECT) !== 0)) return 'object';
  const size = state?.[5];
  if (typeof size === 'number' && size >= 0) return size;
  const plain = /^[|<>=]?[a-zA-Z](\d{1,9})$/.exec(code)?.[1];
  return plain === undefined ? (code === '?' ? 1 : undefined) : Number(plain) * (/^[|<>=]?U/.test(code) ? 4 : 1);
}
