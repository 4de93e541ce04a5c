import { gzipSync } from 'node:zlib';

/** A member of a forged tar; what is not said is what an honest writer would put there. */
export interface ForgedMember {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** Type flag: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` pipe, `x` pax, `L` GNU long name. */
  readonly type?: string;
  readonly link?: string;
  /** The size field as it is written; text or bytes. */
  readonly size?: number | string | Buffer;
  readonly checksum?: string;
  readonly magic?: string;
  /** Leaves the padding to 512 bytes out. */
  readonly unpadded?: boolean;
}

/** A ustar archive of the members, with the two zero blocks at its end unless told otherwise. */
export function forgeTar(members: readonly ForgedMember[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.flatMap(memberBlocks), end]);
}

/** The same, gzipped. */
export function forgeTgz(members: readonly ForgedMember[], end?: Buffer): Buffer {
  return gzipSync(forgeTar(members, end));
}

/** One record of a pax header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function memberBlocks(member: ForgedMember): Buffer[] {
  const data = Buffer.from(member.data ?? '');
  const header = Buffer.alloc(512);
  Buffer.from(member.name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  const size = member.size ?? data.length;
  if (Buffer.isBuffer(size)) size.copy(header, 124);
  else header.write(typeof size === 'string' ? size : `${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(member.type ?? '0', 156);
  header.write(member.link ?? '', 157, 100);
  header.write(member.magic ?? 'ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(member.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc(member.unpadded === true ? 0 : (512 - (data.length % 512)) % 512);
  return [header, data, padding];
}
