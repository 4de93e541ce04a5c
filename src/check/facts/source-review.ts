import { posix } from 'node:path';
import type { Remark } from '#handler/review/remark.js';
import type { PackageNames } from '#handler/review/script/module-paths.js';

/** What a reviewer must see in one file of source. */
export interface ReviewedCode {
  readonly entry: string;
  readonly remarks: readonly Remark[];
}

/** What there is to say of source, and what was too much to be looked at. */
export interface Review {
  readonly files: readonly ReviewedCode[];
  readonly unseen: readonly string[];
}

/** Names of source that is reviewed. */
export const SOURCE = /\.(py|pyw|js|mjs|cjs)$/i;
/** Bytes of a file that is reviewed: JavaScript may be a bundle. */
export const LARGEST_SOURCE = 8 * 1024 * 1024;

/** Python's tree takes two hundred times the text; nobody writes more by hand. */
const LARGEST_PYTHON = 1024 * 1024;
/** Bytes of all files together: half a minute. */
const MOST = 64 * 1024 * 1024;
/** Bytes of source of each language that are kept to be looked at together. */
const MOST_TOGETHER = 8 * 1024 * 1024;

/** Reviews the source that it is given, each file by itself and those together that can import each other. */
export class SourceReview {
  readonly #files = new Map<string, readonly Remark[]>();
  readonly #python = new Map<string, string>();
  readonly #scripts = new Map<string, string>();
  /** What the package.json of each folder names. */
  readonly #packages = new Map<string, PackageNames>();
  readonly #unseen: string[] = [];
  readonly #beside: string[] = [];
  #total = 0;
  #kept = 0;
  #keptScripts = 0;

  /** Whether there is room for a file of so many bytes; otherwise it counts as not looked at. */
  has(path: string, size: number): boolean {
    this.#total += size;
    const largest = /\.[mc]?js$/i.test(path) ? LARGEST_SOURCE : LARGEST_PYTHON;
    if (size <= largest && this.#total <= MOST) return true;
    this.#unseen.push(path);
    return false;
  }

  async add(path: string, bytes: Buffer): Promise<void> {
    const text = bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .replaceAll('\r\n', '\n');
    if (/\.[mc]?js$/i.test(path)) {
      const { reviewScript } = await import('#handler/review/review-script.js');
      if (this.#keptScripts + text.length > MOST_TOGETHER) this.#files.set(path, await reviewScript(text));
      else {
        this.#keptScripts += text.length;
        this.#scripts.set(path, text);
        this.#files.set(path, []);
      }
    } else if (this.#kept + text.length <= MOST_TOGETHER) {
      this.#kept += text.length;
      this.#python.set(path, text);
      this.#files.set(path, []);
    } else this.#files.set(path, (await import('#handler/review/review-python.js')).reviewPython(text));
  }

  /** A package.json, by which scripts find what others import. */
  async addPackage(path: string, bytes: Buffer): Promise<void> {
    const { packageOf } = await import('#handler/review/script/module-paths.js');
    this.#packages.set(posix.dirname(path), packageOf(bytes.toString('utf8')));
  }

  /** A file that is not named as source: a script may run it all the same. */
  beside(path: string): void {
    this.#beside.push(path);
  }

  /** What was found, in the order in which it came. */
  async result(): Promise<Review> {
    if (this.#scripts.size > 0) {
      const { reviewScripts } = await import('#handler/review/review-script.js');
      for (const [path, remarks] of await reviewScripts(this.#scripts, this.#packages, this.#beside))
        this.#files.set(path, remarks);
    }
    if (this.#python.size > 0) {
      const { reviewTogether } = await import('#handler/review/review-together.js');
      for (const [path, remarks] of reviewTogether(this.#python)) this.#files.set(path, remarks);
    }
    const files = [...this.#files].filter(([, remarks]) => remarks.length > 0);
    return { files: files.map(([entry, remarks]) => ({ entry, remarks })), unseen: this.#unseen };
  }
}
