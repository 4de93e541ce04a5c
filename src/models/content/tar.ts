import type { ByteSource } from '../pickle/window.js';
import { NotFollowed, readFully } from './bytes.js';

/** An entry of a tar; its content follows in the source, and has to be read or skipped before the next one is asked for. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
}

/** The files of a tar in order. Throws {@link NotFollowed} where a header is none. */
export async function* tarMembers(source: ByteSource): AsyncGenerator<TarMember> {
  for (;;) {
    const header = await readFully(source, 512);
    if (header.length < 512 || header.every((byte) => byte === 0)) return;
    if (header.toString('latin1', 257, 262) !== 'ustar') throw new NotFollowed('the tar in it cannot be read');
    const size = sizeIn(header);
    if (size === undefined) throw new NotFollowed('the tar in it cannot be read');
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '');
    yield { name, size };
    await source.skip((512 - (size % 512)) % 512);
  }
}

/** Octal digits, or a number in base 256. */
function sizeIn(header: Buffer): number | undefined {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  const digits = header
    .toString('latin1', 124, 136)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}
