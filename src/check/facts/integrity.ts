import { createHash } from 'node:crypto';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { ArchiveError, type ArchiveProblem } from '#archive/problem.js';
import { contentDigest, type DigestedEntry, VERIFICATION_ENTRY, type Verification } from '#conventions/verification.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { CODE_NAME, mayCarryCode } from '#models/content/codes.js';
import { AT_START, mayImport } from '#models/content/hidden.js';
import { HEAD, isNative, MODEL_NAME, sniff } from '#models/content/sniff.js';
import { type Secret, SecretSearch, TEXT_LIMIT } from '#secrets/secret-search.js';

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
  /** The paths of the entries that they are about. */
  readonly damaged: ReadonlySet<string>;
  readonly digests: readonly DigestFault[];
  /** The digest of all content, where it was asked for and everything could be read. */
  readonly content?: Verification['content'];
  /** Entries that a loader of models may run, by their first and last bytes or by their names. */
  readonly loadable: readonly Loadable[];
  /** Entries that are libraries or programs for a processor, by their first bytes, whatever they are called. */
  readonly native: readonly ArchiveEntry[];
  /** Credentials in it; files beyond a mebibyte are data and not looked at. */
  readonly secrets: readonly Secret[];
}

/** An entry to follow; `content` is all of it, where it is small and was at hand: opening an entry again costs more than reading it. */
export interface Loadable {
  readonly entry: ArchiveEntry;
  readonly content?: Buffer;
}

/** Bytes of an entry that are kept, and of all of them together. */
const KEPT = 16 * 1024;
const KEPT_TOGETHER = 16 * 1024 * 1024;

/**
 * Reads all content in one pass; `archiver` is the manifest's `model.extensions.modelArchiver`, empty when there is none. With `whole` the
 * content as a whole is digested too.
 */
export async function checkIntegrity(
  archive: Archive,
  archiver: JsonObject,
  manifestEntry: string | undefined,
  whole: boolean,
  signal?: AbortSignal,
): Promise<Integrity> {
  const recorded = objectAt(archiver, 'entries');
  const listed = new Set(Object.keys(recorded));
  const problems: ArchiveProblem[] = [];
  const damaged = new Set<string>();
  const digests: DigestFault[] = [];
  const loadable: Loadable[] = [];
  const native: ArchiveEntry[] = [];
  const search = new SecretSearch();
  const read: DigestedEntry[] = [];
  let kept = 0;
  for await (const { entry, content } of archive.walk()) {
    const expected = digestOf(recorded[entry.path]);
    const ends = new Ends();
    const text: Buffer[] | undefined = search.byName(entry.path) || entry.size > TEXT_LIMIT ? undefined : [];
    const hash = expected === undefined && !whole ? undefined : createHash('sha256');
    if (
      !(await consume(content, problems, (chunk) => {
        signal?.throwIfAborted();
        hash?.update(chunk);
        ends.take(chunk);
        text?.push(chunk);
      }))
    ) {
      listed.delete(entry.path);
      damaged.add(entry.path);
      continue;
    }
    if (ends.isNative()) native.push(entry);
    if (ends.mayBeLoaded(entry.path)) {
      const all = ends.whole();
      const keeps = all !== undefined && all.length <= KEPT && kept + all.length <= KEPT_TOGETHER;
      if (keeps) kept += all.length;
      loadable.push(keeps ? { entry, content: Buffer.from(all) } : { entry });
    }
    const [first, ...more] = text ?? [];
    if (first) await search.content(entry.path, more.length === 0 ? first : Buffer.concat([first, ...more]));
    const found = hash?.digest('hex');
    if (whole && found !== undefined) read.push({ path: entry.path, size: entry.size, sha256: found });
    if (expected !== undefined && found !== expected)
      digests.push({ entry: entry.path, kind: 'changed', ...(found && { found }), expected });
    if (listed.size > 0 && !listed.has(entry.path) && entry.path !== manifestEntry && entry.path !== VERIFICATION_ENTRY)
      digests.push({ entry: entry.path, kind: 'unlisted' });
  }
  for (const path of listed) if (!archive.get(path)) digests.push({ entry: path, kind: 'missing' });
  const isWhole = whole && read.length === archive.entries.length;
  const secrets = await search.all();
  return { problems, damaged, digests, loadable, native, secrets, ...(isWhole && { content: contentDigest(read) }) };
}

/** The first and the last bytes of an entry, as they come by. */
class Ends {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #chunks = 0;
  #seen = 0;
  #mayImport = false;

  take(chunk: Buffer): void {
    this.#chunks++;
    if (this.#seen < AT_START && !this.#mayImport) this.#mayImport = mayImport(chunk.toString('latin1'));
    this.#seen += chunk.length;
    if (this.#head.length < HEAD) this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#tail = chunk;
  }

  /** All of the entry, where it came in one piece. */
  whole(): Buffer | undefined {
    return this.#chunks <= 1 ? this.#tail : undefined;
  }

  isNative(): boolean {
    return isNative(this.#head);
  }

  /** By name, by the beginning, or as a zip by the end: whatever is in front of that. */
  mayBeLoaded(path: string): boolean {
    if (path.startsWith('MAR-INF/')) return sniff(this.#head) !== undefined;
    return (
      MODEL_NAME.test(path) ||
      (CODE_NAME.test(path) && (this.whole() === undefined || mayCarryCode(this.#head, path))) ||
      sniff(this.#head) !== undefined ||
      this.#mayImport ||
      (this.#seen > AT_START && mayImport(this.#tail.toString('latin1'))) ||
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
