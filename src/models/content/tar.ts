import type { ByteSource } from '../pickle/window.js';
import { NotFollowed, readFully } from './bytes.js';

/** An entry of a tar; its content follows in the source, and has to be read or skipped before the next one is asked for. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
}

/** Whether bytes are the header of an entry: by its checksum, which is all that the oldest form of the format has. */
export function isTarHeader(header: Buffer): boolean {
  if (header.length < 512) return false;
  const recorded = octal(header, 148, 156);
  if (recorded === undefined || recorded === 0) return false;
  // The field itself counts as eight blanks.
  let sum = 8 * 0x20;
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  return sum === recorded;
}

/** The files of a tar in order, by their whole names. Throws {@link NotFollowed} where a header is none. */
export async function* tarMembers(source: ByteSource): AsyncGenerator<TarMember> {
  let longName: string | undefined;
  let longSize: number | undefined;
  for (;;) {
    const header = await readFully(source, 512);
    if (header.length < 512 || header.every((byte) => byte === 0)) return;
    const type = header.toString('latin1', 156, 157);
    const isExtended = type === 'L' || type === 'x' || type === 'g';
    const size = isExtended ? sizeIn(header) : (longSize ?? sizeIn(header));
    if (!isTarHeader(header) || size === undefined) throw new NotFollowed('the tar in it cannot be read');
    if (type === 'S') throw new NotFollowed('it has a sparse file, which is not followed', true);
    const padding = (512 - (size % 512)) % 512;
    if (isExtended) {
      // The name of the next entry, which is too long for its header.
      const text = await readFully(source, Math.min(size, LONGEST_NAME));
      await source.skip(size - text.length + padding);
      const said = text.toString('utf8');
      if (type !== 'L' && /(?:^|\n)\d+ GNU\.sparse\./.test(said))
        throw new NotFollowed('it has a sparse file, which is not followed', true);
      // Of a header for all that follow, archivers write no more than a remark.
      if (type === 'g' && /(?:^|\n)\d+ (?:path|size|linkpath)=/.test(said))
        throw new NotFollowed('it renames all of its entries, which is not followed', true);
      if (type === 'L') longName = said;
      else if (type === 'x') {
        longName = paxRecord(said, 'path') ?? longName;
        const digits = paxRecord(said, 'size');
        if (digits !== undefined) longSize = /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
      }
      continue;
    }
    yield { name: longName?.replace(/\0.*$/s, '') ?? nameIn(header), size };
    longName = undefined;
    longSize = undefined;
    await source.skip(padding);
  }
}

const LONGEST_NAME = 1024 * 1024;

/** The name in a header; the newer form has the folders in a field of their own. */
function nameIn(header: Buffer): string {
  const field = (from: number, to: number) => header.toString('utf8', from, to).replace(/\0.*$/s, '');
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? field(345, 500) : '';
  return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}

/** The last record of a name in an extended header: `LENGTH path=NAME`. */
function paxRecord(text: string, name: 'path' | 'size'): string | undefined {
  return [...text.matchAll(name === 'path' ? /(?:^|\n)\d+ path=([^\n]*)/g : /(?:^|\n)\d+ size=([^\n]*)/g)].at(-1)?.[1];
}

/** Octal digits, or a number in base 256. */
function sizeIn(header: Buffer): number | undefined {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return octal(header, 124, 136);
}

function octal(header: Buffer, from: number, to: number): number | undefined {
  const digits = header
    .toString('latin1', from, to)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}
