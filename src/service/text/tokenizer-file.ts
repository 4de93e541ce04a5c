/** How texts that are too long are cut, as tokenizer.json has it. */
export interface Truncation {
  /** Tokens, the special ones included. */
  readonly maxLength: number;
  /** Which text of a pair loses tokens: the longer one first, or always the first or the second. */
  readonly strategy: 'LongestFirst' | 'OnlyFirst' | 'OnlySecond';
  /** The end that is lost. */
  readonly direction: 'Left' | 'Right';
}

/** How shorter encodings are filled up. */
export interface Padding {
  /** Tokens, or the longest of those that are encoded together. */
  readonly length: number | 'longest';
  readonly direction: 'Left' | 'Right';
  /** The length is rounded up to a multiple of this. */
  readonly multipleOf: number;
  readonly id: number;
  readonly typeId: number;
}

/** A special token, or one of the two texts, with the type of its tokens. */
export type Piece =
  | { readonly ids: readonly number[]; readonly typeId: number }
  | { readonly text: 'first' | 'second'; readonly typeId: number };

/** What stands around one text, and around the two of a pair. */
export interface Template {
  readonly single: readonly Piece[];
  readonly pair: readonly Piece[];
}

/** What this package reads of tokenizer.json by itself. */
export interface TokenizerFile {
  readonly truncation: Truncation | undefined;
  readonly padding: Padding | undefined;
  readonly template: Template;
}

type Fields = Readonly<Record<string, unknown>>;

/** Without a post-processor the texts follow each other. */
const PLAIN: Template = {
  single: [{ text: 'first', typeId: 0 }],
  pair: [
    { text: 'first', typeId: 0 },
    { text: 'second', typeId: 1 },
  ],
};

/** Reads a parsed tokenizer.json. What it says in a way that is not known is thrown as an Error that names it. */
export function readTokenizerFile(json: unknown): TokenizerFile {
  const file = fieldsOf(json, 'the file');
  return {
    truncation: truncationOf(file['truncation']),
    padding: paddingOf(file['padding']),
    template: templateOf(file['post_processor']),
  };
}

function truncationOf(value: unknown): Truncation | undefined {
  if (value === null || value === undefined) return undefined;
  const fields = fieldsOf(value, 'truncation');
  return {
    maxLength: wholeOf(fields['max_length'], 'truncation.max_length'),
    strategy: oneOf(fields['strategy'], ['LongestFirst', 'OnlyFirst', 'OnlySecond'], 'truncation.strategy'),
    direction: oneOf(fields['direction'] ?? 'Right', ['Left', 'Right'], 'truncation.direction'),
  };
}

function paddingOf(value: unknown): Padding | undefined {
  if (value === null || value === undefined) return undefined;
  const fields = fieldsOf(value, 'padding');
  const { strategy } = fields;
  return {
    length:
      strategy === 'BatchLongest'
        ? 'longest'
        : wholeOf(fieldsOf(strategy, 'padding.strategy')['Fixed'], 'padding.strategy.Fixed'),
    direction: oneOf(fields['direction'] ?? 'Right', ['Left', 'Right'], 'padding.direction'),
    multipleOf: wholeOf(fields['pad_to_multiple_of'] ?? 1, 'padding.pad_to_multiple_of') || 1,
    id: wholeOf(fields['pad_id'], 'padding.pad_id'),
    typeId: wholeOf(fields['pad_type_id'] ?? 0, 'padding.pad_type_id'),
  };
}

function templateOf(value: unknown): Template {
  if (value === null || value === undefined) return PLAIN;
  const fields = fieldsOf(value, 'post_processor');
  switch (fields['type']) {
    case 'ByteLevel':
      return PLAIN;
    case 'TemplateProcessing':
      return {
        single: piecesOf(fields['single'], fields['special_tokens']),
        pair: piecesOf(fields['pair'], fields['special_tokens']),
      };
    case 'BertProcessing': {
      const [start, end] = [special(fields['cls'], 0), special(fields['sep'], 0)];
      const single = [start, first(0), end];
      return { single, pair: [...single, second(1), special(fields['sep'], 1)] };
    }
    case 'RobertaProcessing': {
      const [start, end] = [special(fields['cls'], 0), special(fields['sep'], 0)];
      const single = [start, first(0), end];
      return { single, pair: [...single, end, second(0), end] };
    }
    case 'Sequence': {
      const parts = listOf(fields['processors'], 'post_processor.processors').map(templateOf);
      const own = parts.filter((part) => part !== PLAIN);
      if (own.length > 1) throw new Error('post_processor.processors has several that add tokens');
      return own[0] ?? PLAIN;
    }
    default:
      throw new Error(`post_processor.type is ${JSON.stringify(fields['type'])}, which is not known`);
  }
}

const first = (typeId: number): Piece => ({ text: 'first', typeId });
const second = (typeId: number): Piece => ({ text: 'second', typeId });

/** `["[SEP]", 102]` */
function special(value: unknown, typeId: number): Piece {
  return { ids: [wholeOf(listOf(value, 'post_processor')[1], 'post_processor: the number of a token')], typeId };
}

function piecesOf(value: unknown, tokens: unknown): Piece[] {
  return listOf(value, 'post_processor').map((piece): Piece => {
    const fields = fieldsOf(piece, 'post_processor');
    const where = 'post_processor: a part of the template';
    if (fields['Sequence'] !== undefined) {
      const { id, type_id: typeId } = fieldsOf(fields['Sequence'], where);
      return {
        text: oneOf(id, ['A', 'B'], where) === 'A' ? 'first' : 'second',
        typeId: wholeOf(typeId, where),
      };
    }
    const { id, type_id: typeId } = fieldsOf(fields['SpecialToken'], where);
    const { ids } = fieldsOf(fieldsOf(tokens, 'post_processor.special_tokens')[String(id)], `the token ${id}`);
    return { ids: listOf(ids, where).map((one) => wholeOf(one, where)), typeId: wholeOf(typeId, where) };
  });
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${where} is ${JSON.stringify(value)}, expected an object`);
}

function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} is ${JSON.stringify(value)}, expected a list`);
}

function wholeOf(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${where} is ${JSON.stringify(value)}, expected a whole number`);
}

function oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Error(`${where} is ${JSON.stringify(value)}, expected ${known.join(', ')}`);
}
