/**
 * What a terminal would obey or a reader would not see: control characters, marks that turn the direction of text, characters
 * without width, separators of lines, tags, halves of surrogate pairs, what is not a character.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\p{Cn}\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u115f\u1160\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\u034f|\u17b4|\u17b5|[\u180b-\u180f]/gu;

/** What a CI system takes for a command: `::` that begins a line or a word (lines are wrapped at blanks), `##[` and `##vso[` anywhere. */
const COMMAND = /(?<=^|[\s>])::|##(?=(vso)?\[)/gim;

/** Most texts by far have nothing of it. */
const PLAIN = /^[\t\n\x20-\x22\x24-\x39\x3b-\x7e]*$/;

const PLAIN_LINE = /^[\t\x20-\x22\x24-\x39\x3b-\x7e]*$/;

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * A text of foreign origin made fit for a terminal or the log of a CI job: what cannot be seen, or would be obeyed, becomes a visible
 * escape such as `\u001b`. Line breaks and tabs stay. A text without such characters is returned as it is.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(INVISIBLE, (character) => (character === '\n' || character === '\t' ? character : escaped(character)))
    .replace(COMMAND, (command) => `${escaped(command)}${command.slice(1)}`);
}

/** The same for what has to stay on its line: line breaks are escaped too, as `\n`. */
export function printableLine(text: string): string {
  if (PLAIN_LINE.test(text)) return text;
  return printable(text).replaceAll('\n', '\\n');
}

/**
 * Plain data whose strings, keys included, are printable lines; the strings of fields named in `lines` keep their line breaks.
 * Buffers and other instances of classes stay as they are, and so does every part that has nothing to escape: reports may be large.
 */
export function printableData<T>(value: T, lines: readonly string[] = []): T {
  // What comes back has the shape of what it was made of.
  return made(value, false, new Set(lines)) as T;
}

function made(value: unknown, keep: boolean, lines: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return keep ? printable(value) : printableLine(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return items(value, (item) => made(item, keep, lines));
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  const members: readonly [string, unknown][] = Object.entries(value);
  const fit = items<readonly [string, unknown]>(members, (member) => {
    const [key, item] = member;
    const [newKey, newItem] = [printableLine(key), made(item, lines.has(key), lines)];
    return newKey === key && Object.is(newItem, item) ? member : [newKey, newItem];
  });
  return fit === members ? value : Object.fromEntries(fit);
}

/** The list itself where `change` gives every item back. */
function items<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (const [index, item] of list.entries()) {
    const next = change(item);
    if (changed === undefined && !Object.is(next, item)) changed = list.slice(0, index);
    changed?.push(next);
  }
  return changed ?? list;
}

/** JSON text in which every such character is an escape of JSON, so that it means the same and shows what it holds. */
export function printableJson(json: string): string {
  return json
    .replace(INVISIBLE, (character) => (character === '\n' ? character : jsonEscape(character)))
    .replace(/##(?=(vso)?\[)/gi, '\\u0023#');
}

function jsonEscape(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
