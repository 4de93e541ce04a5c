import type { SyntaxNode } from '@lezer/common';
import { children, type PythonSource, parsePython, walk } from '../python/syntax.js';
import { ImportTime } from './import-time.js';
import type { Remark, RemarkKind } from './remark.js';

/** Without any of these there is nothing to say, and no need to parse. */
const SUSPECT =
  /\b(os|posix|nt|asyncio|sys|subprocess|pty|popen|exec|eval|compile|__import__|importlib|marshal|ctypes|cffi|socket|pickle|joblib|dill|runpy|code|requests|urllib|http|ftplib|smtplib|paramiko|getattr|methodcaller|attrgetter|globals|__globals__|__subclasses__|__builtins__|builtins|environ)\b|\/dev\/tcp|\|\s*(ba)?sh\b|\.ssh\/|\/etc\//;

/** What a path of names stands for; the first that matches counts. */
const PATHS: readonly (readonly [kind: 'shell' | 'review', what: string, path: RegExp])[] = [
  [
    'shell',
    'a shell',
    /^(os|posix|nt)\.(system|popen\w*|exec[lv]\w*|spawn[lv]\w*|posix_spawn\w*|startfile|fork)$|^subprocess\.(getoutput|getstatusoutput)$|^pty\.spawn$|^commands\.\w+$|^asyncio\.create_subprocess_\w+$/,
  ],
  ['shell', 'a program', /^subprocess\.(run|call|check_call|check_output|Popen)$/],
  [
    'review',
    'code from text',
    /^(builtins\.)?(exec|eval|compile|__import__)$|^runpy\.\w+|^code\.\w+|^marshal\.loads?$|^importlib\.(import_module|reload|util\.\w+)$/,
  ],
  ['review', 'native code', /^ctypes(\.|$)|^cffi(\.|$)|^torch\.ops\.load_library$|^torch\.utils\.cpp_extension/],
  [
    'review',
    'the network',
    /^(socket|requests|httpx|aiohttp|ftplib|smtplib|telnetlib|paramiko|urllib3)\.\w+|^urllib\.request\.\w+|^http\.client\.\w+/,
  ],
  ['review', 'pickles', /^(pickle|cPickle|_pickle|dill|cloudpickle|joblib|shelve)\.(loads?|Unpickler|open)$/],
  ['review', 'the environment', /^os\.(environ|getenv|putenv)/],
];

/** What turns text into other text that was hidden in it. */
const DECODERS =
  /\b(base64\.\w+|b64decode|b32decode|b85decode|a85decode|unhexlify|fromhex|zlib\.decompress|gzip\.decompress|bz2\.decompress|lzma\.decompress|decompress|codecs\.decode|marshal\.loads|rot13|urlopen|requests\.get|chr)\b|\[::-1\]/;
const SHELL_TEXT =
  /\b(curl|wget)\b[^'"\n]{0,300}\|\s*(sudo\s+)?(ba|z)?sh\b|\/dev\/(tcp|udp)\/|\b(ba)?sh\s+-i\b|\bnc\s+(-\w+\s+)*-e\b/;
const RUNNERS = /^(builtins\.)?(exec|eval|compile)$/;
const SHELL_MODULE = /^['"](os|posix|nt|subprocess|pty|ctypes)['"]$/;
const SHELL_NAMES: Readonly<Record<string, readonly string[]>> = {
  os: ['system', 'popen', 'execv', 'execvp', 'execlp', 'spawnlp', 'fork'],
  posix: ['system', 'popen', 'execv', 'fork'],
  subprocess: ['run', 'call', 'check_call', 'check_output', 'Popen', 'getoutput'],
};
/** What handlers call the parts of a request. */
const REQUEST = /\b(data|request|body|payload|event)\b/;
const WHOLE_ENVIRONMENT = /\b(dict|str|repr|list|dumps|urlencode)\(\s*(dict\(\s*)?os\.environ\s*\)/;
/** Ways to a shell past every name that could be looked for, and files that belong to the system. */
const INSIDES: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "reaches for functions through Python's insides",
    /__init__\s*\.\s*__globals__|__base__\s*\.\s*__subclasses__|__builtins__\s*['"]?\s*\]?\s*\[|\b(builtins|__builtins__)\.__dict__\b|vars\(\s*(__builtins__|builtins)\s*\)|\bsys\s*\.\s*modules\s*\[\s*['"](os|posix|subprocess|pty|builtins)['"]/,
  ],
  [
    'names a file with which a machine is taken over',
    /\.ssh\/authorized_keys|\.ssh\/id_\w+|\/etc\/(passwd|shadow|sudoers|cron\w*|ld\.so\.preload)\b|\/var\/spool\/cron|~\/\.(bashrc|profile|bash_profile|zshrc)\b|\.aws\/credentials/,
  ],
];
const MODULES_OF_SHELLS = /^(os|posix|nt|subprocess|pty|builtins|__builtins__|sys\.modules|importlib)\b/;

/**
 * What a reviewer must see in Python source: no proof of anything, since code can hide whatever it wants. Source that cannot be
 * parsed has no remarks; other rules say why.
 */
export function reviewPython(text: string): Remark[] {
  if (!SUSPECT.test(text)) return [];
  try {
    return new Review(parsePython(text)).remarks();
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

class Review {
  readonly #source: PythonSource;
  readonly #atImport: ImportTime;
  readonly #found = new Map<string, Remark>();
  readonly #names = new Map<string, string>();

  constructor(source: PythonSource) {
    this.#source = source;
    this.#atImport = new ImportTime(source);
  }

  remarks(): Remark[] {
    walk(this.#source.root, (node) => {
      if (node.name !== 'ImportStatement') return undefined;
      this.#imported(this.#text(node));
      return false;
    });
    walk(this.#source.root, (node) => this.#visit(node));
    for (const [what, pattern] of INSIDES) {
      const found = pattern.exec(this.#source.text);
      if (found !== null) this.#sayAt('attack', what, found.index);
    }
    const { text } = this.#source;
    if (WHOLE_ENVIRONMENT.test(text) && [...this.#found.keys()].some((message) => message.includes('the network')))
      this.#say('attack', 'sends the whole environment over the network', this.#source.root);
    if (/\bdup2\b/.test(this.#source.text) && /\bsocket\b/.test(this.#source.text))
      this.#say('attack', 'connects its input and output to a socket, as a reverse shell does', this.#source.root);
    return [...this.#found.values()];
  }

  #visit(node: SyntaxNode): boolean | undefined {
    if (node.name === 'ImportStatement') return false;
    if (node.name === 'String' && SHELL_TEXT.test(this.#text(node)))
      this.#say('attack', 'has a command that runs what it downloads, or that opens a shell to the network', node);
    if (node.name === 'CallExpression') this.#call(node);
    if (node.name !== 'MemberExpression' && node.name !== 'VariableName') return undefined;
    const path = this.#path(node).replace(/[[(].*$/s, '');
    const [kind, what] = PATHS.find(([, , pattern]) => pattern.test(path)) ?? [];
    if (kind === undefined || what === undefined) return undefined;
    const isAtImport = this.#atImport.holds(node);
    if (kind === 'shell' && (isAtImport || this.#atImport.reaches(node)))
      this.#say('attack', `runs ${path} while it is imported`, node);
    else this.#say(kind, `uses ${what}${isAtImport ? ' while it is imported' : ''}: ${path}`, node);
    // A call inside the path, as in `__import__('os').system`, is a place of its own.
    return path === this.#path(node) ? false : undefined;
  }

  #call(node: SyntaxNode): void {
    const [callee] = children(node);
    const list = node.getChild('ArgList');
    if (callee === undefined || list === null) return;
    const path = this.#path(callee);
    const args = this.#text(list);
    const isAtImport = this.#atImport.holds(node);
    const first = children(list).find(({ name }) => !/^[(),]$/.test(name));
    const isText = first?.name === 'String' || first?.name === 'ContinuedString';
    if (RUNNERS.test(path) && this.#isDecoded(args))
      this.#say('attack', `runs code that is hidden in data: ${path}`, node);
    else if (
      /^(builtins\.)?(exec|eval)$|^runpy\.run_\w+$|^marshal\.loads?$/.test(path) &&
      isAtImport &&
      (!isText || path.startsWith('runpy.'))
    )
      this.#say('attack', `runs code from elsewhere while it is imported: ${path}`, node);
    if (
      /^(c|_)?[pP]ickle\.loads$|^(dill|cloudpickle)\.loads$/.test(path) &&
      (DECODERS.test(args) || /^\(\s*b['"]/.test(args))
    )
      this.#say('attack', `loads a pickle that is hidden in the source: ${path}`, node);
    if (
      (RUNNERS.test(path) || /^(os|posix)\.(system|popen)$/.test(path) || /\bshell\s*=\s*True\b/.test(args)) &&
      REQUEST.test(args)
    )
      this.#say('attack', `runs what a request says: ${path}`, node);
    if (
      isText &&
      first &&
      /^importlib\.import_module$/.test(path) &&
      isAtImport &&
      SHELL_MODULE.test(this.#text(first))
    )
      this.#say('attack', `imports ${this.#text(first).slice(1, -1)} by a call, while it is imported itself`, node);
    if (
      /\b(methodcaller|attrgetter)$/.test(path) &&
      isText &&
      first &&
      /^['"](system|popen|exec\w*|eval|spawn\w*|Popen|__import__)['"]$/.test(this.#text(first))
    )
      this.#say('attack', `takes a function whose name is hidden: ${path}`, node);
    if (/\b(C|Py|Win|Ole)DLL\([^)]*\)\.(system|popen|exec\w*)$/.test(path))
      this.#say('attack', 'runs a command by native code', node);
    if (/^(builtins\.)?(__import__|getattr)$/.test(path)) this.#lookup(path, list, args);
    if (/^subprocess\./.test(path) && /\bshell\s*=\s*True\b/.test(args))
      this.#say('shell', `uses a shell: ${path} with shell=True`, node);
  }

  /** `__import__('o' + 's')`, and `getattr(os, …)` by a text that is not written down, or by one that is a shell. */
  #lookup(path: string, list: SyntaxNode, args: string): void {
    const parts = children(list).filter(({ name }) => !/^[(),]$/.test(name));
    const wanted = parts[path.endsWith('getattr') ? 1 : 0];
    const isText = wanted?.name === 'String';
    const isTextSum = wanted?.name === 'BinaryExpression' && /['"]/.test(this.#text(wanted));
    if (path.endsWith('__import__')) {
      const module = wanted === undefined ? '' : this.#text(wanted);
      if (isTextSum || DECODERS.test(args)) this.#say('attack', 'imports a module whose name is hidden', list);
      else if (isText && SHELL_MODULE.test(module) && this.#atImport.holds(list))
        this.#say('attack', `imports ${module.slice(1, -1)} by a call, while it is imported itself`, list);
      return;
    }
    const [target] = parts;
    const of = target === undefined ? '' : this.#path(target);
    const isShell =
      isText && /^['"](system|popen|exec\w*|eval|spawn\w*|Popen|__import__)['"]$/.test(this.#text(wanted));
    if ((MODULES_OF_SHELLS.test(of) || /__import__|import_module/.test(of)) && (isTextSum || isShell))
      this.#say('attack', `takes a function of ${of} whose name is hidden`, list);
  }

  #isDecoded(args: string): boolean {
    if (DECODERS.test(args)) return true;
    const name = /^\(\s*(\w+)\s*[,)]/.exec(args)?.[1];
    if (name === undefined) return false;
    const assigned = new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*(.+)$`, 'm').exec(this.#source.text)?.[1];
    return assigned !== undefined && DECODERS.test(assigned);
  }

  /** `import os as o`, `from os import system as s`: what the names stand for. */
  #imported(statement: string): void {
    const words = statement.replace(/[\\()\n]/g, ' ');
    const from = /^from\s+([\w.]+)\s+import\s+(.*)$/s.exec(words);
    for (const part of (from?.[2] ?? words.replace(/^import\s+/, '')).split(',')) {
      const [, name = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (from && /^\s*\*\s*$/.test(part))
        for (const one of SHELL_NAMES[from[1] ?? ''] ?? []) this.#names.set(one, `${from[1]}.${one}`);
      else if (from) this.#names.set(alias ?? name, `${from[1]}.${name}`);
      else if (alias !== undefined) this.#names.set(alias, name);
    }
  }

  /** The path of a name, with what it was imported as in place of its alias. */
  #path(node: SyntaxNode): string {
    const text = this.#text(node).replace(/\s+/g, '');
    const first = /^\w+/.exec(text)?.[0] ?? '';
    const known = this.#names.get(first);
    return known === undefined ? text : known + text.slice(first.length);
  }

  #text(node: SyntaxNode): string {
    return this.#source.text.slice(node.from, node.to);
  }

  #say(kind: RemarkKind, message: string, node: SyntaxNode): void {
    this.#sayAt(kind, message, node.from);
  }

  #sayAt(kind: RemarkKind, message: string, from: number): void {
    if (this.#found.has(message)) return;
    const { line, column } = this.#source.faultAt(from, '');
    this.#found.set(message, { kind, message, line, column });
  }
}
