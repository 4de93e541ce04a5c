import type { SyntaxNode } from '@lezer/common';
import { children, type PythonSource, parsePython, walk } from '../python/syntax.js';
import { ImportTime } from './import-time.js';
import {
  AT_IMPORT,
  DECODERS,
  FROM_ELSEWHERE,
  INSIDES,
  LOADERS,
  MODULES_OF_SHELLS,
  PATHS,
  REQUEST,
  RUNNERS,
  SHELL_CODE,
  SHELL_MODULE,
  SHELL_NAMES,
  SHELL_TEXT,
  SUSPECT,
  WHOLE_ENVIRONMENT,
} from './python-suspects.js';
import type { CallsAtImport, Remark, RemarkKind } from './remark.js';

/**
 * What a reviewer must see in Python source: no proof of anything, since code can hide whatever it wants. `called` are names that other
 * sources call while they are imported themselves.
 */
export function reviewPython(text: string, called?: ReadonlySet<string>): Remark[] {
  if (!SUSPECT.test(text)) return [];
  try {
    return new Review(parsePython(text), called).remarks();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ kind: 'unread', message: `cannot be reviewed: ${error.message}`, line: 1, column: 1 }];
  }
}

/** What a source calls of others while it is imported; nothing for one that cannot be followed. */
export function callsAtImport(text: string, called: ReadonlySet<string>): CallsAtImport {
  try {
    return new Review(parsePython(text), called).calls();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { modules: new Set(), names: new Set() };
  }
}

class Review {
  readonly #source: PythonSource;
  readonly #atImport: ImportTime;
  readonly #found = new Map<string, Remark>();
  readonly #names = new Map<string, string>();
  readonly #modules = new Set<string>();
  readonly #called: ReadonlySet<string>;

  constructor(source: PythonSource, called: ReadonlySet<string> = new Set()) {
    this.#source = source;
    this.#called = called;
    this.#atImport = new ImportTime(source, called);
    walk(source.root, (node) => {
      if (node.name !== 'ImportStatement') return undefined;
      this.#imported(this.#text(node));
      return false;
    });
  }

  /** Names stand for those that they were imported as; of names that others call only what is imported is handed on. */
  calls(): CallsAtImport {
    const names = new Set<string>();
    for (const name of this.#atImport.reached) {
      const path = this.#names.get(name);
      if (path !== undefined || !this.#called.has(name)) names.add(path?.split('.').at(-1) ?? name);
    }
    return { modules: this.#modules, names };
  }

  remarks(): Remark[] {
    walk(this.#source.root, (node) => this.#visit(node));
    for (const [what, pattern] of INSIDES) {
      const found = pattern.exec(this.#source.text);
      if (found !== null) this.#sayAt('attack', what, found.index, true);
    }
    const { text } = this.#source;
    if (WHOLE_ENVIRONMENT.test(text) && [...this.#found.keys()].some((message) => message.includes('the network')))
      this.#attack('sends the whole environment over the network', this.#source.root);
    if (/\bdup2\b/.test(this.#source.text) && /\bsocket\b/.test(this.#source.text))
      this.#attack('connects its input and output to a socket, as a reverse shell does', this.#source.root);
    return [...this.#found.values()];
  }

  #visit(node: SyntaxNode): boolean | undefined {
    if (node.name === 'ImportStatement') return false;
    if (node.name === 'String' && SHELL_TEXT.test(this.#text(node)))
      this.#attack('has a command that runs what it downloads, or that opens a shell to the network', node, true);
    if (node.name === 'CallExpression') this.#call(node);
    if (node.name !== 'MemberExpression' && node.name !== 'VariableName') return undefined;
    const path = this.#path(node).replace(/[[(].*$/s, '');
    if (
      /^(builtins\.)?(exec|eval)$/.test(path) &&
      node.parent?.name === 'AssignStatement' &&
      this.#atImport.holds(node)
    )
      this.#attack(`gives ${path} another name`, node);
    const [kind, what] = PATHS.find(([, , pattern]) => pattern.test(path)) ?? [];
    if (kind === undefined || what === undefined) return undefined;
    if (path.startsWith('commands.') && !this.#modules.has('commands')) return undefined;
    const isAtImport = this.#atImport.holds(node);
    if ((kind === 'shell' || AT_IMPORT.test(path)) && (isAtImport || this.#atImport.reaches(node)))
      this.#attack(`runs ${path} while it is imported`, node, isAtImport || this.#atImport.isCalledPlainly(node));
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
    const isCode = /^(builtins\.)?(exec|eval)$|^runpy\.run_\w+$|^marshal\.loads?$/.test(path);
    if (RUNNERS.test(path) && isAtImport && isText && SHELL_CODE.test(args))
      this.#attack(`runs commands by a text while it is imported: ${path}`, node, true);
    const isElsewhere = isAtImport || (this.#comesFrom(args, FROM_ELSEWHERE) && this.#atImport.reaches(node));
    if (RUNNERS.test(path) && this.#comesFrom(args, DECODERS))
      this.#attack(`runs code that is hidden in data: ${path}`, node, isAtImport);
    else if (isCode && isElsewhere && (!isText || path.startsWith('runpy.')))
      this.#attack(`runs code from elsewhere while it is imported: ${path}`, node);
    else if (LOADERS.test(path) && !/\.py['"]/.test(args) && (isAtImport || this.#atImport.reaches(node)))
      this.#attack(`imports a file that is not called a module while it is imported: ${path}`, node, isAtImport);
    if (
      /^(c|_)?[pP]ickle\.loads$|^(dill|cloudpickle)\.loads$/.test(path) &&
      (DECODERS.test(args) || /^\(\s*b['"]/.test(args))
    )
      this.#attack(
        `loads a pickle that is hidden in the source: ${path}`,
        node,
        isAtImport && /^\(\s*b['"]/.test(args),
      );
    if (
      (RUNNERS.test(path) || /^(os|posix)\.(system|popen)$/.test(path) || /\bshell\s*=\s*True\b/.test(args)) &&
      REQUEST.test(args)
    )
      this.#attack(`runs what a request says: ${path}`, node);
    if (
      isText &&
      first &&
      /^importlib\.import_module$/.test(path) &&
      isAtImport &&
      SHELL_MODULE.test(this.#text(first))
    )
      this.#attack(`imports ${this.#text(first).slice(1, -1)} by a call, while it is imported itself`, node, true);
    if (
      /\b(methodcaller|attrgetter)$/.test(path) &&
      isText &&
      first &&
      /^['"](system|popen|exec\w*|eval|spawn\w*|Popen|__import__)['"]$/.test(this.#text(first))
    )
      this.#attack(`takes a function whose name is hidden: ${path}`, node, isAtImport);
    if (/\b(C|Py|Win|Ole)DLL\([^)]*\)\.(system|popen|exec\w*)$/.test(path))
      this.#attack('runs a command by native code', node, true);
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
      const isAtImport = this.#atImport.holds(list);
      if (isTextSum || DECODERS.test(args)) this.#attack('imports a module whose name is hidden', list, isAtImport);
      else if (isText && SHELL_MODULE.test(module) && isAtImport)
        this.#attack(`imports ${module.slice(1, -1)} by a call, while it is imported itself`, list, true);
      return;
    }
    const [target] = parts;
    const of = target === undefined ? '' : this.#path(target);
    const isShell =
      isText && /^['"](system|popen|exec\w*|eval|spawn\w*|Popen|__import__)['"]$/.test(this.#text(wanted));
    const isComputed = wanted?.name === 'VariableName' && this.#atImport.holds(list);
    if (MODULES_OF_SHELLS.test(of) && isComputed)
      this.#attack(`takes a function of ${of} by a name that is computed`, list);
    if ((MODULES_OF_SHELLS.test(of) || /__import__|import_module/.test(of)) && (isTextSum || isShell))
      this.#attack(`takes a function of ${of} whose name is hidden`, list, this.#atImport.holds(list));
  }

  /** Whether arguments, or what the first of them was set to, have something in them. */
  #comesFrom(args: string, what: RegExp): boolean {
    if (what.test(args)) return true;
    const name = /^\(\s*(\w+)\s*[,)]/.exec(args)?.[1];
    if (name === undefined) return false;
    const assigned = new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*(.+)$`, 'm').exec(this.#source.text)?.[1];
    return assigned !== undefined && what.test(assigned);
  }

  /** `import os as o`, `from os import system as s`: what the names stand for. */
  #imported(statement: string): void {
    const words = statement.replace(/[\\()\n]/g, ' ');
    const from = /^from\s+([\w.]+)\s+import\s+(.*)$/s.exec(words);
    const [, base = ''] = from ?? [];
    if (base !== '') this.#modules.add(base);
    for (const part of (from?.[2] ?? words.replace(/^import\s+/, '')).split(',')) {
      const [, name = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (name !== '') this.#modules.add(from === null ? name : base.endsWith('.') ? base + name : `${base}.${name}`);
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

  /** `isCertain`: no package has an honest use for it either; libraries do much that no handler should. */
  #attack(message: string, node: SyntaxNode, isCertain = false): void {
    this.#sayAt('attack', message, node.from, !isCertain);
  }

  #say(kind: RemarkKind, message: string, node: SyntaxNode): void {
    this.#sayAt(kind, message, node.from);
  }

  #sayAt(kind: RemarkKind, message: string, from: number, isCommon = false): void {
    const known = this.#found.get(message);
    if (known !== undefined && (isCommon || known.isCommon !== true)) return;
    const { line, column } = this.#source.faultAt(from, '');
    this.#found.set(message, { kind, message, line, column, ...(isCommon && { isCommon }) });
  }
}
