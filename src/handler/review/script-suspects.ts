import type { RemarkKind } from './remark.js';

/**
 * Without any of these a script cannot do what is looked for, and is not parsed: modules of Node, ways to them by other names, code from
 * text, and texts that are put together from short pieces.
 */
export const SUSPECT = new RegExp(
  [
    /\b(child_process|cluster|worker_threads|inspector|undici|axios|execa|cross-spawn|shelljs|node-pty|rimraf|fs-extra)\b/,
    /['"`](node:)?(vm|net|tls|dgram|dns|dns\/promises|http|https|http2|module|repl|process)['"`]/,
    /\b(eval|Function|WebSocket|XMLHttpRequest|EventSource|fetch|Reflect|getBuiltinModule|createRequire|mainModule|dlopen|_load|_compile|binding|_linkedBinding|fromCharCode|fromCodePoint|atob|unescape|execve)\b/,
    /\bvm\s*\.|\b(globalThis|global)\b|\bconstructor\b(?!\s*\()|['"`](base64|base64url|hex|latin1|binary)['"`]/,
    /\b(unlink|rm|rmdir|writeFile|appendFile|rename|truncate|l?chmod|l?chown|symlink|copyFile|cp|createWriteStream|WriteStream|openSync)(Sync)?\b/,
    /\b(require|import)\s*\(\s*(?!['"`)])|\brequire\b(?!\s*\()|\bimport\s*\(\s*`[^`]*\$\{|['"`]data:/,
    /['"`][\w:/.]{1,14}['"`]\s*\+\s*['"`][\w:/.]{1,14}['"`]|\$\{\s*['"`]|\\x[2-7]|\\u00[2-7]|\\u\{|\.\s*reverse\s*\(|\[\s*['"`]\w+['"`]\s*\]\s*\(/,
    /\brequire\s*\(\s*['"`][^'"`\n]{0,200}\.(?!(?:js|cjs|mjs|json|node)['"`])\w{1,12}['"`]|(?<![.\w$])with\s*\(/,
    /\/dev\/tcp|\|\s*(ba)?sh\b|\.(bashrc|profile|zshrc)\b|authorized_keys|<!--/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Each of them takes time in proportion to the text: an archive may bring a mebibyte made to stop us. */
export const PATTERNS: readonly (readonly [kind: RemarkKind, message: string, pattern: RegExp])[] = [
  [
    'attack',
    'has a command that runs what it downloads, or that opens a shell to the network',
    /\b(?:curl|wget)\b[^'"`\n]{0,300}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\/dev\/tcp\/|\bbash\s+-i\b/,
  ],
  [
    'attack',
    'writes to a file with which a machine is taken over',
    /\b(?:append|write)File(?:Sync)?\s*\([^;]{0,200}(?:['"`/~]\.(?:bashrc|profile|bash_profile|zshrc)\b|\.ssh\/authorized_keys|\/etc\/(?:passwd|shadow|cron))/,
  ],
  [
    'attack',
    "reaches for functions through Node's insides",
    /\bprocess\s*\.\s*binding\s*\(\s*['"`](?:spawn_sync|process_wrap)|\bconstructor\s*\.\s*_load\s*\(/,
  ],
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
