import { isTelling } from '../pickle/judge.js';
import type { PickleFile } from '../pickle/read-pickles.js';
import type { Use } from '../pickle/uses.js';

/** A use of an import, and the pickle that it stands in: empty for the file itself, else the way into it (`archive/data.pkl`). */
export interface PlacedUse extends Use {
  readonly where: string;
  /** Whether only the loader of TorchScript reads that pickle. */
  readonly isScript: boolean;
}

/** Something in a file that runs code or touches files when it is loaded, and is not a pickle. */
export interface CodeNote {
  readonly where: string;
  /** A clause behind the name of the file: `has a Lambda layer`. */
  readonly message: string;
}

/** What could not be followed, and why. */
export interface Unproven {
  readonly where: string;
  readonly why: string;
  /** A bound ended the reading; else what is there cannot be read here at all. */
  readonly isStopped: boolean;
}

/** What loading a file would do, gathered from everything inside it. */
export interface LoadedFile {
  readonly uses: readonly PlacedUse[];
  readonly codes: readonly CodeNote[];
  readonly unproven: readonly Unproven[];
  /** What was recognised, from the outside in. */
  readonly kinds: ReadonlySet<string>;
  /** Paths of the entries of a zip or tar in it. */
  readonly members: readonly string[];
  readonly pickles: number;
  /** Why the file is not what it looks like: a pickle that is cut, a zip without its list. */
  readonly fault?: string;
}

/** A member of a zip or a tar may be named as it likes; no honest model has more of them. */
const MOST_MEMBERS = 200_000;
const MOST_NOTES = 1000;

/** Gathers what is found while a file is followed. */
export class Findings {
  readonly kinds = new Set<string>();
  readonly #uses = new Map<string, PlacedUse>();
  readonly #codes = new Map<string, CodeNote>();
  readonly #unproven = new Map<string, Unproven>();
  readonly #members: string[] = [];
  pickles = 0;
  fault: string | undefined;

  use(use: PlacedUse): void {
    const key = `${use.how} ${use.module} ${use.name} ${use.isScript}`;
    if (!this.#uses.has(key)) this.#uses.set(key, use);
  }

  /** A pickle somewhere in something else: cut off, it may be one by chance, and counts where it would run commands. */
  pickleInside({ uses, pickles }: PickleFile, where: string): void {
    for (const use of uses) if (pickles > 0 || isTelling(use)) this.use({ ...use, where, isScript: false });
    this.pickles += pickles;
  }

  code(where: string, message: string): void {
    if (this.#codes.size < MOST_NOTES) this.#codes.set(`${where} ${message}`, { where, message });
  }

  unproven(where: string, why: string, isStopped = false): void {
    if (this.#unproven.size < MOST_NOTES) this.#unproven.set(why, this.#unproven.get(why) ?? { where, why, isStopped });
  }

  /** False where there are more than are followed. */
  member(name: string): boolean {
    if (this.#members.length >= MOST_MEMBERS) return false;
    this.#members.push(name);
    return true;
  }

  result(): LoadedFile {
    return {
      uses: [...this.#uses.values()],
      codes: [...this.#codes.values()],
      unproven: [...this.#unproven.values()],
      kinds: this.kinds,
      members: this.#members,
      pickles: this.pickles,
      ...(this.fault !== undefined && { fault: this.fault }),
    };
  }
}
