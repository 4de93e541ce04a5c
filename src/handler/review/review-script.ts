import type { Remark, RemarkKind } from './remark.js';
import { importedPart } from './script-import.js';

/** Each of them takes time in proportion to the text: an archive may bring a mebibyte made to stop us. */
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
  [
    'attack',
    'runs code that is hidden in data',
    /\b(?:const|let|var)\s+([\w$]+)\s*=\s*(?:Buffer\s*\.\s*from\s*\(\s*(?:(['"`])[^'"`;\n]*\2)?[^;\n]{0,300}?['"`](?:base64|hex)['"`]|atob\s*\(\s*(?:(['"`])[^'"`;\n]*\3)?)[^;]{0,300};[\s\S]{0,2000}?\b(?:eval|Function|runInThisContext|runInNewContext)\s*\(\s*\1\b/,
  ],
  [
    'attack',
    'loads a module whose name is hidden',
    /\b(?:require|import|getBuiltinModule|createRequire\s*\([^()]{0,100}\))\s*\(\s*(?:Buffer\s*\.\s*from|atob|\[[^\]]{0,2000}\]\s*\.\s*(?:join|reverse)|['"`][^'"`]*['"`]\s*\.\s*(?:split|replace|concat)|String\s*\.\s*fromCharCode)/,
  ],
  [
    'attack',
    'loads a module whose name is hidden',
    /\b(?:const|let|var)\s+([\w$]+)\s*=\s*(['"`])[^'"`\n]{0,200}\2\s*\.\s*split\b[^;\n]{0,100}\breverse\b[^;]{0,100};[\s\S]{0,2000}?(?:\brequire|\bimport|\bgetBuiltinModule|\))\s*\(\s*\1\b/,
  ],
  [
    'attack',
    'runs code that is hidden in data',
    /\bimport\s*(?:\(\s*|[\w${},*\s]{0,200}\bfrom\s*)?['"`]data:(?:text|application)\/(?:javascript|ecmascript)\b/,
  ],
  [
    'attack',
    'writes to a file with which a machine is taken over',
    /\b(?:append|write)File(?:Sync)?\s*\([^;]{0,200}(?:\.(?:bashrc|profile|bash_profile|zshrc)\b|\.ssh\/authorized_keys|\/etc\/(?:passwd|shadow|cron))/,
  ],
  [
    'attack',
    "reaches for functions through Node's insides",
    /\bprocess\s*\.\s*binding\s*\(\s*['"`](?:spawn_sync|process_wrap)|\bconstructor\s*\.\s*_load\s*\(/,
  ],
  ['attack', 'runs code that starts other programs', /\b(?:eval|Function)\s*\([^;]{0,200}child_process/],
  ['shell', 'uses other programs: child_process', /['"`](?:node:)?child_process['"`]/],
  ['review', 'uses code from text: eval', /(?<![.\w])eval\s*\(/],
  ['review', 'uses code from text: Function', /\bnew\s+Function\s*\(/],
  ['native', 'loads native code: process.dlopen', /\bprocess\s*\.\s*dlopen\b/],
  [
    'native',
    'loads native code: an addon',
    /(?<![\w$.])(?:require|createRequire\s*\([^()\n]{0,100}\))\s*\(\s*['"`][^'"`\n]{0,300}\.node['"`]/,
  ],
  ['review', 'uses the network', /['"](?:node:)?(?:net|tls|dgram|http2)['"]/],
];

/**
 * What a reviewer must see in JavaScript, by its words: a bundle carries whole packages, so that most of them are theirs. It proves
 * nothing.
 */
export function reviewScript(source: string): Remark[] {
  const text = written(source);
  const remarks = byPatterns(text);
  if (FROM_FILE.test(text)) {
    const [code] = FROM_FILE.exec(importedPart(text)) ?? [];
    const message = 'runs code from elsewhere while it is imported';
    if (code !== undefined) remarks.unshift({ kind: 'attack', message, ...placeOf(text, text.indexOf(code)) });
  }
  const starts = CHILDREN.test(text) ? startsIn(text) : undefined;
  if (starts === undefined) return remarks;
  const at = text.search(new RegExp(`\\b${starts}\\s*\\(`));
  return [{ kind: 'attack', message: `runs ${starts} while it is imported`, ...placeOf(text, at) }, ...remarks];
}

/** The function that starts a program while the script is imported. */
function startsIn(text: string): string | undefined {
  const open = importedPart(text);
  const [, first, second] = BOUND.exec(text) ?? [];
  const name = first ?? second;
  if (name !== undefined && new RegExp(`(?<![.\\w$])${name.replaceAll('$', '\\$')}\\s*\\.\\s*exec\\s*\\(`).test(open))
    return 'exec';
  // `child['exec' + 'Sync']` has no other use than not to be found.
  if (name !== undefined && new RegExp(`(?<![.\\w$])${name.replaceAll('$', '\\$')}\\s*\\[`).test(open)) return name;
  return STARTS.exec(open)?.[1] ?? aliasesOf(text).find((alias) => isCalledIn(open, alias));
}

/** The names under which a script has the functions of `child_process` that start programs. */
function aliasesOf(text: string): string[] {
  const lists = [...text.matchAll(TAKEN)].map(([, imported, required]) => imported ?? required ?? '');
  return lists
    .flatMap((list) => [...list.matchAll(/\b(?:exec|spawn|fork)\w*\s*(?::|\bas\b)\s*([\w$]+)/g)])
    .map(([, alias = '']) => alias);
}

const isCalledIn = (text: string, name: string): boolean =>
  new RegExp(`(?<![.\\w$])${name.replaceAll('$', '\\$')}\\s*\\(`).test(text);

const TAKEN =
  /\bimport\s*\{([^{}]{0,500})\}\s*from\s*['"](?:node:)?child_process|\{([^{}]{0,500})\}\s*=\s*(?:await\s*)?(?:require|import|[\w.]*getBuiltinModule)\s*\(\s*['"](?:node:)?child_process/g;
/** Text that a file holds, run as code. */
const FROM_FILE =
  /\b(?:eval\s*\)?|Function|run(?:InThisContext|InNewContext|InContext)|new\s+(?:vm\s*\.\s*)?Script)\s*\([^;]{0,200}\breadFile(?:Sync)?\b/;

const BOUND =
  /(?<![\w$])([\w$]+)\s*=\s*(?:await\s*)?(?:require|import)\s*\(\s*['"`](?:node:)?child_process|\bimport\s+(?:\*\s*as\s+)?([\w$]+)\s+from\s*['"](?:node:)?child_process/;
const CHILDREN = /['"`](?:node:)?child_process['"`]/;
const STARTS =
  /(?<![\w$])(?=exec|spawn|fork)(?<!\bfunction\s{1,20})(execSync|spawnSync|execFileSync|execFile|spawn|fork|(?<!\.)exec|(?<=child_process['"`]\)\.)exec)\s*\(/;

/** Escapes decoded, and texts that are put together from pieces written as one. */
function written(text: string): string {
  return text
    .replace(
      /\\(?:x([2-7][0-9a-f])|u00([2-7][0-9a-f])|u\{([2-7][0-9a-f])\})/gi,
      (_all, a?: string, b?: string, c?: string) => String.fromCharCode(Number.parseInt(a ?? b ?? c ?? '', 16)),
    )
    .replace(/\$\{\s*(['"])([\w:]{0,20})\1\s*\}/g, '$2')
    .replace(/(['"`])([\w:]{1,20})\1\s*\+\s*(?=['"`][\w:]{1,20}['"`])/g, '$1$2\ue000')
    .replace(/\ue000['"`]/g, '');
}

function placeOf(text: string, index: number): Pick<Remark, 'line' | 'column'> {
  const before = text.slice(0, Math.max(0, index));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

function byPatterns(text: string): Remark[] {
  return PATTERNS.flatMap(([kind, message, pattern]) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    return [{ kind, message, ...placeOf(text, found.index) }];
  });
}
