import type { SyntaxNode } from '@lezer/common';
import { children, type PythonSource } from '../python/syntax.js';
import type { PythonBindings } from './python-bindings.js';
import { argumentsOf, elementsOf } from './python-texts.js';

/** Names are followed so far, and so many of them stand for one expression: a source may be made to exhaust us. */
const DEEPEST = 12;
const MOST_PATHS = 8;
const MOST_STEPS = 200_000;

/** Modules through which a handler reaches what runs commands; others have them as attributes (`shutil.os`). */
const SHARED = /^(?:[^.]+\.)+_?(os|sys|subprocess|builtins|posix|importlib|shutil|ctypes)(?=\.|$)/;
/** The same, and what else leads to something that a reviewer must see. */
const SUSPECT_ROOT =
  /^(os|posix|nt|sys|subprocess|pty|builtins|__builtins__|globals\(\)|importlib|shutil|ctypes|runpy|socket|commands|asyncio|requests|urllib|io|open|exec|eval|compile)\b/;
/** What is worth keeping where it becomes an attribute of something. */
const MODULE = /^(os|posix|nt|sys|subprocess|pty|builtins|__builtins__|importlib|shutil|ctypes|runpy|socket)$/;
const NAMESPACE =
  /^(globals\(\)|locals\(\)|vars\(\)|sys\.modules)$|\.(__dict__|__globals__|f_builtins|f_globals)$|^__builtins__$/;
const IDENTITY =
  /^(contextlib\.nullcontext|list|tuple|set|iter|next|reversed|max|min|copy\.(deep)?copy|functools\.partial(method)?|functools\.wraps|staticmethod|classmethod)$/;
const IMPORTER =
  /^(builtins\.)?__import__$|^importlib\.(import_module|__import__)$|^(pkgutil\.resolve_name|pydoc\.locate|unittest\.mock\._importer)$/;
const NATIVE = /^ctypes\.(CDLL|PyDLL|WinDLL|OleDLL|(cdll|pydll|windll|oledll)\.LoadLibrary)$/;

/**
 * What the names of a Python source stand for, through assignments, attributes, lists, calls and texts that are put together.
 */
export class PythonNames {
  readonly #source: PythonSource;
  /** What names are imported as. */
  readonly #imports: ReadonlyMap<string, string>;
  readonly #bindings: PythonBindings;
  readonly #known = new Map<string, readonly string[]>();
  readonly #ofBinding = new Map<readonly SyntaxNode[], readonly string[]>();
  #steps = 0;

  constructor(source: PythonSource, bindings: PythonBindings, imports: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#imports = imports;
    this.#bindings = bindings;
  }

  /** The paths of names that an expression may stand for: `os.system`, whatever it is called here. */
  paths(node: SyntaxNode, depth = 0): readonly string[] {
    const key = `${node.from}:${node.to}:${node.name}`;
    const known = this.#known.get(key);
    if (known !== undefined || depth > DEEPEST || this.#steps++ > MOST_STEPS) return known ?? [];
    this.#known.set(key, []);
    const found = few(this.#find(node, depth + 1));
    if (depth < DEEPEST / 2) this.#known.set(key, found);
    else this.#known.delete(key);
    return found;
  }

  /** Whether so much had to be followed that it was given up. */
  get isGivenUp(): boolean {
    return this.#steps > MOST_STEPS;
  }

  #find(node: SyntaxNode, depth: number): string[] {
    const parts = children(node);
    const all = (nodes: readonly (SyntaxNode | undefined)[]) =>
      nodes.flatMap((one) => (one === undefined ? [] : this.paths(one, depth)));
    switch (node.name) {
      case 'VariableName':
        return this.#named(node, depth);
      case 'MemberExpression':
        return this.#member(parts, depth);
      case 'CallExpression':
        return this.#called(node, parts, depth);
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        return all([parts[1]]);
      case 'NamedExpression':
        return all([parts.at(-1)]);
      case 'ConditionalExpression':
        return all([parts[0], parts.at(-1)]);
      case 'BinaryExpression':
        return /^(or|and)$/.test(parts[1]?.name ?? '') ? all([parts[0], parts[2]]) : [];
      case 'DictionaryExpression':
        return all(parts.filter(({ prevSibling }) => prevSibling?.name === ':'));
      case 'LambdaExpression':
        return [];
      default:
        return all(elementsOf(node));
    }
  }

  /** What a name may stand for, that is set to so many expressions: a table of numbers may be ten thousand. */
  #ofValues(values: readonly SyntaxNode[], depth: number): readonly string[] {
    const known = this.#ofBinding.get(values);
    if (known !== undefined || values.length === 0) return known ?? [];
    this.#ofBinding.set(values, []);
    const found = few(values.flatMap((value) => this.paths(value, depth)));
    if (depth < DEEPEST / 2) this.#ofBinding.set(values, found);
    else this.#ofBinding.delete(values);
    return found;
  }

  #named(node: SyntaxNode, depth: number): string[] {
    const name = this.#words(node);
    const found = [...this.#ofValues(this.#bindings.valuesOf(node), depth)];
    const imported = this.#imports.get(name);
    if (imported !== undefined) found.push(imported);
    return found.length > 0 ? found : [name];
  }

  #member(parts: readonly SyntaxNode[], depth: number): string[] {
    const [of, mark] = parts;
    if (of === undefined) return [];
    const bases = this.paths(of, depth);
    if (mark?.name === '[') {
      const key = this.#bindings.text(parts[2]);
      return bases.flatMap((base) => {
        if (base === 'ctypes.CDLL()') return [`${base}.${key ?? '?'}`];
        return NAMESPACE.test(base) ? this.#within(base, key, depth) : [base];
      });
    }
    const last = parts.at(-1);
    const property = last === undefined ? '' : this.#words(last);
    if (property === '__dict__') return bases.map((base) => `${base}.__dict__`);
    const values = this.#bindings.ofAttribute(property);
    const kept = this.#ofValues(values, depth).filter((path) => MODULE.test(path));
    const own = bases.length > 0 ? bases : ['?'];
    return [...kept, ...own.map((base) => `${base}.${property}`)];
  }

  /** What a name in a namespace stands for; `key` is undefined where it is computed. */
  #within(base: string, key: string | undefined, depth: number): string[] {
    if (key === undefined) return [`${base}.?`];
    if (base.endsWith('.__dict__')) return [`${base.slice(0, -'.__dict__'.length)}.${key}`];
    if (base === 'sys.modules') return [key];
    if (/builtins/.test(base)) return [`builtins.${key}`];
    const values = this.#bindings.ofModule(key);
    const found = values.flatMap((value) => this.paths(value, depth));
    return [...found, this.#imports.get(key) ?? key];
  }

  #called(node: SyntaxNode, [callee]: readonly SyntaxNode[], depth: number): string[] {
    const args = argumentsOf(node);
    const [first, second] = args;
    if (callee === undefined) return [];
    const of = (one: SyntaxNode | undefined, name: string | undefined): string[] =>
      one === undefined ? [] : this.paths(one, depth).map((path) => `${path}.${name ?? '?'}`);
    return this.paths(callee, depth).flatMap((path): string[] => {
      if (/^(builtins\.)?getattr$|^(object|type)\.__getattribute__$/.test(path))
        return of(first, this.#bindings.text(second));
      if (path.endsWith('.__getattribute__'))
        return [`${path.slice(0, -'.__getattribute__'.length)}.${this.#bindings.text(first)}`];
      if (IMPORTER.test(path)) return [(this.#bindings.text(first) ?? '?').replace(':', '.')];
      if (/^(builtins\.)?(globals|locals)$/.test(path)) return ['globals()'];
      if (/^(builtins\.)?vars$/.test(path))
        return first ? this.paths(first, depth).map((one) => `${one}.__dict__`) : ['globals()'];
      const [, namespace] = /^(.*)\.(?:get|__getitem__|pop|setdefault)$/.exec(path) ?? [];
      if (namespace !== undefined && NAMESPACE.test(namespace))
        return this.#within(namespace, this.#bindings.text(first), depth);
      if (/^operator\.(attrgetter|methodcaller)$/.test(path)) return [`attribute ${this.#bindings.text(first) ?? '?'}`];
      if (path.startsWith('attribute ')) return of(first, path.slice('attribute '.length));
      if (NATIVE.test(path)) return ['ctypes.CDLL()'];
      if (IDENTITY.test(path)) return args.flatMap((one) => this.paths(one, depth));
      const returned = callee.name === 'VariableName' ? this.#bindings.returnedBy(this.#words(callee)) : [];
      if (returned.length > 0) return [...this.#ofValues(returned, depth)];
      return [`${path}()`];
    });
  }

  #words({ from, to }: SyntaxNode): string {
    return this.#source.text.slice(from, to);
  }
}

/** Where more stand for one expression than are kept, those that lead to commands are. */
function few(paths: readonly string[]): string[] {
  const all = [...new Set(paths.map(plain))];
  if (all.length <= MOST_PATHS) return all;
  return all
    .sort((one, other) => Number(SUSPECT_ROOT.test(other)) - Number(SUSPECT_ROOT.test(one)))
    .slice(0, MOST_PATHS);
}

/** A path without the modules through which it was reached. */
const plain = (path: string): string => path.replace(SHARED, '$1').replace(/^__builtins__\./, 'builtins.');
