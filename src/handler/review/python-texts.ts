import type { SyntaxNode } from '@lezer/common';
import { children } from '../python/syntax.js';

/** Texts longer than this are data, and no names. */
const LONGEST = 4096;

/** What an expression that is no text by itself comes to: a name, or an attribute of one. */
export type TextOf = (node: SyntaxNode) => string | undefined;

/** The text that an expression comes to, as far as it is written down in the source; undefined for all else. */
export function textOf(node: SyntaxNode | null, source: string, known: TextOf, depth = 0): string | undefined {
  if (node === null || depth > 24) return undefined;
  const words = source.slice(node.from, Math.min(node.to, node.from + LONGEST));
  const inner = (part: SyntaxNode | null | undefined) => textOf(part ?? null, source, known, depth + 1);
  const parts = children(node);
  switch (node.name) {
    case 'String':
      return literal(words);
    case 'ContinuedString':
      return joined(parts.map(inner));
    case 'ParenthesizedExpression':
      return inner(parts[1]);
    case 'NamedExpression':
      return inner(parts.at(-1));
    case 'BinaryExpression':
      if (parts[1] !== undefined && source.slice(parts[1].from, parts[1].to) === '+')
        return joined([inner(parts[0]), inner(parts[2])]);
      return undefined;
    case 'FormatString': {
      let out = '';
      let at = node.from;
      for (const part of parts.filter(({ name }) => name === 'FormatReplacement')) {
        const value = inner(children(part)[1]);
        if (value === undefined) return undefined;
        out += source.slice(at, part.from) + value;
        at = part.to;
      }
      return literal(out + source.slice(at, node.to));
    }
    case 'MemberExpression':
      // Turned round, as in `'metsys'[::-1]`.
      if (/\[::-1\]$/.test(words.replace(/\s+/g, ''))) {
        const text = inner(parts[0]);
        return text === undefined ? undefined : [...text].reverse().join('');
      }
      return known(node);
    case 'CallExpression':
      return ofCall(parts, source, inner);
    case 'VariableName':
      return known(node);
    default:
      return undefined;
  }
}

/** The elements of a list that is written out. */
export const elementsOf = (node: SyntaxNode | null | undefined): SyntaxNode[] =>
  node && /^(Array|Tuple|Set)Expression$/.test(node.name) ? children(node).filter(({ name }) => /\w/.test(name)) : [];

/** The arguments of a call that have no names. */
export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const list = call.getChild('ArgList');
  if (list === null) return [];
  return children(list).filter(
    ({ name, prevSibling, nextSibling }) =>
      /^[A-Z]/.test(name) &&
      name !== 'AssignOp' &&
      prevSibling?.name !== 'AssignOp' &&
      nextSibling?.name !== 'AssignOp',
  );
}

type Inner = (node: SyntaxNode | null | undefined) => string | undefined;

function ofCall(parts: readonly SyntaxNode[], source: string, inner: Inner): string | undefined {
  const [callee] = parts;
  const call = callee?.parent;
  if (callee === undefined || !call) return undefined;
  const args = argumentsOf(call);
  const name = source.slice(callee.from, callee.to).replace(/\s+/g, '');
  const number = (node: SyntaxNode): number => Number(source.slice(node.from, node.to).replaceAll('_', ''));
  const [first, second] = args;
  if (name === 'chr') return first?.name === 'Number' ? characters([number(first)]) : undefined;
  if (/^(bytes|bytearray)$/.test(name)) return characters(elementsOf(first).map(number));
  if (name === 'str') return inner(first);
  if (/^(bytes\.fromhex|(binascii\.)?unhexlify)$/.test(name)) return bytesOf(inner(first), 'hex');
  if (/(^|\.)(urlsafe_)?b64decode$/.test(name)) return bytesOf(inner(first), 'base64');
  if (/^codecs\.(de|en)code$/.test(name) && /rot.?13/.test(inner(second) ?? '')) return rot13(inner(first));
  if (callee.name !== 'MemberExpression') return undefined;
  const of = callee.firstChild;
  const method = callee.lastChild === null ? '' : source.slice(callee.lastChild.from, callee.lastChild.to);
  if (method === 'join') {
    const between = inner(of);
    const pieces = elementsOf(first).map(inner);
    return between === undefined || pieces.length === 0 || pieces.includes(undefined)
      ? undefined
      : pieces.join(between);
  }
  const text = inner(of);
  if (text === undefined) return undefined;
  if (/^(decode|encode|strip|lstrip|rstrip)$/.test(method)) return method.endsWith('code') ? text : text.trim();
  if (method === 'lower' || method === 'casefold') return text.toLowerCase();
  if (method === 'replace') return text.replaceAll(inner(first) ?? '\0', inner(second) ?? '');
  if (method !== 'format') return undefined;
  let next = 0;
  return text.replace(/\{(\d*)\}/g, (all, digits: string) => {
    const index = digits === '' ? next++ : Number(digits);
    return inner(args[index]) ?? all;
  });
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('');
}

function characters(codes: readonly number[]): string | undefined {
  return codes.length === 0 || codes.some((code) => !(code >= 0 && code < 0x11_00_00))
    ? undefined
    : String.fromCodePoint(...codes);
}

const bytesOf = (text: string | undefined, coding: 'hex' | 'base64'): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, coding).toString('latin1');

const rot13 = (text: string | undefined): string | undefined =>
  text?.replace(/[a-z]/gi, (one) => {
    const base = one <= 'Z' ? 65 : 97;
    return String.fromCharCode(((one.charCodeAt(0) - base + 13) % 26) + base);
  });

function literal(words: string): string | undefined {
  const [, prefix = '', quote = '', text] = /^([a-z]*)('''|"""|'|")(.*)\2$/is.exec(words) ?? [];
  if (text === undefined || quote === '') return undefined;
  if (/r/i.test(prefix) || !text.includes('\\')) return text;
  return text
    .replace(/\\\n/g, '')
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{1,3}))/gi, (all, x, u, wide, octal) => {
      const code = octal === undefined ? Number.parseInt(x ?? u ?? wide, 16) : Number.parseInt(octal, 8);
      return characters([code]) ?? all;
    })
    .replace(/\\([\\'"])/g, '$1');
}
