import { shownName } from '../entry-path.js';
import { isBomb, type ReadLimits } from '../limits.js';
import type { ArchiveProblem, ProblemList } from '../problem.js';
import type { CentralRecord } from './central-directory.js';
import { FLAG_DESCRIPTOR, FLAG_ENCRYPTED, FLAG_MASKED, FLAG_PATCH, FLAG_STRONG_ENCRYPTION } from './flags.js';

export const STORED = 0;
export const DEFLATED = 8;
const AES = 99;
/** With zip64, the newest thing that a stored or deflated entry may have; Python stops at 63, Info-ZIP at 46. */
const NEWEST = 45;
const TYPE = 0o170000;
const TYPES = new Map([
  [0o010000, 'a named pipe'],
  [0o020000, 'a character device'],
  [0o060000, 'a block device'],
  [0o140000, 'a socket'],
]);
const FOLDER = 0o040000;
const LINK = 0o120000;

/** Whether the record is a folder: its name ends in a slash. */
export function isFolder(record: CentralRecord): boolean {
  return record.path.endsWith('/');
}

/** Whether the record is a symbolic link, whose content is the path that it leads to. */
export function isLink(record: CentralRecord): boolean {
  return (record.mode & TYPE) === LINK;
}

/** Reports what makes an entry unreadable or unfit, from its central record alone. Returns whether its content can be read. */
export function checkRecord(record: CentralRecord, problems: ProblemList): boolean {
  const entry = shownName(record.path);
  checkType(record, entry, problems);
  if ((record.flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED)) !== 0 || record.method === AES) {
    problems.add('ERR_ENTRY_ENCRYPTED', `entry "${entry}" is encrypted`, { entry });
    return false;
  }
  if ((record.method !== STORED && record.method !== DEFLATED) || (record.flags & FLAG_PATCH) !== 0) {
    const facts = { entry, found: `method ${record.method}`, expected: '0 (stored) or 8 (deflated)' };
    problems.add('ERR_ENTRY_METHOD', `entry "${entry}" is compressed in a way that servers cannot read`, facts);
    return false;
  }
  if (record.version > NEWEST) {
    const message = `entry "${entry}" says that it needs a newer reader than stored and deflated data do`;
    const of = record.version > 0xff ? ` of system ${record.version >> 8}` : '';
    const [found, expected] = [`version ${(record.version & 0xff) / 10}${of}`, `at most version ${NEWEST / 10}`];
    problems.add('ERR_ENTRY_METHOD', message, { entry, found, expected });
    return false;
  }
  if (record.method === STORED && record.size !== record.compressedSize) {
    const facts = { entry, found: record.compressedSize, expected: record.size };
    problems.add('ERR_ENTRY_SIZE', `entry "${entry}" is stored, but its two sizes differ`, facts);
    return false;
  }
  if (record.method === STORED && (record.flags & FLAG_DESCRIPTOR) !== 0) {
    problems.add('ERR_ENTRY_DESCRIPTOR', `entry "${entry}" is stored with its size behind the data`, { entry });
  }
  return true;
}

/** Reports an entry that unpacks to suspiciously much. Returns the problem, with which its content has to be refused. */
export function checkRatio(
  record: CentralRecord,
  limits: ReadLimits,
  problems: ProblemList,
): ArchiveProblem | undefined {
  const compressedSize = Math.max(1, record.compressedSize);
  if (!isBomb(limits, record.size, compressedSize)) return undefined;
  const ratio = record.size / compressedSize;
  const entry = shownName(record.path);
  const facts = { entry, found: `${Math.round(ratio)} to 1`, expected: `at most ${limits.ratio} to 1` };
  const message = `entry "${entry}" unpacks to ${record.size} bytes, which is how zip bombs look`;
  return problems.add('ERR_LIMIT_RATIO', message, facts);
}

function checkType(record: CentralRecord, entry: string, problems: ProblemList): void {
  const type = record.mode & TYPE;
  const special = TYPES.get(type);
  if (special !== undefined) {
    problems.add('ERR_ENTRY_SPECIAL', `entry "${entry}" is ${special}`, { entry, found: special, expected: 'a file' });
  } else if (isLink(record)) {
    problems.add(
      'ERR_ENTRY_LINK_AS_TEXT',
      `entry "${entry}" is a symbolic link, read as a file that holds its target`,
      { entry },
    );
  } else if (type === FOLDER && !isFolder(record)) {
    const facts = { entry, found: 'a folder', expected: 'a name that ends in "/"' };
    problems.add('ERR_ENTRY_SPECIAL', `entry "${entry}" is marked as a folder but named like a file`, facts);
  }
  // A deflated folder still takes the two bytes of an empty deflate stream.
  if (isFolder(record) && (record.size !== 0 || record.compressedSize > 2)) {
    const facts = { entry, found: `${record.size} bytes`, expected: 'none' };
    problems.add('ERR_ENTRY_SPECIAL', `entry "${entry}" is a folder that holds data`, facts);
  }
}
