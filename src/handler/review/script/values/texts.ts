import type { Machine } from '../machine.js';
import { get } from './properties.js';
import { from, isFrom, join, originsOf, text, textsOf, thingsOf, union } from './value-sets.js';
import type { Atom, From, Site, Value } from './values.js';
import { NOTHING } from './values.js';

/** Longer texts are data: no name, no path, no command. Code may be as long as this. */
const LONGEST = 20_000;
/** So many combinations of pieces are looked at. */
const MOST_TEXTS = 12;
/** So many things are asked for what they are as a text. */
const MOST_ASKED = 6;

const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
};

/** The text of a literal, in quotes; undefined for one that is data. */
export function literal(words: string): string | undefined {
  return words.length > LONGEST ? undefined : unescaped(words.slice(1, -1));
}

/** A text with what its escapes stand for. */
export function unescaped(words: string): string {
  if (!words.includes('\\')) return words;
  return words.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([0-7]{1,3})|([\s\S]))/gi,
    (_all: string, x?: string, u?: string, braced?: string, octal?: string, other = '') => {
      const hex = x ?? u ?? braced;
      if (hex === undefined && octal === undefined) return ESCAPED[other] ?? other;
      const code = Number.parseInt(hex ?? octal ?? '0', hex === undefined ? 8 : 16);
      return code < 0x11_00_00 ? String.fromCodePoint(code) : '';
    },
  );
}

/** What pieces come to that are put together, with what is known of their origin. */
export function joined(m: Machine, pieces: readonly Value[], site: Site, between = ''): Value {
  let known: readonly string[] | undefined;
  const found: Atom[] = [];
  for (const piece of pieces) {
    // Data among words is no code of its own, as far as it is not sure what is put together.
    const isData = pieces.length === 1 || (m.isAtImport && site.frame.isCertain);
    join(
      found,
      isData ? originsOf(piece) : originsOf(piece).map((atom) => (isFrom([atom], 'decoded') ? from('pieced') : atom)),
    );
    const texts = textsOf(asText(m, piece, site)).slice(0, MOST_TEXTS);
    // Of a piece that is not known, a file's beginning still tells where it lies.
    const here = texts.length === 0 ? ['\0'] : texts;
    const before: readonly string[] | undefined = known;
    known =
      before === undefined
        ? here
        : before.flatMap((left) => here.map((right) => left + between + right)).slice(0, MOST_TEXTS);
  }
  for (const one of known ?? ['']) {
    const content = one.length > LONGEST ? undefined : one;
    if (content !== undefined && content.replaceAll('\0', '') !== '') join(found, [text(content)]);
  }
  return found;
}

/** Whether a text is known from its beginning to its end. */
export const isWhole = (content: string): boolean => !content.includes('\0');

/** What a value is as a text: things are asked for it by their methods. */
export function asText(m: Machine, value: Value, site: Site): Value {
  if (!value.some(({ kind }) => kind === 'thing')) return value;
  const things = thingsOf(value)
    .filter(({ code }) => code === undefined)
    .slice(0, MOST_ASKED);
  const found: Atom[] = value.filter(({ kind }) => kind !== 'thing');
  for (const thing of things)
    for (const method of ['@@toPrimitive', 'toString', 'valueOf']) {
      const call = thingsOf(get(m, [thing], method, site));
      if (call.length > 0) join(found, m.call(call, [thing], { list: [], rest: NOTHING }, site));
    }
  return found;
}

const CODINGS = /^(base64|base64url|hex|latin1|binary|ucs-?2|utf-?16le)$/i;

/** `Buffer.from(…, 'base64')` and its kind. */
export function decoded(m: Machine, value: Value, coding: Value, site: Site): Value {
  const [name] = textsOf(coding).filter((one) => CODINGS.test(one));
  const isNumbers = thingsOf(value).length > 0;
  if (name === undefined && !isNumbers) return value;
  const found: Atom[] = [hidden(m, value, site), ...originsOf(value)];
  if (name !== undefined)
    for (const one of textsOf(value)) join(found, [text(Buffer.from(one, codingOf(name)).toString('latin1'))]);
  return found;
}

/**
 * Where a text comes from that was decoded: from data that is written down, as far as it is known; readers of texts and protocols decode
 * whatever comes, in functions that others call.
 */
export function hidden(m: Machine, data: Value, site: Site): From {
  const isWritten = data.some(
    (atom) =>
      atom.kind === 'text' || atom.kind === 'thing' || (atom.kind === 'from' && /^(decoded|pieced)$/.test(atom.origin)),
  );
  return from(isWritten || (m.isAtImport && site.frame.isCertain) ? 'decoded' : 'pieced');
}

function codingOf(name: string): BufferEncoding {
  const plain = name.toLowerCase();
  if (plain === 'hex' || plain === 'base64' || plain === 'base64url') return plain;
  return plain.startsWith('u') ? 'utf16le' : 'latin1';
}

/** A text that its own methods change. `pieced` says that no honest name is made like this. */
export function changed(m: Machine, method: string, of: Value, args: readonly Value[], site: Site): Value | undefined {
  const [first = NOTHING, second = NOTHING] = args;
  const one = (value: Value): string | undefined => textsOf(value)[0];
  const each = (change: (content: string) => string | undefined): Value => {
    const found: Atom[] = [...originsOf(of)];
    for (const content of textsOf(of)) {
      const now = change(content);
      if (now !== undefined) join(found, [text(now)]);
    }
    return found;
  };
  const number = (value: Value): number | undefined => {
    const content = one(value);
    return content === undefined || Number.isNaN(Number(content)) ? undefined : Number(content);
  };
  switch (method) {
    case 'toString': {
      const coding = one(first);
      return coding !== undefined && CODINGS.test(coding) && !isFrom(of, 'decoded') ? originsOf(of) : of;
    }
    case 'valueOf':
    case 'normalize':
      return of;
    case 'trim':
      return each((content) => content.trim());
    case 'toLowerCase':
      return pieced(each((content) => content.toLowerCase()));
    case 'toUpperCase':
      return each((content) => content.toUpperCase());
    case 'replace':
    case 'replaceAll':
      return pieced(
        each((content) => {
          const what = one(first);
          const by = one(second);
          if (what === undefined || by === undefined) return undefined;
          return method === 'replace' ? content.replace(what, () => by) : content.replaceAll(what, () => by);
        }),
      );
    case 'slice':
    case 'substring':
    case 'substr': {
      const start = number(first);
      const end = number(second);
      if (start === undefined) return pieced(originsOf(of));
      return pieced(
        each((content) => {
          if (method === 'slice') return content.slice(start, end);
          return method === 'substring' ? content.substring(start, end) : content.slice(start).slice(0, end);
        }),
      );
    }
    case 'charAt':
    case 'at':
      return pieced(each((content) => content.at(number(first) ?? 0)));
    case 'repeat':
      return each((content) => (content.length * (number(first) ?? 0) < 100 ? content.repeat(number(first) ?? 0) : ''));
    case 'concat':
      return pieced(joined(m, [of, ...args], site));
    default:
      return undefined;
  }
}

/** The same value, marked as one that is put together from pieces. */
export const pieced = (value: Value): Value => (value.length === 0 ? value : union(value, [from('pieced')]));
