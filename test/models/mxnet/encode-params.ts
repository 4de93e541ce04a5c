/** One array of a `.params` file; all zeros. */
export interface ArraySpec {
  readonly name: string;
  readonly dims: readonly number[];
  /** MXNet's number of the element type: 0 is float32. */
  readonly type?: number;
}

/** Bytes of an element, by its type. */
const WIDTHS = [4, 8, 2, 1, 4, 1, 8, 1];

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};

/** A `.params` file as MXNet writes it; `form` is the version of each array's form (0: before there was one). */
export function encodeParams(arrays: readonly ArraySpec[], form: 0 | 1 | 2 | 3 = 2): Buffer {
  const encoded = arrays.map(({ dims, type = 0 }) => {
    const bytes = dims.reduce((all, dim) => all * dim, WIDTHS[type] ?? 1);
    const axes = form === 0 ? dims.map(int) : dims.map(long);
    const head = [...(form === 0 ? [] : [int(0xf993fac7 + form)]), ...(form > 1 ? [int(0)] : []), int(dims.length)];
    return Buffer.concat([...head, ...axes, int(1), int(0), int(type), Buffer.alloc(bytes)]);
  });
  const names = arrays.map(({ name }) => Buffer.concat([long(Buffer.byteLength(name)), Buffer.from(name)]));
  return Buffer.concat([long(0x112), long(0), long(arrays.length), ...encoded, long(names.length), ...names]);
}
