import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PositionalReader } from '#archive/entry-reader.js';
import { openArchive } from '#archive/open.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { Content } from '#models/content/bytes.js';
import type { CodeNote, PlacedUse, Unproven } from '#models/content/findings.js';
import { followFile } from '#models/content/follow.js';
import { AllowList, type Judgement, judge } from '#models/pickle/judge.js';
import { readConfig } from './read-config.js';

export interface ExplainOptions {
  /** Relative paths start here. Default: the working directory. */
  readonly cwd?: string;
  /** As for `validate`. */
  readonly allowImport?: readonly string[];
  readonly config?: string;
}

/** What loading one file would import and call. */
export interface Explanation {
  readonly path: string;
  /** What was recognised, from the outside in: `zip`, `pickle`. */
  readonly kinds: readonly string[];
  readonly pickles: number;
  /** In the order of the file; `at` is a byte of the pickle `where` (empty: of the file itself). */
  readonly uses: readonly (PlacedUse & { readonly judgement: Judgement })[];
  /** What else runs code. */
  readonly codes: readonly CodeNote[];
  readonly unproven: readonly Unproven[];
  readonly fault?: string;
  /** Everything is on the list, nothing else runs code, and all of it could be followed. */
  readonly passed: boolean;
}

/**
 * Reads one file, or an entry of an archive written `X.mar:path`, without executing anything of it. Throws
 * `ERR_ARCHIVE_NOT_FOUND` where there is none.
 */
export async function explain(path: string, options: ExplainOptions = {}): Promise<Explanation> {
  const cwd = options.cwd ?? process.cwd();
  const configured = options.config === undefined ? {} : await readConfig(cwd, options.config);
  const allowed = new AllowList([...(configured.allowImport ?? []), ...(options.allowImport ?? [])]);
  const { content, close } = await find(cwd, path);
  try {
    const { uses, codes, unproven, kinds, pickles, fault } = await followFile(content, path);
    const judged = uses.map((use) => ({ ...use, judgement: judge(use, allowed, use.isScript) }));
    const isKnown = judged.every(({ judgement }) => judgement === 'allowed');
    return {
      path,
      kinds: [...kinds],
      pickles,
      uses: judged,
      codes,
      unproven,
      ...(fault !== undefined && pickles === 0 && { fault }),
      passed: isKnown && codes.length === 0 && unproven.length === 0,
    };
  } finally {
    await close();
  }
}

interface Found {
  readonly content: Content;
  close(): Promise<void>;
}

async function find(cwd: string, path: string): Promise<Found> {
  if (await isFile(resolve(cwd, path)))
    return { content: await fileContent(resolve(cwd, path)), close: async () => undefined };
  for (let at = path.lastIndexOf(':'); at > 0; at = path.lastIndexOf(':', at - 1)) {
    const outer = resolve(cwd, path.slice(0, at));
    if ((await stat(outer).catch(() => undefined)) === undefined) continue;
    const archive = await openArchive(outer);
    const entry = archive.get(path.slice(at + 1));
    if (entry !== undefined)
      return { content: { size: entry.size, open: () => archive.reader(entry) }, close: () => archive.close() };
    await archive.close();
  }
  throw new MarError(`${path} is not a file, nor an entry of an archive`, {
    code: 'ERR_ARCHIVE_NOT_FOUND',
    hint: 'name a file, or an entry as model.mar:model.pkl',
  });
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

async function fileContent(path: string): Promise<Content> {
  const { size } = await stat(path);
  return {
    size,
    async open() {
      const file = await open(path).catch((error: unknown) => {
        throw new MarError(`${path} cannot be read: ${messageOf(error)}`, {
          code: 'ERR_ARCHIVE_UNREADABLE',
          cause: error,
        });
      });
      const readAt = async (position: number, length: number) => {
        const { buffer, bytesRead } = await file.read(
          Buffer.alloc(Math.max(0, length)),
          0,
          Math.max(0, length),
          position,
        );
        return buffer.subarray(0, bytesRead);
      };
      return new PositionalReader(size, readAt, () => file.close());
    },
  };
}
