import { createHash } from 'node:crypto';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { ArchiveError, type ArchiveProblem } from '#archive/problem.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { CODE_NAME } from '#models/content/codes.js';
import { HEAD, MODEL_NAME, sniff } from '#models/content/sniff.js';

/** An entry whose content is not what the manifest recorded when it was packed. */
export interface DigestFault {
  readonly entry: string;
  readonly kind: 'changed' | 'missing' | 'unlisted';
  readonly found?: string;
  readonly expected?: string;
}

/** Every byte of the archive read once: sizes, CRCs and, where the manifest has them, digests. */
export interface Integrity {
  readonly problems: readonly ArchiveProblem[];
  readonly digests: readonly DigestFault[];
  /** Entries that a loader of models may run, by their first and last bytes or by their names. */
  readonly loadable: readonly ArchiveEntry[];
}

/** Reads all content in one pass; `archiver` is the manifest's `model.extensions.modelArchiver`, empty when there is none. */
export async function checkIntegrity(
  archive: Archive,
  archiver: JsonObject,
  manifestEntry: string | undefined,
  signal?: AbortSignal,
): Promise<Integrity> {
  const recorded = objectAt(archiver, 'entries');
  const listed = new Set(Object.keys(recorded));
  const problems: ArchiveProblem[] = [];
  const digests: DigestFault[] = [];
  const loadable: ArchiveEntry[] = [];
  for await (const { entry, content } of archive.walk()) {
    const expected = digestOf(recorded[entry.path]);
    const ends = new Ends();
    const hash = expected === undefined ? undefined : createHash('sha256');
    if (
      !(await consume(content, problems, (chunk) => {
        signal?.throwIfAborted();
        hash?.update(chunk);
        ends.take(chunk);
      }))
    ) {
      listed.delete(entry.path);
      continue;
    }
    if (ends.mayBeLoaded(entry.path)) loadable.push(entry);
    const found = hash?.digest('hex');
    if (found !== expected)
      digests.push({ entry: entry.path, kind: 'changed', ...(found && { found }), ...(expected && { expected }) });
    if (listed.size > 0 && !listed.has(entry.path) && entry.path !== manifestEntry)
      digests.push({ entry: entry.path, kind: 'unlisted' });
  }
  for (const path of listed) if (!archive.get(path)) digests.push({ entry: path, kind: 'missing' });
  return { problems, digests, loadable };
}

/** The first and the last bytes of an entry, as they come by. */
class Ends {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): void {
    if (this.#head.length < HEAD) this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#tail = chunk;
  }

  /** By name, by the beginning, or as a zip by the end: whatever is in front of that. */
  mayBeLoaded(path: string): boolean {
    if (path.startsWith('MAR-INF/')) return sniff(this.#head) !== undefined;
    return (
      MODEL_NAME.test(path) ||
      CODE_NAME.test(path) ||
      sniff(this.#head) !== undefined ||
      this.#tail.includes('PK\x05\x06', 0, 'latin1')
    );
  }
}

/** Feeds every chunk to `use`; a fault of the content becomes a problem. True when all of it was good. */
async function consume(
  content: AsyncIterable<Buffer>,
  problems: ArchiveProblem[],
  use: (chunk: Buffer) => void,
): Promise<boolean> {
  try {
    for await (const chunk of content) use(chunk);
    return true;
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code === 'ERR_ARCHIVE_CHANGED') throw error;
    problems.push(error.problem);
    return false;
  }
}

function digestOf(record: unknown): string | undefined {
  return isObject(record) && typeof record['sha256'] === 'string' ? record['sha256'] : undefined;
}
