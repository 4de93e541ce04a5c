import { MarError } from '#errors/mar-error.js';
import { PredictionError } from '../prediction-error.js';
import type { Padding, Piece, Template, Truncation } from './tokenizer-file.js';

/** One text, or a pair, in tokens. The three lists are of one length. */
export interface Encoding {
  /** Numbers of the tokens. */
  readonly ids: readonly number[];
  /** 1 for a token, 0 for filling. */
  readonly mask: readonly number[];
  /** Which text a token is of, as the model was trained: 0 and 1 for a pair of BERT. */
  readonly typeIds: readonly number[];
}

/** The tokens of the one or two texts with the special ones around, cut to what the truncation allows. */
export function assemble(
  texts: readonly [readonly number[], (readonly number[])?],
  template: Template,
  truncation: Truncation | undefined,
): Encoding {
  const [whole, wholePair] = texts;
  const pieces = wholePair ? template.pair : template.single;
  const [first, second = []] = truncation ? cut(whole, wholePair, pieces, truncation) : [whole, wholePair];
  const ids: number[] = [];
  const typeIds: number[] = [];
  for (const piece of pieces) {
    const tokens = 'ids' in piece ? piece.ids : piece.text === 'first' ? first : second;
    for (const id of tokens) {
      ids.push(id);
      typeIds.push(piece.typeId);
    }
  }
  return { ids, mask: ids.map(() => 1), typeIds };
}

/** Encodings of one length, filled at the end or the start. */
export function fillUp(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const longest = Math.max(0, ...encodings.map(({ ids }) => ids.length));
  const wanted = padding.length === 'longest' ? longest : Math.max(longest, padding.length);
  const length = Math.ceil(wanted / padding.multipleOf) * padding.multipleOf;
  return encodings.map((encoding) => {
    const filled = (list: readonly number[], value: number): readonly number[] => {
      const filling = Array<number>(Math.max(0, length - list.length)).fill(value);
      return padding.direction === 'Right' ? [...list, ...filling] : [...filling, ...list];
    };
    return {
      ids: filled(encoding.ids, padding.id),
      mask: filled(encoding.mask, 0),
      typeIds: filled(encoding.typeIds, padding.typeId),
    };
  });
}

/** Each text as long as the truncation lets it, by the rules of Hugging Face's tokenizers. */
function cut(
  first: readonly number[],
  second: readonly number[] | undefined,
  pieces: readonly Piece[],
  { maxLength, strategy, direction }: Truncation,
): readonly [readonly number[], (readonly number[] | undefined)?] {
  const added = pieces.reduce((sum, piece) => sum + ('ids' in piece ? piece.ids.length : 0), 0);
  const most = maxLength - added;
  if (most < 0)
    throw new MarError(`A text is cut to ${maxLength} tokens, of which ${added} are special ones.`, {
      code: 'ERR_TOKENIZER',
      hint: 'Set a larger maximum: maxLength, or truncation.max_length in tokenizer.json.',
    });
  const shorten = (tokens: readonly number[], length: number): readonly number[] =>
    direction === 'Right' ? tokens.slice(0, length) : tokens.slice(tokens.length - Math.min(tokens.length, length));
  const excess = first.length + (second?.length ?? 0) - most;
  if (excess <= 0) return [first, second];
  if (strategy === 'LongestFirst') {
    if (!second) return [shorten(first, most)];
    const [one, other] = shares(first.length, second.length, most);
    return [shorten(first, one), shorten(second, other)];
  }
  const isFirst = strategy === 'OnlyFirst';
  const target = isFirst ? first : second;
  if (!target || target.length <= excess)
    throw new PredictionError(
      `the ${isFirst ? 'first' : 'second'} text alone may be cut, and the request is too long by ${excess}, at most ${maxLength} tokens`,
      400,
    );
  const kept = shorten(target, target.length - excess);
  return isFirst ? [kept, second] : [first, kept];
}

/** How many tokens of each text of a pair stay: the shorter one whole where it leaves the other as much, else half of each. */
function shares(first: number, second: number, most: number): readonly [number, number] {
  const shorter = Math.min(first, second);
  const longer = shorter > most ? shorter : Math.max(shorter, most - shorter);
  const [less, more] =
    shorter + longer > most ? [Math.floor(most / 2), Math.floor(most / 2) + (most % 2)] : [shorter, longer];
  return first > second ? [more, less] : [less, more];
}
