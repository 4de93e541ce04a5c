import type { ArchiveFile } from './archive-file.js';
import type { FileFormat } from './format.js';
import { FILE_FORMATS, formatByMagic } from './formats.js';
import type { ProblemList } from './problem.js';

const TAIL = 64 * 1024 + 22;

/** The format by content, never by name: by its first bytes, or by what it ends with behind junk. */
export async function detectFormat(file: ArchiveFile, problems: ProblemList): Promise<FileFormat | undefined> {
  if (file.size === 0) {
    problems.add('ERR_NOT_AN_ARCHIVE', 'the file is empty', { found: '0 bytes' });
    return undefined;
  }
  const head = await file.read(0, Math.min(4, file.size));
  const format = formatByMagic(head);
  if (format !== undefined) return format;
  const tail = await file.read(Math.max(0, file.size - TAIL), Math.min(TAIL, file.size));
  const byEnd = FILE_FORMATS.find(({ endMagic }) => endMagic !== undefined && tail.includes(endMagic));
  if (byEnd !== undefined) return byEnd;
  const nouns = FILE_FORMATS.map(({ noun }) => noun).join(' nor ');
  problems.add('ERR_NOT_AN_ARCHIVE', `the file is neither ${nouns}`, { found: `bytes ${head.toString('hex')}` });
  return undefined;
}
