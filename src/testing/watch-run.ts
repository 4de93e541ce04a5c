import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunSeen, SEEN_VARIABLE } from '#conventions/run-seen.js';
import { FROM_SOURCE } from '#own-files.js';
import { programsBelow } from './processes.js';

/** Watches what a worker leaves behind in the directory of its run. */
export interface RunWatch {
  /** For the environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** What was seen until now; `pid` is the worker's, while it lives. */
  seen(pid?: number): Promise<Omit<RunSeen, 'uncontained'>>;
}

/** What is told of the actions, and what the loader of TypeScript keeps where this program runs from its sources. */
const OURS = FROM_SOURCE ? /^(seen-|tmp\/tsx-)/ : /^seen-/;

/** Names that a report lists; the rest is counted. */
const MOST = 20;

/** Starts to watch: what is in `directory` now, below `own` (what of it is ours) apart, is not the handler's doing. */
export async function watchRun(directory: string, own: readonly string[]): Promise<RunWatch> {
  const file = join(directory, `seen-${randomUUID()}`);
  const before = await filesBelow(directory, own);
  return {
    env: { [SEEN_VARIABLE]: file },
    async seen(pid) {
      const processes = pid === undefined ? [] : await programsBelow(pid);
      const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
      await rm(file, { force: true });
      const after = await filesBelow(directory, own);
      const written = [...after].filter(([path, time]) => before.get(path) !== time).map(([path]) => path);
      return { files: listed(written.sort()), processes: listed(processes), actions: listed(lines.map(told)) };
    },
  };
}

function told(line: string): string {
  try {
    return String(JSON.parse(line));
  } catch {
    return line;
  }
}

function listed(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const lines = [...counts].map(([text, count]) => (count > 1 ? `${text} (${count} times)` : text));
  return lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more`];
}

/** The files below a directory, relative, with the time of their last change. */
async function filesBelow(directory: string, own: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const relative = path.slice(directory.length + 1);
    const isOwn = OURS.test(relative) || own.some((name) => relative === name || relative.startsWith(`${name}/`));
    const facts = entry.isDirectory() || isOwn ? undefined : await stat(path).catch(() => undefined);
    if (facts !== undefined) found.set(relative, facts.mtimeMs);
  }
  return found;
}
