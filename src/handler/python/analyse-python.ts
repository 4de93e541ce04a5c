import type { SyntaxNode } from '@lezer/common';
import { findSyntaxFaults, type SyntaxFaults } from './python-faults.js';
import { describeFunction, unconditionalFailure } from './python-function.js';
import type { PythonClass, PythonFunction, PythonImport, PythonModule } from './python-module.js';
import { children, type PythonSource, parsePython, walk } from './syntax.js';

export interface PythonAnalysis extends SyntaxFaults {
  readonly module: PythonModule;
}

/**
 * Reads a Python module's shape and its syntax faults. Nothing is executed. A source that is nested too deeply to be walked
 * is invalid: Python itself stops at 100 blocks and 200 brackets.
 */
export function analysePython(text: string): PythonAnalysis {
  const zero = text.indexOf('\0');
  if (zero >= 0) return unparsed('source code cannot contain zero bytes', text.slice(0, zero).split('\n').length);
  try {
    return analyse(text);
  } catch (error) {
    if (error instanceof RangeError) return unparsed('blocks or brackets are nested too deeply', 1);
    throw error;
  }
}

function unparsed(message: string, line: number): PythonAnalysis {
  const module = { functions: [], classes: [], names: NO_NAMES, literals: NO_NAMES, starImport: true, imports: [] };
  return { module: { ...module, neverLoads: undefined }, invalid: { message, line, column: 1 }, python2: [] };
}

const NO_NAMES: ReadonlySet<string> = new Set();

function analyse(text: string): PythonAnalysis {
  const source = parsePython(text);
  const scope = new ModuleScope(source);
  scope.visit(source.root);
  const module: PythonModule = {
    functions: scope.functions,
    classes: scope.classes,
    names: scope.names,
    literals: scope.literals,
    starImport: scope.starImport,
    imports: findImports(source),
    neverLoads: unconditionalFailure(source.root, source),
  };
  return { module, ...findSyntaxFaults(source) };
}

/** Collects what statements bind at module level, also below `if`, `try`, `with` and loops. */
class ModuleScope {
  readonly functions: PythonFunction[] = [];
  readonly classes: PythonClass[] = [];
  readonly names = new Set<string>();
  readonly literals = new Set<string>();
  starImport = false;
  readonly #source: PythonSource;

  constructor(source: PythonSource) {
    this.#source = source;
  }

  visit(block: SyntaxNode): void {
    for (const statement of children(block)) this.#statement(statement, []);
  }

  #statement(node: SyntaxNode, decorators: readonly string[]): void {
    switch (node.name) {
      case 'DecoratedStatement': {
        const found = node.getChildren('Decorator').map((part) => this.#text(part).replace(/^@/, '').trim());
        for (const part of children(node)) if (part.name !== 'Decorator') this.#statement(part, found);
        return;
      }
      case 'FunctionDefinition': {
        const described = describeFunction(node, this.#source, decorators);
        this.functions.push(described);
        this.names.add(described.name);
        return;
      }
      case 'ClassDefinition':
        this.#class(node);
        return;
      case 'ImportStatement':
        this.#imported(node);
        return;
      case 'AssignStatement':
        this.#literal(node);
        for (const part of children(node)) {
          if (
            part.name === 'AssignOp' &&
            !children(node).some((later) => later.from > part.from && later.name === 'AssignOp')
          )
            break;
          if (part.name === 'VariableName') this.names.add(this.#text(part));
        }
        return;
      default:
        for (const part of children(node)) {
          if (part.name === 'Body') this.visit(part);
          if (part.name === 'VariableName' && part.prevSibling?.name === 'as') this.names.add(this.#text(part));
        }
    }
  }

  #literal(node: SyntaxNode): void {
    const [target, operator, value, ...rest] = children(node);
    if (target?.name !== 'VariableName' || operator?.name !== 'AssignOp' || rest.length > 0 || value === undefined)
      return;
    const isLiteral =
      /^(Number|String|FormatString|ContinuedString|Boolean|None|ArrayExpression|DictionaryExpression)$/;
    if (isLiteral.test(value.name)) this.literals.add(this.#text(target));
    else this.literals.delete(this.#text(target));
  }

  #class(node: SyntaxNode): void {
    const name = node.getChild('VariableName');
    const body = node.getChild('Body');
    const inner = new ModuleScope(this.#source);
    if (body) inner.visit(body);
    const { line, column } = this.#source.faultAt(name?.from ?? node.from, '');
    const bases = node.getChild('ArgList');
    const described: PythonClass = {
      name: name ? this.#text(name) : '',
      bases: bases
        ? children(bases)
            .filter(
              (part) => /^(VariableName|MemberExpression)$/.test(part.name) && part.nextSibling?.name !== 'AssignOp',
            )
            .filter((part) => part.prevSibling?.name !== 'AssignOp')
            .map((part) => this.#text(part))
        : [],
      methods: inner.functions,
      line,
      column,
    };
    this.classes.push(described);
    this.names.add(described.name);
  }

  #imported(node: SyntaxNode): void {
    const parts = children(node);
    const from = parts.findIndex((part) => part.name === 'import');
    const isFrom = parts[0]?.name === 'from';
    for (const [index, part] of parts.entries()) {
      if (index < from) continue;
      if (part.name === '*') this.starImport = true;
      if (part.name !== 'VariableName') continue;
      const next = parts[index + 1]?.name;
      const previous = parts[index - 1]?.name;
      if (previous === 'as' || (next !== 'as' && (isFrom || previous !== '.'))) this.names.add(this.#text(part));
    }
  }

  #text(node: SyntaxNode): string {
    return this.#source.text.slice(node.from, node.to);
  }
}

function findImports(source: PythonSource): PythonImport[] {
  const found: PythonImport[] = [];
  walk(source.root, (node) => {
    if (node.name !== 'ImportStatement') return undefined;
    found.push(...importsOf(node, source, isGuarded(node)));
    return false;
  });
  return found;
}

/** Inside a function, `try` or `if`: it need not run while the module is loaded, or its failure can be met. */
function isGuarded(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent; parent = parent.parent)
    if (/^(FunctionDefinition|TryStatement|IfStatement)$/.test(parent.name)) return true;
  return false;
}

function importsOf(node: SyntaxNode, source: PythonSource, optional: boolean): PythonImport[] {
  const words = source.text.slice(node.from, node.to);
  const { line, column } = source.faultAt(node.from, '');
  const from = /^from\s+(\.*)\s*([\w.]*)\s*import\b/.exec(words.replaceAll('\\\n', ' '));
  if (from) return [{ module: from[2] ?? '', level: from[1]?.length ?? 0, optional, line, column }];
  const names = words
    .replace(/^import\s+/, '')
    .replaceAll('\\\n', ' ')
    .split(',');
  return names.map((name) => ({ module: name.trim().split(/\s/)[0] ?? '', level: 0, optional, line, column }));
}

/** Every name and attribute path that the source mentions, with its place: `mx.gpu`, `torch.cuda`. */
export function findMentions(
  text: string,
  wanted: RegExp,
): { readonly path: string; readonly line: number; readonly column: number }[] {
  const source = parsePython(text);
  const found: { path: string; line: number; column: number }[] = [];
  walk(source.root, (node) => {
    if (node.name !== 'MemberExpression' && node.name !== 'VariableName') return undefined;
    const path = source.text.slice(node.from, node.to);
    if (!wanted.test(path)) return undefined;
    const { line, column } = source.faultAt(node.from, '');
    found.push({ path, line, column });
    return false;
  });
  return found;
}
