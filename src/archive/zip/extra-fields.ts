const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;
const SENTINEL = 0xffffffff;
const NONE: ReadonlyMap<number, Buffer> = new Map();

/** Size fields as a header records them; `SENTINEL` in one defers to the zip64 extra field. */
export interface Sizes {
  readonly size: number;
  readonly compressedSize: number;
  readonly offset?: number;
}

/**
 * The blocks of an extra field by id, or undefined when its lengths do not add up or a block occurs twice (APPNOTE 4.5.1): of two, some
 * readers take the first, others the last.
 */
export function extraFields(extra: Buffer): ReadonlyMap<number, Buffer> | undefined {
  if (extra.length === 0) return NONE;
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) return undefined;
    const id = extra.readUInt16LE(at);
    if (fields.has(id)) return undefined;
    fields.set(id, extra.subarray(at + 4, end));
    at = end;
  }
  // Some writers pad with up to three zero bytes for alignment.
  return extra.subarray(at).every((byte) => byte === 0) ? fields : undefined;
}

/** The sizes with the zip64 field applied; undefined when one is deferred to a field that lacks it or contradicts the header. */
export function widened(sizes: Sizes, fields: ReadonlyMap<number, Buffer>): Required<Sizes> | undefined {
  const names = ['size', 'compressedSize', 'offset'] as const;
  const plain = { size: sizes.size, compressedSize: sizes.compressedSize, offset: sizes.offset ?? 0 };
  const deferred = names.filter((name) => plain[name] === SENTINEL);
  const field = fields.get(ZIP64);
  if (field === undefined) return deferred.length === 0 ? plain : undefined;
  // Exactly what is deferred, in order; where nothing is, some writers record all the same. Readers disagree about any mixture.
  const count = Math.floor(field.length / 8);
  if (deferred.length > 0 && count !== deferred.length) return undefined;
  const recorded = deferred.length > 0 ? deferred : names.slice(0, count);
  const wide = { ...plain };
  for (const [index, name] of recorded.entries()) {
    const value = Number(field.readBigUInt64LE(index * 8));
    if (plain[name] !== SENTINEL && plain[name] !== value) return undefined;
    wide[name] = value;
  }
  return wide;
}

/** The name of Info-ZIP's Unicode Path field, which some readers prefer to the header's, or undefined. */
export function unicodePath(fields: ReadonlyMap<number, Buffer>): Buffer | undefined {
  const field = fields.get(UNICODE_PATH);
  return field !== undefined && field.length > 5 ? field.subarray(5) : undefined;
}
