import { Readable } from 'node:stream';
import type { File } from 'unzipper';
import { messageOf } from '#errors/mar-error.js';
import type { ArchiveFile } from '../archive-file.js';
import { shownName } from '../entry-path.js';
import type { ProblemList } from '../problem.js';
import type { CentralRecord } from './central-directory.js';
import type { EndRecord } from './end-record.js';

/** unzipper looks for the end record in this many last bytes. */
const TAIL_BYTES = 80;

/**
 * Has unzipper list the same archive and compares the two listings. A disagreement between readers is how an archive shows one
 * content to whoever checks it and another to whoever runs it, so it is an error even though our own checks found nothing.
 */
export async function compareListings(
  file: ArchiveFile,
  end: EndRecord,
  records: readonly CentralRecord[],
  problems: ProblemList,
): Promise<void> {
  const opened: Readable[] = [];
  try {
    const { Open } = await import('unzipper');
    const { files } = await Open.custom(boundedSource(file, end, opened));
    if (files.length !== records.length) {
      const facts = { found: `${files.length} entries`, expected: `${records.length} entries` };
      problems.add('ERR_ARCHIVE_DISPUTED', 'two readers list a different number of entries', facts);
      return;
    }
    for (const [index, record] of records.entries()) {
      const difference = differenceOf(record, files[index]);
      if (difference === undefined) continue;
      const entry = shownName(record.path);
      const message = `two readers disagree about the ${difference.what} of entry "${entry}"`;
      problems.add('ERR_ARCHIVE_DISPUTED', message, { entry, found: difference.theirs, expected: difference.ours });
    }
  } catch (error) {
    problems.add('ERR_ARCHIVE_DISPUTED', 'another reader cannot list it', { found: shownName(messageOf(error)) });
  } finally {
    for (const stream of opened) stream.destroy();
  }
}

/** The file as unzipper may see it: its last `TAIL_BYTES` begin exactly at the end record that we found. */
function boundedSource(file: ArchiveFile, end: EndRecord, opened: Readable[]) {
  return {
    size: async () => end.endStart + TAIL_BYTES,
    stream: (offset: number) => {
      const stream = Readable.from(file.chunks(offset, file.size), { objectMode: false });
      stream.on('error', () => undefined);
      opened.push(stream);
      return stream;
    },
  };
}

function differenceOf(record: CentralRecord, theirs: File | undefined) {
  const pairs = [
    ['name', record.path, theirs?.path],
    ['size', record.size, theirs?.uncompressedSize],
    ['compressed size', record.compressedSize, theirs?.compressedSize],
    ['place', record.offset, theirs?.offsetToLocalFileHeader],
    ['CRC-32', record.crc32, theirs?.crc32],
  ] as const;
  for (const [what, our, their] of pairs) {
    if (our !== their) return { what, ours: shownName(String(our)), theirs: shownName(String(their)) };
  }
  return undefined;
}
