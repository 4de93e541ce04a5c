import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inside } from '#inside.js';
import type { Archive, ArchiveEntry } from '../archive.js';
import { ArchiveFile } from '../archive-file.js';
import { checkClashes } from '../clashes.js';
import { createArchive } from '../create-archive.js';
import { checkEntryPath, shownName } from '../entry-path.js';
import { PositionalReader } from '../entry-reader.js';
import type { ReadLimits } from '../limits.js';
import { checkLinkTarget } from '../links.js';
import type { ProblemList } from '../problem.js';
import { verified } from '../verified.js';

/** Lists the files below a directory, sorted by path, and reports what is unfit. Links to files inside it are followed. */
export async function scanDirectory(
  path: string,
  limits: ReadLimits,
  problems: ProblemList,
): Promise<Archive | undefined> {
  const entries: ArchiveEntry[] = [];
  for await (const entry of filesBelow(await realpath(path), problems)) {
    entries.push(entry);
    if (entries.length > limits.entries) {
      problems.add('ERR_LIMIT_ENTRIES', 'it has too many files', { expected: `at most ${limits.entries}` });
      return undefined;
    }
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > limits.totalBytes) {
    const facts = { found: `${total} bytes`, expected: `at most ${limits.totalBytes}` };
    problems.add('ERR_LIMIT_SIZE', 'its files are too large', facts);
  }
  checkClashes(
    entries.map((entry) => entry.path),
    problems,
  );
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return createArchive({
    source: path,
    format: 'directory',
    entries,
    get: (wanted) => byPath.get(wanted),
    content: (entry) => verified(path, entry, contentOf(path, entry)),
    reader: async (entry) => {
      const file = await openEntry(path, entry);
      return new PositionalReader(
        Math.min(entry.size, file.size),
        (position, length) => file.read(position, length),
        () => file.close(),
      );
    },
    close: async () => undefined,
  });
}

/** Depth first, without recursion: a deep tree costs no stack. Folder names that are unsafe hide nothing: their files are checked. */
async function* filesBelow(root: string, problems: ProblemList): AsyncGenerator<ArchiveEntry, void, undefined> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const found of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? found.name : `${folder}/${found.name}`;
      if (found.isDirectory()) {
        folders.push(path);
        continue;
      }
      const safe = !found.isSymbolicLink() || (await staysInside(root, path));
      const target = safe ? await stat(join(root, path)).catch(() => undefined) : undefined;
      if (target?.isFile()) {
        if (checkEntryPath(path, problems)) yield toEntry(path, target.size);
      } else if (found.isSymbolicLink()) {
        await reportLink(root, path, problems);
      } else {
        const entry = shownName(path);
        problems.add('ERR_ENTRY_SPECIAL', `"${entry}" is not a file`, { entry });
      }
    }
  }
}

/** A link that leads to no file below `root`: out of it, to a folder, or nowhere. */
async function reportLink(root: string, path: string, problems: ProblemList): Promise<void> {
  const target = await readlink(join(root, path));
  const leadsNowhere = (await realpath(join(root, path)).catch(() => undefined)) === undefined;
  const entry = shownName(path);
  if (leadsNowhere && checkLinkTarget(path, target, problems)) return;
  if (leadsNowhere || (await staysInside(root, path)))
    problems.add('ERR_ENTRY_LINK', `"${entry}" is a link that does not lead to a file`, { entry });
  else
    problems.add('ERR_ENTRY_LINK_OUT', `"${entry}" is a link that leads out of the directory`, {
      entry,
      found: shownName(target),
    });
}

/** Whether a link leads to something below `root`, a real path. */
async function staysInside(root: string, path: string): Promise<boolean> {
  const target = await realpath(join(root, path)).catch(() => undefined);
  return target !== undefined && inside(root, target) !== undefined;
}

function toEntry(path: string, size: number): ArchiveEntry {
  return { path, size, compressedSize: size, compression: 'store' };
}

function openEntry(root: string, entry: ArchiveEntry): Promise<ArchiveFile> {
  return ArchiveFile.open(join(root, entry.path), root);
}

async function* contentOf(root: string, entry: ArchiveEntry): AsyncGenerator<Buffer, void, undefined> {
  const file = await openEntry(root, entry);
  try {
    yield* file.chunks(0, file.size);
  } finally {
    await file.close();
  }
}
