import type { Instruction } from './instructions.js';

/** Longer than the name of any module; longer texts are content, which nobody imports. */
export const LONGEST_NAME = 1000;

/**
 * The text that an instruction pushes, its escapes decoded as Python does; undefined for one that pushes none, and for a text that is
 * longer than any name.
 */
export function textOf(bytes: Buffer, { code, from, to }: Instruction): string | undefined {
  if (!TEXTS.includes(code)) return undefined;
  if (code === 'V')
    return short(unescapeUnicode(bytes.toString('latin1', from, Math.min(to - 1, from + MOST_ESCAPED))));
  if (code === 'S') return quoted(bytes.toString('latin1', from, Math.min(to - 1, from + MOST_ESCAPED)));
  return to - from > LONGEST_NAME ? undefined : bytes.toString('utf8', from, to);
}

/** A character may take ten: `\U00000061`. */
const MOST_ESCAPED = LONGEST_NAME * 10;
const TEXTS = 'VSTUX\x8c\x8d';

/** `STRING` of protocol 0: a literal of Python 2 in either quotes. */
function quoted(line: string): string | undefined {
  const inner = /^\s*(['"])(.*)\1\s*$/s.exec(line)?.[2];
  return inner === undefined
    ? undefined
    : short(inner.replace(BYTE_ESCAPE, (all, what: string) => unescaped(all, what)));
}

const BYTE_ESCAPE = /\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/gs;
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescaped(all: string, what: string): string {
  if (/^x/.test(what)) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
  if (/^[0-7]/.test(what)) return String.fromCharCode(Number.parseInt(what, 8) & 0xff);
  return LETTERS[what] ?? all;
}

/** `UNICODE` of protocol 0: only `\uXXXX` and `\UXXXXXXXX` are escapes, behind an odd number of backslashes. */
function unescapeUnicode(line: string): string {
  return line.replace(/(\\+)(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})?/g, (all, slashes: string, code: string | undefined) => {
    if (code === undefined || slashes.length % 2 === 0) return all;
    const point = Number.parseInt(code.slice(1), 16);
    return point > 0x10ffff ? all : slashes.slice(1) + String.fromCodePoint(point);
  });
}

function short(text: string): string | undefined {
  return text.length > LONGEST_NAME ? undefined : text;
}
