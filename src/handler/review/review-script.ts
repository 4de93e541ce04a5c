import type { Remark, RemarkKind } from './remark.js';

const PATTERNS: readonly (readonly [kind: RemarkKind, message: string, pattern: RegExp])[] = [
  [
    'attack',
    'runs code that is hidden in data',
    /\b(?:eval|Function|runInThisContext|runInNewContext)\s*\(\s*(?:Buffer\s*\.\s*from|atob|decodeURIComponent|unescape|inflate\w*|gunzip\w*)\s*\(/,
  ],
  [
    'attack',
    'has a command that runs what it downloads, or that opens a shell to the network',
    /\b(?:curl|wget)\b[^'"`\n]{0,300}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\/dev\/tcp\/|\bbash\s+-i\b/,
  ],
  ['shell', 'uses other programs: child_process', /['"](?:node:)?child_process['"]/],
  ['review', 'uses code from text: eval', /(?<![.\w])eval\s*\(/],
  ['review', 'uses code from text: Function', /\bnew\s+Function\s*\(/],
  ['review', 'uses native code: process.dlopen', /\bprocess\s*\.\s*dlopen\b/],
  ['review', 'uses the network', /['"](?:node:)?(?:net|tls|dgram|http2)['"]/],
];

/**
 * What a reviewer must see in JavaScript, by its words: a bundle carries whole packages, so that most of them are theirs. It proves
 * nothing.
 */
export function reviewScript(text: string): Remark[] {
  return PATTERNS.flatMap(([kind, message, pattern]) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    const before = text.slice(0, found.index);
    return [{ kind, message, line: before.split('\n').length, column: found.index - before.lastIndexOf('\n') }];
  });
}
