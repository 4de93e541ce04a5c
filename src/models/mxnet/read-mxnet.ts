import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { isObject } from '#json-object.js';

const SYMBOL_LIMIT = 64 * 1024 * 1024;

/** `kMXAPINDArrayListMagic`, the first eight bytes of a list of arrays. */
const PARAMS_MAGIC = 0x112n;

/** Why a `-symbol.json` is not a graph, or undefined. */
export async function readMxnetSymbol(archive: Archive, entry: ArchiveEntry): Promise<string | undefined> {
  let value: unknown;
  try {
    value = JSON.parse((await archive.bytes(entry, SYMBOL_LIMIT)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return 'it is not JSON';
    throw error;
  }
  if (!isObject(value)) return 'it is not a JSON object';
  const missing = ['nodes', 'arg_nodes', 'heads'].filter((key) => !Array.isArray(value[key]));
  if (missing.length > 0) return `it has no ${missing.join(', ')}`;
  const nodes = value['nodes'];
  const broken =
    Array.isArray(nodes) &&
    nodes.some((node) => !isObject(node) || typeof node['op'] !== 'string' || typeof node['name'] !== 'string');
  return broken ? 'a node has no op or name' : undefined;
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
