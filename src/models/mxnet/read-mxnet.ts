import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { parseSymbol } from './symbol.js';

const SYMBOL_LIMIT = 64 * 1024 * 1024;

/** `kMXAPINDArrayListMagic`, the first eight bytes of a list of arrays. */
const PARAMS_MAGIC = 0x112n;

/** Why a `-symbol.json` is not a graph, or undefined. */
export async function readMxnetSymbol(archive: Archive, entry: ArchiveEntry): Promise<string | undefined> {
  const symbol = parseSymbol((await archive.bytes(entry, SYMBOL_LIMIT)).toString('utf8'));
  return 'fault' in symbol ? symbol.fault : undefined;
}

/** Why a `.params` file is not a list of arrays, or undefined. */
export async function readMxnetParams(archive: Archive, entry: ArchiveEntry): Promise<string | undefined> {
  const reader = await archive.reader(entry);
  try {
    const head = await reader.read(8);
    return head.length === 8 && head.readBigUInt64LE() === PARAMS_MAGIC
      ? undefined
      : 'does not begin like a list of MXNet arrays';
  } finally {
    await reader.close();
  }
}
