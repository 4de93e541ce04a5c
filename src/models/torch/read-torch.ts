import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { PICKLE_LIMIT, type PickleScan, scanPickle } from '../pickle/scan-pickle.js';

/** A file that PyTorch wrote, looked at without running it. */
export interface TorchFile {
  /** `torchscript` holds its own code; `module` and `state-dict` are pickles; `legacy` is the format before PyTorch 1.6. */
  readonly kind: 'torchscript' | 'module' | 'state-dict' | 'legacy' | 'unknown';
  readonly scan?: PickleScan;
  readonly fault?: string;
}

const TAIL = 256 * 1024;

interface Listed {
  readonly name: string;
  readonly method: number;
  readonly size: number;
  readonly offset: number;
}

/** Recognises a `.pt` file: a zip with `data.pkl` in it, or a bare pickle. */
export async function readTorch(archive: Archive, entry: ArchiveEntry): Promise<TorchFile> {
  const head = await slice(archive, entry, 0, 4);
  if (head.length === 4 && head.readUInt32LE() === 0x04034b50) return readZipped(archive, entry);
  if (head[0] !== 0x80)
    return { kind: 'unknown', fault: entry.size === 0 ? 'the file is empty' : 'it is neither a zip nor a pickle' };
  const bytes = await slice(archive, entry, 0, PICKLE_LIMIT);
  return { kind: 'legacy', scan: scanPickles(bytes, bytes.length < entry.size) };
}

async function readZipped(archive: Archive, entry: ArchiveEntry): Promise<TorchFile> {
  const tailAt = Math.max(0, entry.size - TAIL);
  const listed = listZip(await slice(archive, entry, tailAt, TAIL), tailAt);
  if (!listed) return { kind: 'unknown', fault: 'the zip inside it has no readable directory: it is cut off' };
  const data = listed.find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (!data) return { kind: 'unknown', fault: 'it is a zip without data.pkl' };
  const header = await slice(archive, entry, data.offset, 30);
  if (header.length < 30 || data.method !== 0) return { kind: 'unknown', fault: 'its data.pkl cannot be read' };
  const start = data.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const scan = scanPickle(
    await slice(archive, entry, start, Math.min(data.size, PICKLE_LIMIT)),
    data.size > PICKLE_LIMIT,
  );
  if (listed.some(({ name }) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name))) return { kind: 'torchscript', scan };
  return { kind: scan.globals.every(isTensorGlobal) ? 'state-dict' : 'module', scan };
}

/** What a dictionary of tensors imports. */
function isTensorGlobal(name: string): boolean {
  return /^(collections\.OrderedDict|torch\._utils\._rebuild\w+|torch\.\w+Storage|torch\.storage\.\w+|torch\.Size|torch\.\w+)$/.test(
    name,
  );
}

/** The legacy format is several pickles in a row: magic number, version, system, object. */
function scanPickles(bytes: Buffer, partial: boolean): PickleScan {
  const globals = new Set<string>();
  let rest = bytes;
  for (let index = 0; index < 4 && rest[0] === 0x80; index++) {
    const scan = scanPickle(rest, partial);
    for (const name of scan.globals) globals.add(name);
    if (scan.fault !== undefined) return { ...scan, globals: [...globals] };
    rest = rest.subarray(scan.end);
  }
  return { globals: [...globals], end: bytes.length };
}

/** The central directory in the last bytes of a zip, which start at `base`. */
function listZip(tail: Buffer, base: number): Listed[] | undefined {
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 20 > tail.length) return undefined;
  let at = tail.readUInt32LE(end + 16) - base;
  if (at < 0 || at > end) at = tail.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const found: Listed[] = [];
  while (at >= 0 && at + 46 <= end && tail.readUInt32LE(at) === 0x02014b50) {
    const length = tail.readUInt16LE(at + 28);
    found.push({
      name: tail.toString('utf8', at + 46, at + 46 + length),
      method: tail.readUInt16LE(at + 10),
      size: tail.readUInt32LE(at + 24),
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
