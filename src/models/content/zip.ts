import { type Content, NotFollowed, readFully } from './bytes.js';

/** One entry of the list of a zip. */
export interface Member {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** As it lies there, perhaps deflated. */
  readonly size: number;
  /** Of its own header. */
  readonly offset: number;
}

const MOST_LISTED = 64 * 1024 * 1024;
const LONGEST_END = 22 + 65_535;

/** The list of a zip in the order of its entries' places; throws {@link NotFollowed} where there is none that can be read. */
export async function listZip(content: Content, size: number): Promise<Member[]> {
  const base = Math.max(0, size - LONGEST_END - 128);
  const tail = await slice(content, base, size - base);
  let end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  // What is too near to the end is no record: the same bytes may stand in one.
  while (end >= 0 && end + 22 > tail.length) end = end === 0 ? -1 : tail.lastIndexOf('PK\x05\x06', end - 1, 'latin1');
  if (end < 0) throw new NotFollowed('the zip has no readable directory: it is cut off');
  let length = tail.readUInt32LE(end + 12);
  let start = tail.readUInt32LE(end + 16);
  let behind = base + end;
  // PyTorch writes the record of zip64 always; where it is announced, readers go by it.
  const isWide = end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50;
  if (isWide) {
    const record = tail.lastIndexOf(Buffer.from('PK\x06\x06', 'latin1'), end);
    if (record < 0 || record + 56 > tail.length) throw new NotFollowed('the zip64 record of the zip is not there');
    length = Number(tail.readBigUInt64LE(record + 40));
    start = Number(tail.readBigUInt64LE(record + 48));
    behind = base + record;
  }
  // Bytes in front of a zip move everything: readers count the directory back from its end.
  const place = behind - length;
  const shift = place - start;
  if (length > MOST_LISTED || place < 0) throw new NotFollowed('the list of the zip is larger than any model’s', true);
  const list = await slice(content, place, length);
  const found = parse(list, shift);
  if (found === undefined) throw new NotFollowed('the list of the zip cannot be read');
  return found.sort((a, b) => a.offset - b.offset);
}

function parse(list: Buffer, shift: number): Member[] | undefined {
  const found: Member[] = [];
  for (let at = 0; at + 46 <= list.length; ) {
    if (list.readUInt32LE(at) !== 0x02014b50) return undefined;
    const nameEnd = at + 46 + list.readUInt16LE(at + 28);
    const extraEnd = nameEnd + list.readUInt16LE(at + 30);
    const wide = wideFields(list, nameEnd, extraEnd);
    const take = (value: number): number => (value === 0xffffffff ? (wide.shift() ?? value) : value);
    take(list.readUInt32LE(at + 24));
    const size = take(list.readUInt32LE(at + 20));
    const offset = take(list.readUInt32LE(at + 42)) + shift;
    found.push({
      name: list.toString('utf8', at + 46, nameEnd),
      method: list.readUInt16LE(at + 10),
      isEncrypted: (list.readUInt16LE(at + 8) & 1) === 1,
      size,
      offset,
    });
    at = extraEnd + list.readUInt16LE(at + 32);
  }
  return found;
}

/** The numbers of the zip64 extra field, in the order in which they replace those that do not fit. */
function wideFields(list: Buffer, from: number, to: number): number[] {
  for (let at = from; at + 4 <= Math.min(to, list.length); at += 4 + list.readUInt16LE(at + 2)) {
    if (list.readUInt16LE(at) !== 1) continue;
    const end = Math.min(at + 4 + list.readUInt16LE(at + 2), list.length);
    const found: number[] = [];
    for (let number = at + 4; number + 8 <= end; number += 8) found.push(Number(list.readBigUInt64LE(number)));
    return found;
  }
  return [];
}

async function slice(content: Content, offset: number, length: number): Promise<Buffer> {
  const source = await content.open();
  try {
    await source.skip(offset);
    return await readFully(source, length);
  } finally {
    await source.close();
  }
}
