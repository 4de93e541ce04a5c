import { SETS, TABLE } from './table.js';

/** The letters of element types in the table, in the order in which types are listed for people. */
const LETTERS: Readonly<Record<string, string>> = {
  f: 'float32',
  d: 'float64',
  h: 'float16',
  g: 'bfloat16',
  b: 'int8',
  B: 'uint8',
  s: 'int16',
  S: 'uint16',
  i: 'int32',
  I: 'uint32',
  l: 'int64',
  L: 'uint64',
  o: 'bool',
  t: 'string',
  c: 'complex64',
  C: 'complex128',
  w: 'float8e4m3fn',
  W: 'float8e4m3fnuz',
  x: 'float8e5m2',
  X: 'float8e5m2fnuz',
  n: 'int4',
  N: 'uint4',
  e: 'float4e2m1',
  E: 'float8e8m0',
  k: 'int2',
  K: 'uint2',
};

/** One input or output of an operator: its type, or the number of the type variable that it shares with others; neither where it is not judged. */
export interface Slot {
  readonly type?: string;
  readonly variable?: number;
  /** Any number of them. */
  readonly isRepeated: boolean;
}

/** An operator in one of its versions. */
export interface Implementation {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Types of the variables that go together; a variable without an entry may have any. None: the runtime does not have the operator. */
  readonly choices: readonly ReadonlyMap<number, ReadonlySet<string>>[];
}

interface Version {
  readonly version: number;
  /** Undefined where nothing is known. */
  readonly implementation: Implementation | undefined;
}

let operators: ReadonlyMap<string, readonly Version[]> | undefined;

/** What ONNX Runtime has of an operator (`Conv`, `ai.onnx.ml:Scaler`) under this opset of its domain; undefined for what is not known. */
export function implementationOf(operator: string, opset: number): Implementation | undefined {
  operators ??= readTable();
  return operators.get(operator)?.findLast(({ version }) => version <= opset)?.implementation;
}

/** The slot at a position: the last one is repeated where it says so. */
export function slotAt(slots: readonly Slot[], position: number): Slot | undefined {
  const last = slots.at(-1);
  return slots[position] ?? (last?.isRepeated ? last : undefined);
}

function readTable(): ReadonlyMap<string, readonly Version[]> {
  const sets = new Map(words(SETS).map((word) => [word.slice(0, 1), word.slice(2)]));
  const rows = words(TABLE).map((word): [string, Version[]] => {
    const [name = '', ...versions] = word.split('|');
    return [name.replace(/^ml:/, 'ai.onnx.ml:'), versions.map((version) => readVersion(version, sets))];
  });
  return new Map(rows);
}

const words = (text: string): string[] => text.trim().split(/\s+/);

function readVersion(text: string, sets: ReadonlyMap<string, string>): Version {
  const [, version = '', inputs, outputs = '', choices = ''] = /^(\d+)(?:\((.*)>(.*)\)(.*)|\?)$/.exec(text) ?? [];
  if (inputs === undefined) return { version: Number(version), implementation: undefined };
  const read = choices === '-' ? [] : choices.split('/').map((choice) => readChoice(choice, sets));
  const implementation = { inputs: readSlots(inputs), outputs: readSlots(outputs), choices: read };
  return { version: Number(version), implementation };
}

function readSlots(text: string): Slot[] {
  return Array.from(text.matchAll(/(.)(\+?)/g), ([, sign = '', more]) => {
    const type = LETTERS[sign];
    return {
      isRepeated: more === '+',
      ...(type !== undefined && { type }),
      ...(/\d/.test(sign) && { variable: Number(sign) }),
    };
  });
}

function readChoice(text: string, sets: ReadonlyMap<string, string>): ReadonlyMap<number, ReadonlySet<string>> {
  return new Map(
    Array.from(text.matchAll(/(\d)(\D*)/g), ([, variable, letters = '']) => {
      const all = [...letters].flatMap((letter) => [...(sets.get(letter) ?? letter)]);
      return [Number(variable), new Set(all.flatMap((letter) => LETTERS[letter] ?? []))];
    }),
  );
}
