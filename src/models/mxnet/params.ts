import type { EntryReader } from '#archive/archive.js';

/** `kMXAPINDArrayListMagic`, the first eight bytes of a list of arrays. */
const LIST = 0x112n;
/** What an array begins with, by the version of its form. */
const FORMS: Readonly<Record<number, 1 | 2 | 3>> = { 4187224776: 1, 4187224777: 2, 4187224778: 3 };
const TYPES = ['float32', 'float64', 'float16', 'uint8', 'int32', 'int8', 'int64', 'bool'] as const;
const WIDTHS = [4, 8, 2, 1, 4, 1, 8, 1] as const;
const MOST_ARRAYS = 100_000;
const MOST_AXES = 32;
const LONGEST_NAME = 4096;

/** One array of a `.params` file, without its content. */
export interface MxnetArray {
  /** Without the `arg:` or `aux:` before it. */
  readonly name: string;
  readonly type: (typeof TYPES)[number];
  readonly dims: readonly number[];
  readonly bytes: number;
}

/** The arrays of a `.params` file, read forward once without their content; or why it is not such a file. */
export async function readParams(reader: EntryReader): Promise<readonly MxnetArray[] | { readonly fault: string }> {
  try {
    return await new ParamsReader(reader).arrays();
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

class ParamsReader {
  readonly #reader: EntryReader;
  #position = 0;

  constructor(reader: EntryReader) {
    this.#reader = reader;
  }

  async arrays(): Promise<MxnetArray[]> {
    if (this.#reader.size < 24 || (await this.#take(8)).readBigUInt64LE() !== LIST)
      throw new Unreadable('does not begin like a list of MXNet arrays');
    await this.#take(8);
    const count = await this.#long('arrays', MOST_ARRAYS);
    const found: Omit<MxnetArray, 'name'>[] = [];
    for (let index = 0; index < count; index++) found.push(await this.#array());
    const named = await this.#long('names', MOST_ARRAYS);
    if (named !== 0 && named !== count) throw new Unreadable(`has ${count} arrays and ${named} names`);
    const arrays: MxnetArray[] = [];
    for (const [index, array] of found.entries()) {
      const name = named === 0 ? String(index) : await this.#name();
      arrays.push({ ...array, name: name.replace(/^(arg|aux):/, '') });
    }
    return arrays;
  }

  async #array(): Promise<Omit<MxnetArray, 'name'>> {
    const magic = await this.#int();
    const form = FORMS[magic >>> 0];
    if (form !== undefined && form > 1 && (await this.#int()) !== 0)
      throw new Unreadable('holds a sparse array, which is not read here');
    const axes = form === undefined ? magic : await this.#int();
    if (axes < 0 || axes > MOST_AXES) throw new Unreadable(`has an array of ${axes} axes`);
    const dims: number[] = [];
    for (let axis = 0; axis < axes; axis++)
      dims.push(form === undefined ? await this.#int() : await this.#long('elements'));
    if (axes === 0 && form !== 3) return { type: 'float32', dims, bytes: 0 };
    await this.#take(8);
    const code = await this.#int();
    const [type, width] = [TYPES[code], WIDTHS[code]];
    if (type === undefined || width === undefined) throw new Unreadable(`has an array of the unknown type ${code}`);
    const bytes = dims.reduce((all, dim) => all * dim, width);
    if (!Number.isSafeInteger(bytes) || bytes < 0 || this.#position + bytes > this.#reader.size)
      throw new Unreadable(`has an array of ${bytes} bytes, more than the file holds`);
    await this.#reader.skip(bytes);
    this.#position += bytes;
    return { type, dims, bytes };
  }

  async #name(): Promise<string> {
    return (await this.#take(await this.#long('bytes of a name', LONGEST_NAME))).toString('utf8');
  }

  async #int(): Promise<number> {
    return (await this.#take(4)).readInt32LE();
  }

  async #long(what: string, most: number = Number.MAX_SAFE_INTEGER): Promise<number> {
    const value = (await this.#take(8)).readBigInt64LE();
    if (value < 0n || value > BigInt(most)) throw new Unreadable(`claims ${value} ${what}`);
    return Number(value);
  }

  async #take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0; ) {
      const part = await this.#reader.read(missing);
      if (part.length === 0) throw new Unreadable('ends in the middle of its header');
      parts.push(part);
      missing -= part.length;
    }
    this.#position += length;
    return Buffer.concat(parts);
  }
}
