import type { Input, Tree } from '@lezer/common';
import { parser } from '@lezer/javascript';

/** Steps of the parser, for a character of the text and for any; what one costs that looks for a way on behind an error. */
const MOST_STEPS = 2;
const LEAST_STEPS = 500_000;
const STEP_WHEN_LOST = 20;
/** What may be open while it is parsed, three for each bracket or more, and how often it is looked at. */
const DEEPEST = 6000;
const STEPS_BETWEEN = 16;
/** Characters of a piece of text, how often each may be read on to, and pieces that may be of any text. */
const PIECE = 2048;
const MOST_READ = 64;
const LEAST_READS = 2000;

/** The tree of a script; throws a RangeError where it takes more steps, depth or reading than any honest one. */
export function boundedParse(text: string): Tree {
  const running = parser.startParse(new MeteredText(text));
  let left = LEAST_STEPS + MOST_STEPS * text.length;
  for (let step = 0; left > 0; step++) {
    const tree = running.advance();
    if (tree) return tree;
    const isLost = Number(Reflect.get(running, 'recovering')) > 0;
    left -= isLost ? STEP_WHEN_LOST : 1;
    if (step % STEPS_BETWEEN === 0 && depthOf(running) > DEEPEST) throw new RangeError('code is nested too deeply');
  }
  throw new RangeError('too complex to be parsed');
}

/**
 * A text that is read in pieces, one behind the other, only so many times: a tokenizer that looks for the end of `/[/[/[…` from every place
 * of it would read for days.
 */
class MeteredText implements Input {
  readonly lineChunks = false;
  readonly length: number;
  readonly #text: string;
  #left: number;
  #end = 0;

  constructor(text: string) {
    this.#text = text;
    this.length = text.length;
    this.#left = LEAST_READS + MOST_READ * (text.length / PIECE);
  }

  chunk(from: number): string {
    if (from === this.#end) this.#left -= 1;
    this.#end = from + PIECE;
    if (this.#left < 0) throw new RangeError('too complex to be parsed');
    return this.#text.slice(from, from + PIECE);
  }

  read(from: number, to: number): string {
    return this.#text.slice(from, to);
  }
}

/** How much is open: beyond 8,400 the parser cuts the code apart, and takes kilobytes for each of its letters. */
function depthOf(running: object): number {
  const stacks: unknown = Reflect.get(running, 'stacks');
  let deepest = 0;
  for (const one of Array.isArray(stacks) ? stacks : []) {
    const stack: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'stack') : undefined;
    if (Array.isArray(stack)) deepest = Math.max(deepest, stack.length);
  }
  return deepest;
}
