import { inflateRawSync } from 'node:zlib';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { PICKLE_LIMIT, type PickleScan, scanPickle } from '../pickle/scan-pickle.js';

/** A file that PyTorch wrote, looked at without running it. */
export interface TorchFile {
  /** `torchscript` holds its own code; `module` and `state-dict` are pickles; `legacy` is the format before PyTorch 1.6. */
  readonly kind: 'torchscript' | 'module' | 'state-dict' | 'legacy' | 'unknown';
  readonly scan?: PickleScan;
  readonly fault?: string;
}

/** Where the list of the zip is looked for: at its end, and further in front where it is longer than usual. */
const TAILS = [256 * 1024, 16 * 1024 * 1024];

/** The pickles of the legacy format, which `torch.load` reads one after the other: magic number, version, system, object, keys. */
const LEGACY_PICKLES = 5;

interface Listed {
  readonly name: string;
  readonly method: number;
  /** As it lies there, perhaps deflated. */
  readonly size: number;
  readonly offset: number;
}

/** Recognises a `.pt` file: a zip with `data.pkl` in it, or a bare pickle. */
export async function readTorch(archive: Archive, entry: ArchiveEntry): Promise<TorchFile> {
  const head = await slice(archive, entry, 0, 4);
  if (head.length === 4 && head.readUInt32LE() === 0x04034b50) return readZipped(archive, entry);
  const bytes = await slice(archive, entry, 0, PICKLE_LIMIT);
  const scan = scanPickles(bytes, bytes.length < entry.size);
  // Protocols 0 and 1 have no mark at their start; what is not a pickle imports nothing before it fails.
  if (head[0] !== 0x80 && scan.fault !== undefined && scan.globals.length === 0)
    return { kind: 'unknown', fault: entry.size === 0 ? 'the file is empty' : 'it is neither a zip nor a pickle' };
  return { kind: 'legacy', scan };
}

async function readZipped(archive: Archive, entry: ArchiveEntry): Promise<TorchFile> {
  const listed = await listZip(archive, entry);
  if (!listed) return { kind: 'unknown', fault: 'the zip inside it has no readable directory: it is cut off' };
  const pickles = listed.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length === 0) return { kind: 'unknown', fault: 'it is a zip without data.pkl' };
  const scans: PickleScan[] = [];
  for (const data of pickles) {
    const scan = await scanListed(archive, entry, data);
    if (!scan) return { kind: 'unknown', fault: 'its data.pkl cannot be read' };
    scans.push(scan);
  }
  const scan = joined(scans);
  if (listed.some(({ name }) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name))) return { kind: 'torchscript', scan };
  return { kind: scan.globals.every(isTensorGlobal) ? 'state-dict' : 'module', scan };
}

/** Scans a pickle of the zip; PyTorch stores it, but reads a deflated one as well. */
async function scanListed(archive: Archive, entry: ArchiveEntry, data: Listed): Promise<PickleScan | undefined> {
  const header = await slice(archive, entry, data.offset, 30);
  if (header.length < 30) return undefined;
  const start = data.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = await slice(archive, entry, start, Math.min(data.size, PICKLE_LIMIT));
  if (data.method === 0) return scanPickle(bytes, data.size > PICKLE_LIMIT);
  if (data.method !== 8 || data.size > PICKLE_LIMIT) return undefined;
  try {
    return scanPickle(inflateRawSync(bytes, { maxOutputLength: PICKLE_LIMIT }));
  } catch {
    return undefined;
  }
}

/** What several pickles of one file import together, and the first thing that is wrong with one of them. */
function joined(scans: readonly PickleScan[]): PickleScan {
  const fault = scans.find((scan) => scan.fault !== undefined)?.fault;
  return {
    globals: [...new Set(scans.flatMap(({ globals }) => globals))],
    end: scans.at(-1)?.end ?? 0,
    ...(fault !== undefined && { fault }),
  };
}

/** What a dictionary of tensors imports. */
function isTensorGlobal(name: string): boolean {
  return /^(collections\.OrderedDict|torch\._utils\._rebuild\w+|torch\.\w+Storage|torch\.storage\.\w+|torch\.Size|torch\.\w+)$/.test(
    name,
  );
}

function scanPickles(bytes: Buffer, partial: boolean): PickleScan {
  const scans: PickleScan[] = [];
  let rest = bytes;
  do {
    const scan = scanPickle(rest, partial);
    scans.push(scan);
    if (scan.fault !== undefined) break;
    rest = rest.subarray(scan.end);
  } while (scans.length < LEGACY_PICKLES && rest.length > 0);
  return joined(scans);
}

/** The entries of a zip, in the order of its central directory. */
async function listZip(archive: Archive, entry: ArchiveEntry): Promise<Listed[] | undefined> {
  for (const length of TAILS) {
    const base = Math.max(0, entry.size - length);
    const tail = await slice(archive, entry, base, length);
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0 || end + 20 > tail.length) return undefined;
    const directory = tail.readUInt32LE(end + 16);
    if (directory < base && length !== TAILS.at(-1)) continue;
    return listTail(tail, end, directory - base);
  }
  return undefined;
}

/** The central directory in the last bytes of a zip; where its place is not said in 32 bits, it begins with its first record. */
function listTail(tail: Buffer, end: number, place: number): Listed[] | undefined {
  let at = place < 0 || place > end ? tail.indexOf(Buffer.from('PK\x01\x02', 'latin1')) : place;
  const found: Listed[] = [];
  while (at >= 0 && at + 46 <= end && tail.readUInt32LE(at) === 0x02014b50) {
    const length = tail.readUInt16LE(at + 28);
    found.push({
      name: tail.toString('utf8', at + 46, at + 46 + length),
      method: tail.readUInt16LE(at + 10),
      size: tail.readUInt32LE(at + 20),
      offset: tail.readUInt32LE(at + 42),
    });
    at += 46 + length + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return found.length > 0 ? found : undefined;
}

async function slice(archive: Archive, entry: ArchiveEntry, offset: number, length: number): Promise<Buffer> {
  const reader = await archive.reader(entry);
  try {
    await reader.skip(Math.min(offset, entry.size));
    const parts: Buffer[] = [];
    let left = Math.min(length, entry.size - offset);
    while (left > 0) {
      const chunk = await reader.read(left);
      if (chunk.length === 0) break;
      parts.push(chunk);
      left -= chunk.length;
    }
    return Buffer.concat(parts);
  } finally {
    await reader.close();
  }
}
