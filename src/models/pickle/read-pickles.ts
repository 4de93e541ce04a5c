import { ACTIONS, isFileHead } from './actions.js';
import { arrayContent } from './arrays.js';
import { glance, isPlausible } from './glance.js';
import { type Instruction, instructionAt } from './instructions.js';
import { Machine } from './machine.js';
import { type Use, Uses } from './uses.js';
import type { Made } from './values.js';
import { type ByteSource, Window } from './window.js';

/** What all pickles of a file would import and call, read from their instructions without running them. */
export interface PickleFile {
  readonly uses: readonly Use[];
  /** Pickles that reached their STOP, one behind the other; those inside arrays are not counted. */
  readonly pickles: number;
  /** The first byte behind what was understood. */
  readonly end: number;
  /** Why the first pickle ends before its STOP, or is none; or that the last one is cut off. */
  readonly fault?: string;
  /** What could not be followed, one clause each. */
  readonly unproven: readonly string[];
  /** Whether a bound ended the reading: whatever comes behind was not looked at. */
  readonly isStopped: boolean;
  /** Files inside it that are loaded with it. */
  readonly embedded: readonly Buffer[];
}

/** Bounds of one file; every honest one is far below. */
export interface PickleLimits {
  readonly instructions: number;
  /** Bytes of instructions, what is skipped apart. */
  readonly bytes: number;
}

export interface PickleOptions {
  readonly limits?: PickleLimits;
  /** False for content that may as well be something else: it ends where Python would refuse it. */
  readonly isCertain?: boolean;
}
const LIMITS: PickleLimits = { instructions: 20_000_000, bytes: 512 * 1024 * 1024 };

/** One line of protocol 0, an integer for instance. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** Content up to this size is brought to hand, where it is a file that gets loaded. */
const LARGEST_EMBEDDED = 64 * 1024 * 1024;
const DEEPEST_ARRAY = 16;

const CUT = 'the pickle ends before its STOP';

/** Reads the pickles at the beginning of a source: all that follow each other, and those behind arrays of joblib. */
export async function readPickles(
  source: ByteSource,
  { limits = LIMITS, isCertain = true }: PickleOptions = {},
): Promise<PickleFile> {
  return new PickleReader(new Window(source), limits, isCertain).read();
}

class PickleReader {
  readonly #window: Window;
  readonly #limits: PickleLimits;
  readonly #uses: Use[] = [];
  readonly #unproven = new Set<string>();
  #isStopped = false;
  readonly #embedded: Buffer[] = [];
  readonly #isCertain: boolean;
  #instructions = 0;
  #skipped = 0;
  #pickles = 0;

  constructor(window: Window, limits: PickleLimits, isCertain: boolean) {
    this.#isCertain = isCertain;
    this.#window = window;
    this.#limits = limits;
  }

  async read(): Promise<PickleFile> {
    let end = 0;
    let fault: string | undefined;
    for (;;) {
      const uses = new Uses();
      const begun = this.#window.bytes[this.#window.at];
      const stopped = await this.#one(uses, 0);
      const isFirst = this.#pickles === 0;
      const found = uses.all();
      // Behind a pickle lies what its reader makes of it: only what is a pickle beyond doubt counts as one.
      if (stopped !== undefined && (!isFirst || !this.#isCertain) && !this.#isGivenUp)
        this.#take(found.filter(isPlausible));
      else this.#take(found);
      if (uses.overflow) {
        this.#unproven.add('it imports more names than are kept');
        this.#isStopped = true;
      }
      if (stopped !== undefined) {
        if (isFirst || (begun === 0x80 && stopped === CUT)) fault = stopped;
        if (isFirst || this.#isGivenUp) end = this.#window.place;
        break;
      }
      this.#pickles += 1;
      end = this.#window.place;
      if (this.#window.at >= this.#window.bytes.length && !(await this.#window.more())) break;
    }
    return {
      uses: this.#uses,
      pickles: this.#pickles,
      end,
      ...(fault !== undefined && { fault }),
      unproven: [...this.#unproven],
      isStopped: this.#isStopped,
      embedded: this.#embedded,
    };
  }

  /** Whether a bound ended the reading. */
  get #isGivenUp(): boolean {
    return this.#unproven.size > 0;
  }

  #take(found: readonly Use[]): void {
    for (const use of found) this.#uses.push(use);
  }

  /** One pickle up to its STOP, the content of its arrays included; otherwise why it ended before. */
  async #one(uses: Uses, depth: number): Promise<string | undefined> {
    const machine = new Machine(uses, ACTIONS);
    const window = this.#window;
    for (;;) {
      const instruction = instructionAt(window.bytes, window.at);
      if (window.at >= window.bytes.length || instruction === 'cut') {
        if (window.bytes.length - window.at > LONGEST_LINE)
          return this.#giveUp('it has a line that is longer than any number');
        if (await window.more()) continue;
        return CUT;
      }
      if (instruction === undefined)
        return `byte 0x${(window.bytes[window.at] ?? 0).toString(16)} is not an instruction of a pickle`;
      const end = window.place + instruction.to - window.at;
      const length = instruction.to - instruction.from;
      if (instruction.to > window.bytes.length && (length < 65_536 || this.#isEmbeddable(instruction))) {
        if (await window.more(instruction.to - window.at)) continue;
        return CUT;
      }
      this.#instructions += 1;
      machine.run(window.bytes, instruction, window.place);
      if (machine.isBroken && !this.#isCertain) return 'it takes values that are not there';
      if (instruction.to > window.bytes.length) this.#skipped += length;
      // Almost always: awaiting each of millions of instructions costs more than carrying them out.
      if (instruction.to <= window.bytes.length) window.at = instruction.to;
      else await window.goTo(end);
      if (instruction.code === '.') {
        this.#embedded.push(...machine.embedded);
        return undefined;
      }
      const bound = this.#boundOf(machine);
      if (bound !== undefined) {
        this.#isStopped = true;
        return this.#giveUp(bound);
      }
      if (machine.array !== undefined) {
        const stopped = await this.#array(machine.array, uses, depth, machine.forgot);
        if (stopped !== undefined) return stopped;
      }
    }
  }

  /** Bytes that begin like a pickle or a zip may be loaded as one, and so may texts that protocol 2 makes of bytes. */
  #isEmbeddable({ code, from, to }: Instruction): boolean {
    if (!'CB\x8eX'.includes(code) || to - from > LARGEST_EMBEDDED) return false;
    return isFileHead(this.#window.bytes.subarray(from, from + 4), code);
  }

  #boundOf(machine: Machine): string | undefined {
    if (machine.isFull) return 'it keeps more values than any model does';
    if (this.#instructions > this.#limits.instructions)
      return `it has more than ${this.#limits.instructions.toLocaleString('en')} instructions`;
    return this.#window.place - this.#skipped > this.#limits.bytes
      ? 'its instructions are larger than any model’s'
      : undefined;
  }

  /** The content of an array, which joblib reads between two instructions. */
  async #array(array: Made, uses: Uses, depth: number, isForgotten: boolean): Promise<string | undefined> {
    const content = arrayContent(array);
    await this.#asInstructions(uses);
    if (content === undefined) {
      if (isForgotten) this.#isStopped = true;
      return this.#giveUp('the end of an array in it cannot be told');
    }
    if (content.kind === 'pickle')
      return depth >= DEEPEST_ARRAY ? this.#giveUp('it nests arrays in arrays') : this.#one(uses, depth + 1);
    const window = this.#window;
    let start = window.place;
    if (content.isPadded) {
      if (window.at >= window.bytes.length) await window.more();
      start += 1 + (window.bytes[window.at] ?? 0);
    }
    this.#skipped += start + content.length - window.place;
    await window.goTo(start + content.length);
    return undefined;
  }

  /** `pickle.load` knows nothing of joblib's arrays and takes their content for instructions: what it would import. */
  async #asInstructions(uses: Uses): Promise<void> {
    const window = this.#window;
    if (window.bytes.length - window.at < 1024) await window.more(1024);
    for (const use of glance(window.bytes.subarray(window.at), window.place)) uses.add(use);
  }

  #giveUp(why: string): string {
    this.#unproven.add(why);
    return why;
  }
}
