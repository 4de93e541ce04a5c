import type { Remark } from '#handler/review/remark.js';

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
/** Bytes of Python source that are kept to be looked at together. */
const MOST_TOGETHER = 8 * 1024 * 1024;

/** Reviews the source that it is given, each file by itself and Python's together as well. */
export class SourceReview {
  readonly #files = new Map<string, readonly Remark[]>();
  readonly #python = new Map<string, string>();
  readonly #unseen: string[] = [];
  #total = 0;
  #kept = 0;

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
      this.#files.set(path, (await import('#handler/review/review-script.js')).reviewScript(text));
    } else if (this.#kept + text.length <= MOST_TOGETHER) {
      this.#kept += text.length;
      this.#python.set(path, text);
      this.#files.set(path, []);
    } else this.#files.set(path, (await import('#handler/review/review-python.js')).reviewPython(text));
  }

  /** What was found, in the order in which it came. */
  async result(): Promise<Review> {
    if (this.#python.size > 0) {
      const { reviewTogether } = await import('#handler/review/review-together.js');
      for (const [path, remarks] of reviewTogether(this.#python)) this.#files.set(path, remarks);
    }
    const files = [...this.#files].filter(([, remarks]) => remarks.length > 0);
    return { files: files.map(([entry, remarks]) => ({ entry, remarks })), unseen: this.#unseen };
  }
}
