import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { isObject } from '#json-object.js';

/** The reference reader takes no longer header (safetensors, `MAX_HEADER_SIZE`). */
const LONGEST_HEADER = 100_000_000;

/** Bits of an element of each type that the format knows. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
};

/** Why a `.safetensors` file would not load, as a clause behind its name, or undefined. Weights are not read. */
export async function readSafetensors(archive: Archive, entry: ArchiveEntry): Promise<string | undefined> {
  if (entry.size < 8) return `has ${entry.size} bytes, and its header begins with 8 that say its length`;
  const reader = await archive.reader(entry);
  try {
    const length = Number((await reader.read(8)).readBigUInt64LE());
    const room = Math.min(entry.size - 8, LONGEST_HEADER);
    if (length > room) return `says that its header has ${length} bytes, where at most ${room} are possible`;
    return headerFault((await reader.read(length)).toString('utf8'), entry.size - 8 - length);
  } finally {
    await reader.close();
  }
}

/** Holds a header against the bytes of data behind it: every tensor in its place, without a gap. */
export function headerFault(text: string, dataBytes: number): string | undefined {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return 'has a header that is not JSON';
  }
  if (!text.startsWith('{') || !isObject(header)) return 'has a header that is not a JSON object';
  const places: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isObject(value) || Object.values(value).some((item) => typeof item !== 'string'))
        return 'has __metadata__ that holds something other than texts';
      continue;
    }
    const place = placeOf(value);
    if (typeof place === 'string') return `has a tensor ${JSON.stringify(name)} ${place}`;
    places.push({ name, ...place });
  }
  places.sort((one, other) => one.begin - other.begin || one.end - other.end);
  let at = 0;
  for (const { name, begin, end } of places) {
    if (begin !== at)
      return `has a tensor ${JSON.stringify(name)} at byte ${begin} of the data, where the one before it ends at ${at}`;
    at = end;
  }
  return at === dataBytes ? undefined : `has ${dataBytes} bytes of data, where its tensors take ${at}`;
}

/** Where a tensor lies, or what is wrong with what is said of it. */
function placeOf(value: unknown): { begin: number; end: number } | string {
  if (!isObject(value)) return 'that is not an object';
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = typeof dtype === 'string' && Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  if (bits === undefined) return `of a type that the format does not know: ${JSON.stringify(dtype)}`;
  if (!Array.isArray(shape) || !shape.every(isCount)) return 'whose shape is not a list of whole numbers';
  const [begin, end]: unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (!isCount(begin) || !isCount(end)) return 'whose data_offsets are not two whole numbers';
  const bytes = (shape.reduce((product, axis) => product * axis, 1) * bits) / 8;
  return end - begin === bytes ? { begin, end } : `of ${bytes} bytes that is said to lie in ${end - begin}`;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
