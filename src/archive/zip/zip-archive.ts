import type { Archive, ArchiveEntry } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { checkClashes } from '../clashes.js';
import { createArchive } from '../create-archive.js';
import { checkEntryPath, withoutDot } from '../entry-path.js';
import { plausibleTotal, type ReadLimits } from '../limits.js';
import type { ArchiveProblem, ProblemList } from '../problem.js';
import { type CentralRecord, parseDirectory } from './central-directory.js';
import { checkRatio, checkRecord, isFolder, isLink } from './check-record.js';
import { type EndRecord, readEndRecord } from './end-record.js';
import { checkLink } from './link-target.js';
import { locateRecords } from './local-headers.js';
import { compareListings } from './second-opinion.js';
import { readerOf, walkContents, ZipEntry, zipContent } from './zip-content.js';

/** The folder that holds everything. */
const TOP = './';
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
  const recorded = parseDirectory(await file.read(end.directoryStart, end.directoryBytes), end, problems);
  const excess = checkTotal(recorded, file.size, limits, problems);
  const places = await locateRecords(file, recorded, end.shift, end.directoryStart, problems);
  // Some writers put `./` before every name; before some of them only it is a second spelling.
  const hasDots = recorded.every(({ path }) => path.startsWith('./'));
  const hasTop = !hasDots && recorded.some(({ path }) => path === TOP);
  const directory =
    hasDots || hasTop
      ? recorded.map((record) =>
          hasDots || record.path === TOP ? { ...record, path: withoutDot(record.path) } : record,
        )
      : recorded;
  checkClashes(
    directory.filter((record) => !isFolder(record)).map((record) => record.path),
    problems,
  );
  const entries = new Map<string, ZipEntry>();
  const links: string[] = [];
  for (const [index, record] of directory.entries()) {
    // Of the folder that holds everything there is nothing to read.
    if (record.path === '' && record.size === 0 && recorded[index]?.path !== '') continue;
    const folder = isFolder(record);
    const safe = checkEntryPath(folder ? record.path.slice(0, -1) : record.path, problems);
    const readable = checkRecord(record, problems);
    const place = places[index];
    const refused = excess(record) ?? checkRatio(record, limits, problems);
    if (!safe || !readable || folder || place === undefined) continue;
    // Of duplicates the last one counts, at its own place in the order.
    entries.delete(record.path);
    entries.set(record.path, new ZipEntry(record, { start: place.start, refused: place.refused ?? refused }));
    if (isLink(record)) links.push(record.path);
  }
  for (const path of links) await checkLink(file, entries.get(path), problems);
  if (secondOpinion && problems.fatal === undefined && recorded.length <= SECOND_OPINION_ENTRIES) {
    await compareListings(file, end, recorded, problems);
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

/**
 * Reports what all entries together unpack to where that is too much. Entries stay listed, but content beyond the limit is refused,
 * with the problem that this returns for each record, so that nobody inflates a bomb that is made of many small ones.
 */
function checkTotal(
  records: readonly CentralRecord[],
  fileBytes: number,
  limits: ReadLimits,
  problems: ProblemList,
): (record: CentralRecord) => ArchiveProblem | undefined {
  const total = records.reduce((sum, record) => sum + record.size, 0);
  const allowed = Math.min(limits.totalBytes, plausibleTotal(limits, fileBytes));
  if (total <= allowed) return () => undefined;
  const problem =
    total > limits.totalBytes
      ? problems.add('ERR_LIMIT_SIZE', 'its entries unpack to too much', {
          found: `${total} bytes`,
          expected: `at most ${limits.totalBytes}`,
        })
      : problems.add('ERR_LIMIT_RATIO', 'its entries together unpack the way zip bombs do', {
          found: `${Math.round(total / fileBytes)} to 1`,
          expected: `at most ${limits.ratio} to 1`,
        });
  let seen = 0;
  return (record) => {
    seen += record.size;
    return seen > allowed ? problem : undefined;
  };
}

function zipArchive(file: ArchiveFile, entries: ReadonlyMap<string, ZipEntry>): Archive {
  const own = (entry: ArchiveEntry): ZipEntry => {
    const found = entries.get(entry.path);
    if (found === undefined) throw new TypeError(`${entry.path} is not an entry of ${file.source}`);
    return found;
  };
  return createArchive({
    source: file.source,
    format: 'zip',
    entries: [...entries.values()],
    get: (path) => entries.get(path),
    content: (entry) => zipContent(file, own(entry)),
    reader: async (entry) => readerOf(file, own(entry)),
    walk: () => walkContents(file, entries.values()),
    close: () => file.close(),
  });
}
