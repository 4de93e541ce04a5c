import type { EntryReader } from '#archive/archive.js';

/** What bytes come from, in order: an entry of an archive, or what something in it unpacks to. */
export type ByteSource = Pick<EntryReader, 'read' | 'skip'>;

const STEP = 256 * 1024;

/** The bytes around a place of a source that is read forward: `bytes` from `at` on are at hand. */
export class Window {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  readonly #source: ByteSource;
  /** The place of `bytes[0]` in the source. */
  #base = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The place in the source. */
  get place(): number {
    return this.#base + this.at;
  }

  /** Brings more bytes to hand, at least `wanted` from `at` on where there are as many; false when nothing was added. */
  async more(wanted = 1): Promise<boolean> {
    const rest = this.bytes.subarray(this.at);
    const parts: Buffer[] = [rest];
    let have = rest.length;
    do {
      const chunk = await this.#source.read(Math.max(STEP, wanted - have));
      if (chunk.length === 0) break;
      parts.push(chunk);
      have += chunk.length;
    } while (have < wanted);
    if (have === rest.length) return false;
    this.bytes = Buffer.concat(parts, have);
    this.#base += this.at;
    this.at = 0;
    return true;
  }

  /** Moves to a place at or behind this one. */
  async goTo(place: number): Promise<void> {
    const ahead = place - this.place;
    const left = this.bytes.length - this.at;
    if (ahead <= left) {
      this.at += ahead;
      return;
    }
    await this.#source.skip(ahead - left);
    this.bytes = Buffer.alloc(0);
    this.#base = place;
    this.at = 0;
  }
}
