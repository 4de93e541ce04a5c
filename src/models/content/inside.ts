import { glance } from '../pickle/glance.js';
import { type PickleFile, readPickles } from '../pickle/read-pickles.js';
import type { ByteSource } from '../pickle/window.js';
import { type Content, contentOf, readFully } from './bytes.js';
import type { Findings } from './findings.js';
import { inside } from './place.js';

/** Bytes that are looked at at once, and how many of them once more with those behind. */
const STEP = 1024 * 1024;
const OVERLAP = 128 * 1024;

/** An import of protocol 0 or 1, which may be the beginning of a pickle. */
const IMPORT = /c[A-Za-z_][\w.]{0,99}\n[A-Za-z_][\w.]{0,99}\n/g;

/**
 * Looks for pickles in a file that keeps them among other things: PyTables and pandas in attributes and arrays of HDF5, `shelve` in a database. They
 * stand there as they are, and are found by how they begin; what is compressed is not seen. `onText` gets all bytes as Latin-1, in overlapping parts.
 */
export async function picklesInside(
  source: ByteSource,
  findings: Findings,
  where: string,
  onText?: (part: string) => void,
): Promise<void> {
  let before: Buffer = Buffer.alloc(0);
  let base = 0;
  for (let chunk = await readFully(source, STEP); chunk.length > 0; chunk = await readFully(source, STEP)) {
    const bytes = Buffer.concat([before, chunk]);
    const text = bytes.toString('latin1');
    onText?.(text);
    const isLast = chunk.length < STEP;
    const until = isLast ? bytes.length : bytes.length - OVERLAP;
    for (const [at, isSure] of beginnings(bytes, text)) {
      if (at >= until) continue;
      const file = await pickleAt(bytes, at);
      const way = inside(where, `the pickle at byte ${base + at}`);
      if (file) findings.pickleInside(isSure ? file : { ...file, pickles: 0 }, way);
    }
    before = bytes.subarray(Math.max(0, until));
    base += Math.max(0, until);
  }
}

/** The same of content that was read already by its beginning. */
export async function picklesBehind(content: Content, findings: Findings): Promise<void> {
  const source = await content.open();
  try {
    await picklesInside(source, findings, '');
  } finally {
    await source.close();
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
