import type { ByteSource } from '../pickle/window.js';
import { readFully } from './bytes.js';

/** Bytes of a text that are looked at together. */
const PIECE = 1024 * 1024;
/** Of one piece so many stand in front of the next one again: what begins in one may end in the other. */
const AGAIN = 64 * 1024;

/** A text in pieces that overlap: what stands within 64 KiB is seen as a whole in one of them. */
export async function* textsOf(source: ByteSource): AsyncGenerator<string> {
  let before = '';
  for (let bytes = await readFully(source, PIECE); bytes.length > 0; bytes = await readFully(source, PIECE)) {
    const text = before + plainText(bytes);
    yield text;
    before = text.slice(-AGAIN);
  }
}

/** Bytes as Latin-1, which costs a byte for each; without zeros, a text in UTF-16 or UTF-32 reads like one in ASCII. */
export function plainText(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return bytes.includes(0) ? text.replaceAll('\0', '') : text;
}

/** Texts in JSON and YAML may be written with escapes: `"py\/reduce"`, `"cl\u0061ss_name"`, `"os\x2esystem"`, over several lines. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const plain = text.replaceAll('\\"', '"').replaceAll('\\/', '/');
  if (!/\\[uxU\r\n]/.test(plain)) return plain;
  return plain.replace(ESCAPE, (found) => {
    const digits = DIGITS_FROM[found.charAt(1)];
    return digits === undefined ? '' : String.fromCharCode(Number.parseInt(found.slice(digits), 16));
  });
}

/** A letter or a sign by its number, or the end of a line that goes on in the next one. */
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U0000[0-9a-fA-F]{4}|\r?\n[ \t]{0,200})/g;
/** Where the digits of an escape begin that count. */
const DIGITS_FROM: Readonly<Record<string, number>> = { u: 2, x: 2, U: 6 };
