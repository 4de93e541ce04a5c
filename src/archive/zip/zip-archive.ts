import type { Archive, ArchiveEntry } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { checkClashes } from '../clashes.js';
import { createArchive } from '../create-archive.js';
import { checkEntryPath } from '../entry-path.js';
import { PositionalReader } from '../entry-reader.js';
import type { ReadLimits } from '../limits.js';
import type { ProblemList } from '../problem.js';
import { verified } from '../verified.js';
import { type CentralRecord, parseDirectory } from './central-directory.js';
import { checkRecord, DEFLATED, isFolder } from './check-record.js';
import { type EndRecord, readEndRecord } from './end-record.js';
import { inflated } from './inflate.js';
import { locateRecords } from './local-headers.js';
import { compareListings } from './second-opinion.js';

/** Beyond this many the second listing costs more than it can find. */
const SECOND_OPINION_ENTRIES = 10_000;

/** Reads the structure of a zip and reports what is wrong with it; undefined when its entries cannot be listed. `secondOpinion` has a foreign reader list it too. */
export async function scanZip(
  file: ArchiveFile,
  limits: ReadLimits,
  problems: ProblemList,
  secondOpinion = false,
): Promise<Archive | undefined> {
  const end = await readEndRecord(file, problems);
  if (end === undefined || !withinLimits(end, limits, problems)) return undefined;
  const directory = parseDirectory(await file.read(end.directoryStart, end.directoryBytes), end, problems);
  checkTotal(directory, limits, problems);
  const starts = await locateRecords(file, directory, end.shift, end.directoryStart, problems);
  checkClashes(
    directory.filter((record) => !isFolder(record)).map((record) => record.path),
    problems,
  );
  const entries = new Map<string, ZipEntry>();
  for (const [index, record] of directory.entries()) {
    const folder = isFolder(record);
    const safe = checkEntryPath(folder ? record.path.slice(0, -1) : record.path, problems);
    const readable = checkRecord(record, limits, problems);
    const start = starts[index];
    if (!safe || !readable || folder || start === undefined) continue;
    // Of duplicates the last one counts, at its own place in the order.
    entries.delete(record.path);
    entries.set(record.path, new ZipEntry(record, start));
  }
  if (secondOpinion && problems.fatal === undefined && directory.length <= SECOND_OPINION_ENTRIES) {
    await compareListings(file, end, directory, problems);
  }
  return zipArchive(file, entries);
}

function withinLimits(end: EndRecord, limits: ReadLimits, problems: ProblemList): boolean {
  if (end.count > limits.entries) {
    problems.add('ERR_LIMIT_ENTRIES', 'it has too many entries', {
      found: end.count,
      expected: `at most ${limits.entries}`,
    });
    return false;
  }
  if (end.directoryBytes > limits.directoryBytes) {
    const facts = { found: `${end.directoryBytes} bytes`, expected: `at most ${limits.directoryBytes}` };
    problems.add('ERR_LIMIT_ENTRIES', 'its central directory is too large', facts);
    return false;
  }
  return true;
}

function checkTotal(records: readonly CentralRecord[], limits: ReadLimits, problems: ProblemList): void {
  const total = records.reduce((sum, record) => sum + record.size, 0);
  if (total <= limits.totalBytes) return;
  const facts = { found: `${total} bytes`, expected: `at most ${limits.totalBytes}` };
  problems.add('ERR_LIMIT_SIZE', 'its entries unpack to too much', facts);
}

function zipArchive(file: ArchiveFile, entries: ReadonlyMap<string, ZipEntry>): Archive {
  const startOf = (entry: ArchiveEntry): number => {
    const own = entries.get(entry.path);
    if (own === undefined) throw new TypeError(`${entry.path} is not an entry of ${file.source}`);
    return own.start;
  };
  return createArchive({
    source: file.source,
    format: 'zip',
    entries: [...entries.values()],
    get: (path) => entries.get(path),
    content: (entry) => {
      const start = startOf(entry);
      const deflated = entry.compression === 'deflate';
      return verified(
        file.source,
        entry,
        deflated ? inflated(file, entry, start) : file.chunks(start, start + entry.size),
      );
    },
    reader: async (entry) => {
      if (entry.compression === 'deflate') return undefined;
      const start = startOf(entry);
      return new PositionalReader(entry.size, (position, length) => file.read(start + position, length));
    },
    close: () => file.close(),
  });
}

/** An entry that also knows where its data begins; kept out of sight, so that entries of all formats print alike. */
class ZipEntry implements ArchiveEntry {
  readonly path: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly compression: 'store' | 'deflate';
  readonly crc32: number;
  readonly #start: number;

  constructor(record: CentralRecord, start: number) {
    this.path = record.path;
    this.size = record.size;
    this.compressedSize = record.compressedSize;
    this.compression = record.method === DEFLATED ? 'deflate' : 'store';
    this.crc32 = record.crc32;
    this.#start = start;
  }

  get start(): number {
    return this.#start;
  }
}
