import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunSeen, SEEN_VARIABLE } from '#conventions/run-seen.js';
import { FROM_SOURCE } from '#own-files.js';

/** Watches what a worker leaves behind in the directory of its run. */
export interface RunWatch {
  /** For the environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** What was seen until now. */
  seen(): Promise<Pick<RunSeen, 'files' | 'actions'>>;
}

/** What is told of the actions, and what the loader of TypeScript keeps where this program runs from its sources. */
const OURS = FROM_SOURCE ? /^(seen-|tmp\/tsx-)/ : /^seen-/;

/** Names that a report lists; the rest is counted. */
const MOST = 20;

/** Files and folders that are looked at: a handler may make millions, and folders in folders deeper than any path reaches. */
const MOST_ENTRIES = 100_000;

/** Characters of a name or an action that a report shows. */
const LONGEST = 500;

/** Bytes that are read of what the hooks of the interpreters heard: they stop long before. */
const MOST_HEARD = 1 << 20;

/** Starts to watch: what is in `directory` now, below `own` (what of it is ours) apart, is not the handler's doing. */
export async function watchRun(directory: string, own: readonly string[]): Promise<RunWatch> {
  const file = join(directory, `seen-${randomUUID()}`);
  const before = await filesBelow(directory, own);
  return {
    env: { [SEEN_VARIABLE]: file },
    async seen() {
      const lines = (await heard(file)).split('\n').filter((line) => line !== '');
      await rm(file, { force: true, recursive: true }).catch(() => {});
      const after = await filesBelow(directory, own);
      const written = [...after].filter(([path, time]) => before.get(path) !== time).map(([path]) => path);
      return { files: listed(written.sort()), actions: listed(lines.map(told)) };
    },
  };
}

/**
 * What the hooks wrote. The archive can put anything in the place of that file: a link to a file that only this process may read, a pipe that
 * never ends, more than fits into memory.
 */
async function heard(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return '';
  try {
    if (!(await file.stat()).isFile()) return '';
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_HEARD), 0, MOST_HEARD, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function told(line: string): string {
  try {
    return String(JSON.parse(line));
  } catch {
    return line;
  }
}

/** Each text once, with how often it came; at most 20 of them, and how many more there are. */
export function listed(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts.map(shortened)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const lines = [...counts].map(([text, count]) => (count > 1 ? `${text} (${count} times)` : text));
  return lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more`];
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * What lies below a directory, folders apart, relative, with the time of its last change, which no handler can set. A folder that cannot be read counts itself: what is in it
 * cannot be told.
 */
async function filesBelow(directory: string, own: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const folders = [''];
  let entries = 0;
  for (let folder = folders.shift(); folder !== undefined && entries < MOST_ENTRIES; folder = folders.shift()) {
    const listing = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => undefined);
    if (listing === undefined) found.set(`${folder || '.'}/`, 0);
    for (const entry of listing ?? []) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (OURS.test(relative) || own.includes(relative)) continue;
      entries += 1;
      if (entries >= MOST_ENTRIES) break;
      if (entry.isDirectory()) folders.push(relative);
      else found.set(relative, (await lstat(join(directory, relative)).catch(() => undefined))?.ctimeMs ?? 0);
    }
  }
  return found;
}
