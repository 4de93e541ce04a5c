import { glance } from '../pickle/glance.js';
import { type PickleFile, readPickles } from '../pickle/read-pickles.js';
import type { ByteSource } from '../pickle/window.js';
import { contentOf, readFully } from './bytes.js';
import { kerasCodes } from './codes.js';

/** Bytes that are looked at at once, and how many of them once more with those behind. */
const STEP = 1024 * 1024;
const OVERLAP = 128 * 1024;

/** An import of protocol 0 or 1, which may be the beginning of a pickle. */
const IMPORT = /c[A-Za-z_][\w.]{0,99}\n[A-Za-z_][\w.]{0,99}\n/g;

/** Takes what is found in HDF5. */
export interface Hdf5Watch {
  /** A clause behind the file's name. */
  code(message: string): void;
  /** A pickle that begins at a byte of the file. */
  pickle(file: PickleFile, at: number): void;
}

/**
 * HDF5 keeps the configuration of a Keras model as text in an attribute; PyTables, and pandas with it, keep what is no number as pickles
 * in attributes and arrays, and load them. Those stand in the file as they are, and are found by how they begin.
 */
export async function readHdf5(source: ByteSource, watch: Hdf5Watch): Promise<void> {
  let before: Buffer = Buffer.alloc(0);
  let base = 0;
  for (let chunk = await readFully(source, STEP); chunk.length > 0; chunk = await readFully(source, STEP)) {
    const bytes = Buffer.concat([before, chunk]);
    const text = bytes.toString('latin1');
    kerasCodes(text, (message) => watch.code(message));
    const isLast = chunk.length < STEP;
    const until = isLast ? bytes.length : bytes.length - OVERLAP;
    for (const [at, isSure] of beginnings(bytes, text)) {
      if (at >= until) continue;
      const file = await pickleAt(bytes, at);
      if (file) watch.pickle(isSure ? file : { ...file, pickles: 0 }, base + at);
    }
    before = bytes.subarray(Math.max(0, until));
    base += Math.max(0, until);
  }
}

/** Where a pickle may begin, and whether it can be nothing else: `Vblock_0` in one of protocol 0 has an import in it by chance. */
function* beginnings(bytes: Buffer, text: string): Generator<readonly [at: number, isSure: boolean]> {
  for (const { index } of text.matchAll(IMPORT)) yield [index, !/\w/.test(text[index - 1] ?? '')];
  for (let at = bytes.indexOf(0x80); at >= 0; at = bytes.indexOf(0x80, at + 1)) {
    const protocol = bytes[at + 1] ?? 0;
    if (protocol >= 2 && protocol <= 5) yield [at, true];
  }
}

/** The pickle that begins there, if something is one: numbers may look like one for some bytes. */
async function pickleAt(bytes: Buffer, at: number): Promise<PickleFile | undefined> {
  const part = bytes.subarray(at, at + OVERLAP);
  if (glance(part).length === 0) return undefined;
  return readPickles(await contentOf(part).open(), { isCertain: false });
}
