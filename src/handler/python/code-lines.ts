import type { SyntaxNode } from '@lezer/common';
import { parsePython, walk } from './syntax.js';

/** A Python source whose comments, and its texts unless they are kept, are blanks: every line and column stays. */
export function codeOnly(text: string, keep: 'texts' | 'code'): string {
  const blank = keep === 'texts' ? /^Comment$/ : /^(Comment|String|FormatString|ContinuedString)$/;
  const pieces: string[] = [];
  let end = 0;
  const cover = ({ from, to }: SyntaxNode): void => {
    pieces.push(text.slice(end, from), text.slice(from, to).replace(/[^\n]/g, ' '));
    end = to;
  };
  walk(parsePython(text).root, (node) => {
    if (!blank.test(node.name) || node.from < end) return undefined;
    cover(node);
    return false;
  });
  return [...pieces, text.slice(end)].join('');
}
