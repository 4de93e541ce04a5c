import type { SyntaxNode } from '@lezer/common';
import { LIKE_ASCII } from '#conventions/coding.js';
import { children, type PythonSource, parsePython, walk } from '../python/syntax.js';
import { ImportTime } from './import-time.js';
import { PythonBindings } from './python-bindings.js';
import { remarksOfCall } from './python-calls.js';
import { PythonNames } from './python-names.js';
import { isBase, isCalled, isOnlyNamed, isTarget } from './python-places.js';
import {
  AT_IMPORT,
  CODE_IN_TEXT,
  INSIDES,
  PATHS,
  SHELL_METHOD,
  SHELL_NAMES,
  SHELL_TEXT,
  SUSPECT,
  TRUSTS,
  WHOLE_ENVIRONMENT,
} from './python-suspects.js';
import type { CallsAtImport, Remark, RemarkKind } from './remark.js';

/**
 * What a reviewer must see in Python source: no proof of anything, since code can hide whatever it wants. `called` are names that other
 * sources call while they are imported themselves.
 */
export function reviewPython(text: string, called?: ReadonlySet<string>): Remark[] {
  const coding = /^(?:[^\n]*\n)?[ \t\f]*#[^\n]{0,200}?coding[:=][ \t]*([-\w.]+)/.exec(text)?.[1];
  if (coding !== undefined && !LIKE_ASCII.test(coding))
    return [{ kind: 'unread', message: `cannot be reviewed: it is encoded as ${coding}`, line: 1, column: 1 }];
  const plain = withPlainLetters(text);
  if (!SUSPECT.test(plain)) return [];
  try {
    const remarks = new Review(parsePython(plain), called).remarks();
    if (!DECORATOR.test(plain)) return remarks;
    const ofDecorators = new Review(parsePython(plain.replace(/^([ \t]*)@/gm, '$1-')), called).remarks();
    return [...remarks, ...ofDecorators.filter((one) => isNew(one, remarks))];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ kind: 'unread', message: `cannot be reviewed: ${error.message}`, line: 1, column: 1 }];
  }
}

/**
 * Decorators are called with what they decorate, and may be any expression, which the grammar does not know. Those that may run something are
 * read once more as operands, where they stand.
 */
const DECORATOR =
  /^[ \t]*@[ \t]*(?:[^\w\s]|[^\n]*\b(?:lambda|exec|eval|compile|__import__|import_module|getattr|os|posix|subprocess|pty|system|[pP]open|run|call|check_\w+|get(?:status)?output|spawn\w*|exec[lv]\w*)\b)/m;

const isNew = ({ kind, message }: Remark, known: readonly Remark[]): boolean =>
  kind === 'attack' && known.every((one) => one.message !== message);

/** What a source calls of others while it is imported; nothing for one that cannot be followed. */
export function callsAtImport(text: string, called: ReadonlySet<string>): CallsAtImport {
  try {
    return new Review(parsePython(withPlainLetters(text)), called).calls();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { modules: new Set(), names: new Set() };
  }
}

/** Python reads letters of other shapes in names as the usual ones. */
const withPlainLetters = (text: string): string =>
  /[^\0-\x7f]/.test(text)
    ? text.replace(/[\p{L}\p{N}_]*[^\0-\x7f][\p{L}\p{N}_]*/gu, (word) =>
        /^[\p{L}\p{N}_]+$/u.test(word) ? word.normalize('NFKC') : word,
      )
    : text;

class Review {
  readonly #source: PythonSource;
  readonly #atImport: ImportTime;
  readonly #bindings: PythonBindings;
  readonly #paths: PythonNames;
  readonly #found = new Map<string, Remark>();
  readonly #names = new Map<string, string>();
  readonly #modules = new Set<string>();
  /** The first words of the modules that are imported. */
  readonly #roots = new Set<string>();
  readonly #called: ReadonlySet<string>;

  constructor(source: PythonSource, called: ReadonlySet<string> = new Set()) {
    this.#source = source;
    this.#called = called;
    this.#atImport = new ImportTime(source, called);
    this.#bindings = new PythonBindings(source);
    this.#paths = new PythonNames(source, this.#bindings, this.#names);
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
    const { text } = this.#source;
    for (const [what, pattern] of INSIDES) {
      const found = pattern.exec(text);
      if (found !== null) this.#sayAt('attack', what, found.index, true);
    }
    const trusting = TRUSTS.exec(text);
    if (trusting !== null) this.#sayAt('review', 'uses code of a model: trust_remote_code', trusting.index);
    if (WHOLE_ENVIRONMENT.test(text) && [...this.#found.keys()].some((message) => message.includes('the network')))
      this.#attack('sends the whole environment over the network', this.#source.root);
    if (/\bdup2\b/.test(text) && /\bsocket\b/.test(text))
      this.#attack('connects its input and output to a socket, as a reverse shell does', this.#source.root);
    if (this.#paths.isGivenUp) this.#sayAt('unread', 'cannot be reviewed: too much in it stands for something else', 0);
    return [...this.#found.values()];
  }

  #visit(node: SyntaxNode): boolean | undefined {
    if (node.name === 'ImportStatement') return false;
    if (node.name === 'String' && SHELL_TEXT.test(this.#text(node)))
      this.#attack(
        'has a command that runs what it downloads, or that opens a shell to the network',
        node,
        node.parent?.name !== 'ExpressionStatement' && this.#runs(node),
      );
    if (node.name === 'String') this.#textual(node);
    if (node.name === 'CallExpression') this.#call(node);
    if (!/^(MemberExpression|VariableName|CallExpression)$/.test(node.name) || isTarget(node)) return undefined;
    const written = this.#path(node).replace(/[[(].*$/s, '');
    if (/^(builtins\.)?(exec|eval)$/.test(written) && this.#holds(node)) {
      if (node.parent?.name === 'AssignStatement') this.#attack(`gives ${written} another name`, node);
      if (node.parent?.name === 'UnaryExpression') this.#attack(`decorates with ${written}`, node);
    }
    const candidates = node.name === 'CallExpression' ? this.#pathsOf(node) : [written, ...this.#pathsOf(node)];
    const known = candidates.flatMap((path) => {
      const of = PATHS.find(([, , pattern]) => pattern.test(path));
      return of === undefined ? [] : [{ kind: of[0], what: of[1], path }];
    });
    // The gravest of them counts.
    const found = known.find(({ kind }) => kind === 'shell') ?? known[0];
    if (found === undefined) return undefined;
    const { kind, what, path } = found;
    if (path.startsWith('commands.') && !this.#modules.has('commands')) return undefined;
    const isAtImport = this.#holds(node);
    if ((kind === 'shell' || AT_IMPORT.test(path)) && this.#runs(node) && !isOnlyNamed(node))
      this.#attack(
        `runs ${path} while it is imported`,
        node,
        isCalled(node) && ((isAtImport && !isBase(node)) || this.#atImport.isCalledPlainly(node)),
      );
    else
      this.#say(kind, `uses ${what}${isAtImport && !isOnlyNamed(node) ? ' while it is imported' : ''}: ${path}`, node);
    // A call inside the path, as in `__import__('os').system`, is a place of its own.
    return path === this.#path(node) ? false : undefined;
  }

  /** Code in a text, for whatever evaluates it: types that are written as texts, formulas, queries. */
  #textual(node: SyntaxNode): void {
    if (node.parent?.name === 'ExpressionStatement' || !CODE_IN_TEXT.test(this.#bindings.text(node) ?? '')) return;
    const isType = node.parent?.name === 'TypeDef';
    if (isType || this.#runs(node)) this.#attack('has code in a text that runs commands', node);
    else this.#say('review', 'uses code from text: a text that runs commands', node);
  }

  #holds(node: SyntaxNode): boolean {
    return this.#atImport.holds(node);
  }

  /** Whether it happens while the source is imported. */
  #runs(node: SyntaxNode): boolean {
    return this.#holds(node) || this.#atImport.reaches(node);
  }

  /** What an expression may stand for, calls apart whose result nobody knows. */
  #pathsOf(node: SyntaxNode): readonly string[] {
    return this.#paths
      .paths(node)
      .filter((path) => !path.includes('(') || /^(ctypes\.CDLL|socket\.\w+)\(\)\.\w+$/.test(path));
  }

  #call(node: SyntaxNode): void {
    const [callee] = children(node);
    if (callee === undefined) return;
    const written = this.#path(callee);
    const path = this.#pathsOf(callee).find((one) => !one.includes('?')) ?? written;
    const isAtImport = this.#holds(node);
    const runs = this.#runs(node);
    const pathOf = (one: SyntaxNode): string => this.#pathsOf(one)[0] ?? this.#path(one);
    const call = { node, path, written, isAtImport, runs, bindings: this.#bindings, pathOf };
    for (const said of remarksOfCall(call)) this.#sayAt(said.kind, said.message, said.node.from, !said.isCertain);
    if (!runs || !SHELL_METHOD.test(written) || PATHS.some(([, , pattern]) => pattern.test(path))) return;
    const [root = ''] = /^\w+/.exec(path) ?? [];
    if (!this.#modules.has(root) && !this.#roots.has(root))
      this.#attack('runs what may be a command while it is imported: the object is not known', node);
  }

  /** `import os as o`, `from os import system as s`: what the names stand for. */
  #imported(statement: string): void {
    const words = statement.replace(/[\\()\n]/g, ' ');
    const from = /^from\s+([\w.]+)\s+import\s+(.*)$/s.exec(words);
    const [, base = ''] = from ?? [];
    if (base !== '') this.#modules.add(base);
    for (const part of (from?.[2] ?? words.replace(/^import\s+/, '')).split(',')) {
      const [, name = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (name !== '') this.#roots.add((from === null ? name : base).split('.')[0] ?? '');
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
