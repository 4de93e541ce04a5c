import type { ArchiveFile } from './archive-file.js';
import type { ProblemList } from './problem.js';

const END = Buffer.from('PK\x05\x06', 'latin1');
/** A local header, the end record of an empty zip, the marker of a split zip; gzip. */
const MAGIC = new Map<string, 'zip' | 'tgz'>([
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['504b0708', 'zip'],
  ['1f8b', 'tgz'],
]);
const TAIL = 64 * 1024 + 22;

/** The format that the first four bytes of a file announce. */
export function formatByMagic(head: Buffer): 'zip' | 'tgz' | undefined {
  const magic = head.toString('hex', 0, 4);
  return MAGIC.get(magic) ?? MAGIC.get(magic.slice(0, 4));
}

/** The format by content, never by name: a zip by its first bytes or by an end record behind junk, a tgz by gzip's magic. */
export async function detectFormat(file: ArchiveFile, problems: ProblemList): Promise<'zip' | 'tgz' | undefined> {
  if (file.size === 0) {
    problems.add('ERR_NOT_AN_ARCHIVE', 'the file is empty', { found: '0 bytes' });
    return undefined;
  }
  const head = await file.read(0, Math.min(4, file.size));
  const format = formatByMagic(head);
  if (format !== undefined) return format;
  const tail = await file.read(Math.max(0, file.size - TAIL), Math.min(TAIL, file.size));
  if (tail.includes(END)) return 'zip';
  const found = `bytes ${head.toString('hex')}`;
  problems.add('ERR_NOT_AN_ARCHIVE', 'the file is neither a zip nor a gzipped tar', { found });
  return undefined;
}
