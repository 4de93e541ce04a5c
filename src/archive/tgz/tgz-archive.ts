import { MANIFEST_PATH } from '#manifest/manifest.js';
import type { Archive, ArchiveEntry, EntryContent } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { checkClashes } from '../clashes.js';
import { createArchive } from '../create-archive.js';
import { checkEntryPath, shownName, withoutDot } from '../entry-path.js';
import type { ReadLimits } from '../limits.js';
import { checkLinkTarget } from '../links.js';
import { ArchiveError, type ProblemList } from '../problem.js';
import { verified } from '../verified.js';
import { type TarMember, tarMembers } from './tar-members.js';

const KEPT_ENTRY_BYTES = 256 * 1024;
const KEPT_BYTES = 16 * 2 ** 20;

/** A file of the tar: its place among the members, and its content where it is small enough to be kept. */
interface TarFile {
  readonly path: string;
  readonly size: number;
  readonly index: number;
  readonly content: Buffer | undefined;
}

/**
 * Inflates the archive once to list it, and reports what is wrong; undefined when it cannot be read to its end. Small files (the
 * manifest, the handler, labels) are kept from this pass, since a tar can otherwise only be read from its start.
 */
export async function scanTgz(
  file: ArchiveFile,
  limits: ReadLimits,
  problems: ProblemList,
  signal?: AbortSignal,
): Promise<Archive | undefined> {
  try {
    const files = await listFiles(file, limits, problems, signal);
    checkClashes(
      files.map(({ path }) => path),
      problems,
    );
    return tgzArchive(file, limits, new Map(files.map((entry) => [entry.path, entry])));
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    problems.report(error.problem);
    return undefined;
  }
}

async function listFiles(
  file: ArchiveFile,
  limits: ReadLimits,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): Promise<TarFile[]> {
  const files: TarFile[] = [];
  let kept = 0;
  let index = -1;
  for await (const member of tarMembers(file, limits, signal)) {
    index += 1;
    if (index >= limits.entries) {
      problems.add('ERR_LIMIT_ENTRIES', 'it has too many entries', { expected: `at most ${limits.entries}` });
      return files;
    }
    const path = safePath(member, problems);
    if (path === undefined) continue;
    const { size } = member.header;
    const keep = size <= KEPT_ENTRY_BYTES && kept + size <= KEPT_BYTES;
    if (keep) kept += size;
    files.push({ path, size, index, content: keep ? await collect(member.content) : undefined });
  }
  if (index < 0) problems.add('ERR_ARCHIVE_DAMAGED', 'its tar has no members');
  return files;
}

/** The path of a member that is a file and safe; reports links, special files and unsafe paths. */
function safePath({ header }: TarMember, problems: ProblemList): string | undefined {
  const path = withoutDot(header.name);
  const entry = shownName(path);
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return checkEntryPath(path, problems) ? path : undefined;
    case 'directory':
      if (path !== '' && path !== '.') checkEntryPath(path.replace(/\/$/, ''), problems);
      return undefined;
    case 'link':
    case 'symlink':
      // A hard link names its target from the top of the archive, a symbolic one from its own folder.
      if (!checkLinkTarget(header.type === 'link' ? 'link' : path, header.linkname ?? '', problems))
        problems.add('ERR_ENTRY_LINK', `entry "${entry}" is a link`, { entry, found: shownName(header.linkname) });
      return undefined;
    default:
      problems.add('ERR_ENTRY_SPECIAL', `entry "${entry}" is not a file`, {
        entry,
        found: header.type ?? 'unknown',
      });
      return undefined;
  }
}

/** The one folder that holds everything, when the manifest is in it and not at the top: the layout of the servers' tgz. */
function rootOf(paths: readonly string[]): string {
  const [first = ''] = paths;
  const root = first.slice(0, first.indexOf('/') + 1);
  const nested = root !== '' && paths.includes(root + MANIFEST_PATH) && paths.every((path) => path.startsWith(root));
  return nested ? root : '';
}

function tgzArchive(file: ArchiveFile, limits: ReadLimits, files: ReadonlyMap<string, TarFile>): Archive {
  const root = rootOf([...files.keys()]);
  const entries = new Map<number, ArchiveEntry>();
  for (const { path, size, index } of files.values()) {
    entries.set(index, { path: path.slice(root.length), size, compressedSize: size, compression: 'deflate' });
  }
  const walk = (): AsyncGenerator<EntryContent, void, undefined> => walkMembers(file, limits, entries);
  return createArchive({
    source: file.source,
    format: 'tgz',
    root: root.replace(/\/$/, ''),
    entries: [...entries.values()],
    get: (path) => entries.get(files.get(root + path)?.index ?? -1),
    content: (entry) => contentOf(walk, entry, files.get(root + entry.path)?.content),
    walk,
    close: () => file.close(),
  });
}

async function* walkMembers(
  file: ArchiveFile,
  limits: ReadLimits,
  entries: ReadonlyMap<number, ArchiveEntry>,
): AsyncGenerator<EntryContent, void, undefined> {
  let index = -1;
  for await (const member of tarMembers(file, limits)) {
    index += 1;
    const entry = entries.get(index);
    if (entry !== undefined) yield { entry, content: verified(file.source, entry, member.content) };
  }
}

async function* contentOf(
  walk: () => AsyncIterable<EntryContent>,
  wanted: ArchiveEntry,
  kept: Buffer | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  if (kept !== undefined) {
    yield kept;
    return;
  }
  for await (const { entry, content } of walk()) {
    if (entry.path !== wanted.path) continue;
    yield* content;
    return;
  }
}

async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
