import { constants, inflateRawSync, unzipSync } from 'node:zlib';
import { glance } from '../pickle/glance.js';
import { judge } from '../pickle/judge.js';
import { nameOf } from '../pickle/uses.js';
import type { Say } from './json-codes.js';

/**
 * Where a text may go on as a pickle, or as one that gzip, zlib or a zip packed: in base64 (in lines as well), in hexadecimal digits (with something
 * between them), in the escapes of Python and JSON, or as a list of numbers.
 */
const BEGINNING =
  /\b(?:80[\s:,]?0[2-5][\s:,]?(?:[0-9a-fA-F]{2}[\s:,]?){8}|(?:gA[IJMNQRSTUV]|Y(?:2|3|1|19)|KG|H4sI|UEsDB|e(?:A[E-H]|F[4-7]|J[w-z]|N[o-r]))[A-Za-z0-9+/_-]{16})|\\(?:x|u00)80\\(?:x|u00)0[2-5]|\b128\s?,\s{0,8}[2-5]\s?,\s{0,8}(?:\d{1,3}\s?,\s{0,8}){8}/g;

/** Letters that are followed from there. */
const LONGEST = 65_536;
const MOST_UNPACKED = 1024 * 1024;

/** Whether a text may hold a pickle that is written down so; it costs little. */
export const mayHidePickles = (text: string): boolean => text.search(BEGINNING) >= 0;

/** Says which pickles are written down in a text that run commands. */
export function picklesInText(text: string, say: Say): void {
  for (const { 0: found, index } of text.matchAll(BEGINNING)) {
    const bytes = bytesFrom(found, text.slice(index, index + LONGEST));
    const use = unpacked(bytes)
      .flatMap((part) => glance(part, 0, true))
      .find((one) => judge(one) === 'dangerous');
    if (use !== undefined) say(`hides a pickle in its text, which uses ${nameOf(use)}`);
  }
}

function bytesFrom(beginning: string, text: string): Buffer {
  if (beginning.startsWith('\\')) return fromEscapes(text);
  if (beginning.startsWith('128'))
    return Buffer.from((/^[\d\s,]+/.exec(text)?.[0] ?? '').split(',').map((one) => Number.parseInt(one, 10) & 0xff));
  if (beginning.startsWith('80'))
    return Buffer.from((/^[\da-fA-F\s:,]+/.exec(text)?.[0] ?? '').replace(/[\s:,]/g, ''), 'hex');
  // A line of base64 may end with the escape of its line's end.
  return Buffer.from((/^(?:[A-Za-z0-9+/_=\s-]|\\n)+/.exec(text)?.[0] ?? '').replace(/\\n|\s/g, ''), 'base64');
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Bytes that are written as Python and JSON write them. */
const fromEscapes = (text: string): Buffer =>
  Buffer.from(
    text.replace(
      /\\(?:x([\da-fA-F]{2})|u00([\da-fA-F]{2})|([\s\S]))/g,
      (_, short?: string, long?: string, letter?: string) => {
        const digits = short ?? long;
        if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
        return LETTERS[letter ?? ''] ?? letter ?? '';
      },
    ),
    'latin1',
  );

/** What packed bytes unpack to, the entries of a zip each for itself, or the bytes as they are. */
function unpacked(bytes: Buffer): Buffer[] {
  if (bytes.toString('latin1', 0, 4) === ENTRY) return entriesOf(bytes);
  return [bytes[0] === 0x1f || bytes[0] === 0x78 ? inflated(bytes, unzipSync) : bytes];
}

const ENTRY = 'PK\x03\x04';

/** What stands behind the headers of entries, as Keras keeps a module of PyTorch: the list of the zip may be beyond what is followed. */
function entriesOf(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at >= 0 && at + 30 < bytes.length; at = bytes.indexOf(ENTRY, at + 4, 'latin1')) {
    const data = bytes.subarray(at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28));
    found.push(bytes.readUInt16LE(at + 8) === 8 ? inflated(data, inflateRawSync) : data);
  }
  return found;
}

function inflated(bytes: Buffer, unpack: typeof unzipSync): Buffer {
  try {
    return unpack(bytes, { maxOutputLength: MOST_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return bytes;
  }
}
