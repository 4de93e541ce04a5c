import { Readable } from 'node:stream';
import type { File } from 'unzipper';
import { messageOf } from '#errors/mar-error.js';
import type { ArchiveFile } from '../archive-file.js';
import { shownName } from '../entry-path.js';
import type { ProblemList } from '../problem.js';
import type { CentralRecord } from './central-directory.js';
import type { EndRecord } from './end-record.js';
import { FLAG_DESCRIPTOR } from './flags.js';

/** unzipper looks for the end record in this many last bytes. */
const TAIL_BYTES = 80;

/** Entries that unzipper is asked to read: each costs it a pass over what follows. */
const MOST_READ = 100;

/**
 * Has unzipper list the same archive and compares the two listings; where it goes by the header in front of an entry and not by the
 * listing (an empty entry with its size behind the data), it also has to find the entry empty. A disagreement between readers is how an archive shows one
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
    let read = 0;
    for (const [index, record] of records.entries()) {
      const difference = differenceOf(record, files[index]);
      const entry = shownName(record.path);
      if (difference === undefined) {
        if (!hasHiddenSize(record) || read >= MOST_READ) continue;
        read += 1;
        const found = await contentOf(files[index]);
        if (found === undefined) continue;
        const message = `two readers disagree about the content of entry "${entry}"`;
        problems.add('ERR_ARCHIVE_DISPUTED', message, { entry, found, expected: 'nothing' });
        continue;
      }
      const message = `two readers disagree about the ${difference.what} of entry "${entry}"`;
      problems.add('ERR_ARCHIVE_DISPUTED', message, { entry, found: difference.theirs, expected: difference.ours });
    }
  } catch (error) {
    problems.add('ERR_ARCHIVE_DISPUTED', 'another reader cannot list it', { found: shownName(messageOf(error)) });
  } finally {
    for (const stream of opened) stream.destroy();
  }
}

/** Without a compressed size in the listing unzipper reads up to the next signature of a descriptor, which need not be this entry's. */
function hasHiddenSize(record: CentralRecord): boolean {
  return record.compressedSize === 0 && (record.flags & FLAG_DESCRIPTOR) !== 0;
}

/** What unzipper finds in an entry that we take for empty, in words; undefined where it is empty for it, too. */
async function contentOf(theirs: File | undefined): Promise<string | undefined> {
  if (theirs === undefined) return 'no such entry';
  const stream = theirs.stream();
  // What it says after the first byte is nobody's business any more.
  stream.on('error', () => undefined);
  try {
    for await (const chunk of stream) if (Buffer.isBuffer(chunk) && chunk.length > 0) return 'data of what follows it';
    return undefined;
  } catch (error) {
    return shownName(messageOf(error));
  } finally {
    stream.destroy();
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
