import type { SyntaxNode } from '@lezer/common';
import { children, type PythonSource, walk } from '../python/syntax.js';

/** Methods that run while a class is made, or whenever something is imported. */
const BY_ITSELF =
  /^(__init_subclass__|__set_name__|__class_getitem__|find_spec|find_module|exec_module|load_module|__getattr__)$/;
/** Decorators of methods that run where they are looked at. */
const PROPERTY = /^@\s*(\w+\s*\.\s*)*(cached_)?property\b/;
/** Methods that run where a class is called, or where something is done to what it makes. */
const OF_CALL = /^__\w+__$/;

/** What classes of the standard library call of those that are made from them. */
const CALLBACKS: readonly (readonly [base: RegExp, methods: RegExp])[] = [
  [/\b(HTMLParser|ContentHandler)\b/, /^(handle_\w+|unknown_decl|(start|end)(Element|Document)\w*|characters)$/],
  [/\bNode(Visitor|Transformer)\b/, /visit/],
  [/\b\w*(Enum|Flag)\b/, /^_missing_$/],
  [/\b(Handler|Filter|Formatter)\b/, /^(emit|filter|format\w*)$/],
  [/\b(Thread|Process|Timer)\b/, /^run$/],
  [/\bJSONEncoder\b/, /^(default|encode|iterencode)$/],
  [/\bCmd\b/, /^(do_\w+|default|emptyline|precmd)$/],
  [/\bTestCase\b/, /^(test\w*|setUp\w*)$/],
];

/** Commands of setuptools that an installation runs, as bases of classes. */
const OF_INSTALL = /\b(install\w*|develop|egg_info)\b/i;
/** What setuptools calls of them. */
const RUN_BY_INSTALL = /^(run|initialize_options|finalize_options|__init__)$/;

/**
 * What of a source runs while it is imported: what stands in no function, and the functions that are called from there; `called` are
 * names that other sources call while they are imported themselves.
 */
export class ImportTime {
  readonly #source: PythonSource;
  /** Functions and classes whose names are called, or handed to what is called. */
  readonly #reached: Set<string>;
  /** Those that a statement outside every function calls by their names alone. */
  readonly #plainly = new Set<string>();

  constructor(source: PythonSource, called: ReadonlySet<string> = new Set()) {
    this.#source = source;
    this.#reached = new Set(called);
    const calls: { readonly names: readonly string[]; readonly node: SyntaxNode }[] = [];
    const properties = new Set<string>();
    walk(source.root, (node) => {
      if (node.name === 'CallExpression' || node.name === 'Decorator') calls.push({ names: this.#namesIn(node), node });
      else if (node.name === 'DecoratedStatement' && PROPERTY.test(this.#textOf(node).slice(0, 200))) {
        const [method] = node.getChildren('FunctionDefinition');
        if (method) properties.add(this.#nameOf(method));
      }
      return undefined;
    });
    for (const { node } of calls) {
      const name = node.firstChild?.name === 'VariableName' ? this.#textOf(node.firstChild) : '';
      if (node.parent?.name === 'ExpressionStatement' && this.holds(node)) this.#plainly.add(name);
    }
    if (properties.size > 0)
      walk(source.root, (node) => {
        const name = node.name === 'PropertyName' ? this.#textOf(node) : '';
        if (properties.has(name)) calls.push({ names: [name], node });
        return undefined;
      });
    for (let size = -1; size < this.#reached.size; ) {
      size = this.#reached.size;
      for (const { names, node } of calls)
        if (this.holds(node) || this.reaches(node)) for (const name of names) this.#reached.add(name);
    }
  }

  /** Names of functions and classes, its own and others', that are called while it is imported. */
  get reached(): ReadonlySet<string> {
    return this.#reached;
  }

  /** Whether a place stands in no function, and not under `if __name__ == …`; defaults of parameters run where they stand. */
  holds(node: SyntaxNode): boolean {
    return this.#functionOf(node) === undefined;
  }

  /** Whether a place stands in a function that is called while the source is imported. */
  reaches(node: SyntaxNode): boolean {
    const owner = this.#functionOf(node);
    if (owner === undefined || owner === 'main') return false;
    if (owner.name === 'LambdaExpression') return isUsed(owner) && (this.holds(owner) || this.reaches(owner));
    const name = this.#nameOf(owner);
    if (this.#reached.has(name) || BY_ITSELF.test(name)) return true;
    const made = classOf(owner);
    if (made === undefined) return false;
    if (hasBase(made, this.#source, METACLASS)) return true;
    if (RUN_BY_INSTALL.test(name) && hasBase(made, this.#source, OF_INSTALL)) return true;
    if (!this.#reached.has(this.#nameOf(made))) return false;
    return (
      OF_CALL.test(name) || CALLBACKS.some(([base, methods]) => methods.test(name) && hasBase(made, this.#source, base))
    );
  }

  /** Whether it stands in a function that a statement of the source calls by its name, outside every function. */
  isCalledPlainly(node: SyntaxNode): boolean {
    const owner = this.#functionOf(node);
    if (owner === undefined || owner === 'main') return false;
    const made = classOf(owner);
    if (made !== undefined) return hasBase(made, this.#source, OF_INSTALL) && RUN_BY_INSTALL.test(this.#nameOf(owner));
    return this.#plainly.has(this.#nameOf(owner));
  }

  #functionOf(node: SyntaxNode): SyntaxNode | 'main' | undefined {
    let inside = node;
    for (let parent = node.parent; parent; inside = parent, parent = parent.parent) {
      if (/^(FunctionDefinition|LambdaExpression)$/.test(parent.name) && inside.name !== 'ParamList') return parent;
      if (isMain(parent, this.#source.text)) return 'main';
    }
    return undefined;
  }

  #nameOf(node: SyntaxNode): string {
    const name = node.getChild('VariableName');
    return name === null ? '' : this.#textOf(name);
  }

  #textOf({ from, to }: SyntaxNode): string {
    return this.#source.text.slice(from, to);
  }

  /** The names in a call that may be those of functions: its own, and those of its arguments. */
  #namesIn(node: SyntaxNode): string[] {
    const text = this.#source.text.slice(node.from, Math.min(node.to, node.from + 500));
    return text.match(/[A-Za-z_]\w*/g) ?? [];
  }
}

/** The class that a method stands in. */
function classOf(node: SyntaxNode): SyntaxNode | undefined {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.name === 'ClassDefinition') return parent;
    if (parent.name === 'FunctionDefinition') return undefined;
  }
  return undefined;
}

const METACLASS = /^\(\s*type\s*[,)]/;

const hasBase = (node: SyntaxNode, source: PythonSource, base: RegExp): boolean =>
  children(node).some(({ name, from, to }) => name === 'ArgList' && base.test(source.text.slice(from, to)));

/** A lambda that is called where it stands, handed to what is called, a decorator (read as an operand), or made an attribute of something: a hook. */
function isUsed(node: SyntaxNode): boolean {
  let { parent } = node;
  // In a list or a table that is handed on.
  while (parent !== null && /^(Dictionary|Array|Tuple|Set)Expression$/.test(parent.name) && isHandedOn(parent))
    parent = parent.parent;
  if (parent?.name === 'ArgList' || parent?.name === 'UnaryExpression') return true;
  if (parent?.name === 'AssignStatement') return parent.firstChild?.name === 'MemberExpression';
  return parent?.name === 'ParenthesizedExpression' && /^(Call|Unary)Expression$/.test(parent.parent?.name ?? '');
}

function isHandedOn(node: SyntaxNode): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (at.name === 'ArgList') return true;
    if (!/^(Dictionary|Array|Tuple|Set)Expression$/.test(at.name)) return false;
  }
  return false;
}

function isMain(node: SyntaxNode, text: string): boolean {
  const condition = node.name === 'IfStatement' ? node.getChild('BinaryExpression') : null;
  return condition !== null && asksForMain(condition, text);
}

/** `__name__ == …`, also as one of several conditions that all have to hold. */
function asksForMain(condition: SyntaxNode, text: string): boolean {
  const [left, operator, right] = children(condition);
  if (!left || !operator || !right) return false;
  if (text.slice(operator.from, operator.to) === 'and')
    return [left, right].some((one) => one.name === 'BinaryExpression' && asksForMain(one, text));
  return text.slice(left.from, left.to) === '__name__' && text.slice(operator.from, operator.to) === '==';
}
