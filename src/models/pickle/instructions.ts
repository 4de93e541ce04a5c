/** How many bytes belong to an instruction of a pickle; the tables follow Python's pickletools. */
const FIXED: Readonly<Record<string, number>> = {
  J: 4,
  K: 1,
  M: 2,
  G: 8,
  h: 1,
  j: 4,
  q: 1,
  r: 4,
  '\x80': 1,
  '\x82': 1,
  '\x83': 2,
  '\x84': 4,
  '\x95': 8,
};
const PREFIXED: Readonly<Record<string, number>> = {
  T: 4,
  U: 1,
  B: 4,
  C: 1,
  X: 4,
  '\x8a': 1,
  '\x8b': 4,
  '\x8c': 1,
  '\x8d': 8,
  '\x8e': 8,
  '\x96': 8,
};
const LINES: Readonly<Record<string, number>> = { I: 1, L: 1, S: 1, V: 1, F: 1, g: 1, p: 1, P: 1, c: 2, i: 2 };

/** What an instruction takes from the stack (a number of values, or all down to a mark) and how many values it leaves there. */
interface Effect {
  readonly pops: number | 'to-mark';
  readonly pushes: 0 | 1;
}

const EFFECTS: ReadonlyMap<string, Effect> = new Map(
  (
    [
      ['N]})\x8f\x88\x89\x97IJKMLFGSTUVXBCP\x8a\x8b\x8c\x8d\x8e\x96\x82\x83\x84c2ghj(', { pops: 0, pushes: 1 }],
      ['.\x80\x95\x98pqr\x94', { pops: 0, pushes: 0 }],
      ['ab0', { pops: 1, pushes: 0 }],
      ['s', { pops: 2, pushes: 0 }],
      ['Q\x85', { pops: 1, pushes: 1 }],
      ['R\x81\x86\x93', { pops: 2, pushes: 1 }],
      ['\x87\x92', { pops: 3, pushes: 1 }],
      ['eu\x901', { pops: 'to-mark', pushes: 0 }],
      ['ltdio\x91', { pops: 'to-mark', pushes: 1 }],
    ] as const
  ).flatMap(([codes, effect]) => [...codes].map((code) => [code, effect] as const)),
);

/** One instruction, located but not carried out. */
export interface Instruction extends Effect {
  readonly code: string;
  /** Where its argument begins (behind a length in front of it), and the first byte behind the instruction, perhaps beyond the bytes at hand. */
  readonly from: number;
  readonly to: number;
}

/**
 * The instruction at a byte, `cut` where the bytes end before its length is known, or undefined where that byte is not an
 * instruction (or its length is negative). `to` may lie beyond the bytes: what is missing then is content, not code.
 */
export function instructionAt(bytes: Buffer, at: number): Instruction | 'cut' | undefined {
  const code = CODES[bytes[at] ?? 0] ?? '';
  const effect = EFFECTS.get(code);
  if (effect === undefined) return undefined;
  const prefix = PREFIXED[code] ?? 0;
  const from = at + 1 + prefix;
  if (from > bytes.length) return 'cut';
  let to = from + (FIXED[code] ?? 0);
  if (prefix > 0) to += prefix === 8 ? Number(bytes.readBigUInt64LE(at + 1)) : bytes.readUIntLE(at + 1, prefix);
  if ((code === 'T' || code === '\x8b') && to - from >= 2 ** 31) return undefined;
  for (let lines = LINES[code] ?? 0; lines > 0; lines--) {
    const end = bytes.indexOf(10, to);
    if (end < 0) return 'cut';
    to = end + 1;
  }
  const { pops, pushes } = effect;
  return { code, from, to, pops, pushes };
}

const CODES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
