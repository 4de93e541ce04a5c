import { glance, goesOn } from '../pickle/glance.js';
import { judge } from '../pickle/judge.js';
import { isTarHeader } from './tar.js';

/** What content is by its first bytes, whatever its name. `pickle-like` may be a pickle of protocol 0 or 1, or a text. */
export type Kind =
  | 'pickle'
  | 'pickle-like'
  | 'zip'
  | 'tar'
  | 'npy'
  | 'gzip'
  | 'zlib'
  | 'bzip2'
  | 'xz'
  | 'lzma'
  | 'zfile'
  | 'zstd'
  | 'lz4'
  | '7z'
  | 'hdf5'
  | 'database'
  | 'gguf'
  | 'tflite';

/** As many bytes of a head are enough. */
export const HEAD = 4096;

const HDF5 = '\x89HDF\r\n\x1a\n';
const MAGICS: readonly (readonly [Kind, string])[] = [
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['npy', '\x93NUMPY'],
  ['gzip', '\x1f\x8b'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ\x00'],
  ['lzma', ']\x00\x00'],
  ['zfile', 'ZF0x'],
  ['zstd', '\x28\xb5\x2f\xfd'],
  ['lz4', '\x04\x22\x4d\x18'],
  ['lz4', '\x02\x21\x4c\x18'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  ['hdf5', HDF5],
  ['database', 'SQLite f'],
  ['database', '\xce\x9a\x57\x13'],
  ['database', '\xcf\x9a\x57\x13'],
  ['gguf', 'GGUF'],
  ['zlib', 'x\x01'],
  ['zlib', 'x\x5e'],
  ['zlib', 'x\x9c'],
  ['zlib', 'x\xda'],
];

/** Whether it is a library or a program for a processor: of Linux, Windows or macOS. */
export function isNative(head: Buffer): boolean {
  if (head.length < 64) return false;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46 || magic === 0xcffaedfe || magic === 0xcefaedfe) return true;
  // Java's classes begin as libraries for several processors do; their version is above the number of any processors.
  if (magic === 0xcafebabe) return head.readUInt32BE(4) < 20;
  const at = head.toString('latin1', 0, 2) === 'MZ' ? head.readUInt32LE(60) : head.length;
  return at + 4 <= head.length && head.toString('latin1', at, at + 4) === 'PE\0\0';
}

/** What the first bytes say. */
export function sniff(head: Buffer): Kind | undefined {
  if (head.length === 0) return undefined;
  if (head[0] === 0x80 && (head[1] ?? 255) <= 5) return 'pickle';
  const start = head.toString('latin1', 0, 8);
  const known = MAGICS.find(([, magic]) => start.startsWith(magic));
  if (known) return known[0] === 'zlib' && head.readUInt16BE(0) % 31 !== 0 ? undefined : known[0];
  if (isTarHeader(head)) return 'tar';
  if (head.toString('latin1', 4, 8) === 'TFL3') return 'tflite';
  // A frame to be skipped, which others follow.
  if (head.length > 8 && (head.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50) return 'zstd';
  // HDF5 leaves room for others in front of it: 512 bytes, or twice as many, and so on.
  if ([512, 1024, 2048].some((at) => head.toString('latin1', at, at + 8) === HDF5)) return 'hdf5';
  // A text may look like a pickle that imports something: it has to go on like one.
  const uses = glance(head.subarray(0, HEAD), 0, true);
  if (uses.some((use) => use.how !== 'imported' || judge(use) !== 'unlisted')) return 'pickle-like';
  // Behind four kilobytes of plain data may stand what it imports.
  return goesOn(head.subarray(0, HEAD), head.length >= HEAD) ? 'pickle-like' : undefined;
}

/** Names that pickles have. */
export const PICKLE_NAME = /\.(pt|pth|ckpt|pkl|pickle|joblib|dill)$/i;

/** Names of files in which Python's `shelve` keeps pickles behind each other, with gaps. */
export const SHELF_NAME = /\.(dat|pag|db)$/i;

/** Names of HDF5, which may begin far behind the beginning of its file. */
export const HDF5_NAME = /\.(h5|hdf5?|he5)$/i;

/** Names that models and their parts have: such a file is looked at, be its first bytes what they may. */
export const MODEL_NAME =
  /\.(bin|pt|pth|ckpt|pkl|pickle|p|pck|pcl|joblib|dill|cloudpickle|sav|dat|data|model|mdl|npy|npz|h5|hdf5|keras|pb|tflite|gguf|safetensors|nemo|t7|weights|ptl|ot|mar|tar|z|gz|bz2|xz|lzma|zst|lz4)$/i;
