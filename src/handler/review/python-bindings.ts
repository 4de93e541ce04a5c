import type { SyntaxNode } from '@lezer/common';
import { children, type PythonSource, walk } from '../python/syntax.js';
import { argumentsOf, elementsOf, textOf } from './python-texts.js';

const NOTHING: readonly SyntaxNode[] = [];

/**
 * What the names of a Python source are set to. It does not go by the order of statements: what a name may be somewhere in its scope, it
 * may be everywhere in it.
 */
export class PythonBindings {
  readonly #source: PythonSource;
  /** By the place of the function (-1 outside): the expressions that its names are set to. */
  readonly #bound = new Map<number, Map<string, SyntaxNode[]>>();
  readonly #attributes = new Map<string, SyntaxNode[]>();
  readonly #returned = new Map<string, SyntaxNode[]>();
  /** The texts that names are set to, by what they are set to. */
  readonly #texts = new Map<readonly SyntaxNode[], string | undefined>();

  constructor(source: PythonSource) {
    this.#source = source;
    const calls: SyntaxNode[] = [];
    const functions = new Map<string, SyntaxNode[]>();
    walk(source.root, (node) => {
      if (node.name === 'CallExpression') calls.push(node);
      else this.#collect(node, functions);
      return undefined;
    });
    for (const call of calls) this.#bindArguments(call, functions);
  }

  /** What a name is set to outside every function. */
  ofModule(name: string): readonly SyntaxNode[] {
    return this.#bound.get(-1)?.get(name) ?? NOTHING;
  }

  /** What attributes of that name are set to, whatever they are attributes of. */
  ofAttribute(name: string): readonly SyntaxNode[] {
    return this.#attributes.get(name) ?? NOTHING;
  }

  /** What functions of that name return. */
  returnedBy(name: string): readonly SyntaxNode[] {
    return this.#returned.get(name) ?? NOTHING;
  }

  /** The expressions that a name is set to, in the innermost function that sets it. */
  valuesOf(node: SyntaxNode): readonly SyntaxNode[] {
    const name = this.words(node);
    for (let scope: SyntaxNode | null = functionOf(node); ; scope = scope.parent && functionOf(scope.parent)) {
      const values = this.#bound.get(scope?.from ?? -1)?.get(name);
      if (values !== undefined) return values;
      if (scope === null) return NOTHING;
    }
  }

  /** The text that an expression comes to, where it is written down. */
  text(node: SyntaxNode | null | undefined): string | undefined {
    let left = 50;
    const known = (name: SyntaxNode): string | undefined => {
      if (name.name !== 'VariableName' || left-- < 0) return undefined;
      const values = this.valuesOf(name);
      if (!this.#texts.has(values)) {
        this.#texts.set(values, undefined);
        for (const value of values) {
          const text = textOf(value, this.#source.text, known);
          if (text !== undefined) this.#texts.set(values, text);
          if (text !== undefined) break;
        }
      }
      return this.#texts.get(values);
    };
    return textOf(node ?? null, this.#source.text, known);
  }

  /** The words of an expression, and behind them those that its names are set to. */
  origin(node: SyntaxNode, depth = 0): string {
    let words = this.words(node);
    if (depth < 4)
      walk(node, (part) => {
        if (part.name !== 'VariableName' || words.length > 2000) return undefined;
        for (const value of this.valuesOf(part).slice(0, 3)) words += ` ${this.origin(value, depth + 1)}`;
        return undefined;
      });
    return words.slice(0, 4000);
  }

  #collect(node: SyntaxNode, functions: Map<string, SyntaxNode[]>): void {
    const parts = children(node);
    if (node.name === 'AssignStatement') this.#assign(parts);
    else if (node.name === 'NamedExpression') this.#bind(parts[0], parts.at(-1));
    else if (node.name === 'ForStatement' || /Comprehension/.test(node.name)) {
      for (const [index, part] of parts.entries())
        if (part.name === 'in') this.#bind(parts[index - 1], parts[index + 1]);
    } else if (node.name === 'WithStatement') {
      for (const [index, part] of parts.entries())
        if (part.name === 'as') this.#bind(parts[index + 1], parts[index - 1]);
    } else if (node.name === 'ReturnStatement' || node.name === 'LambdaExpression') {
      const owner = functionOf(node.name === 'LambdaExpression' ? (node.lastChild ?? node) : node);
      const name = owner?.name === 'LambdaExpression' ? owner.parent?.firstChild : owner?.getChild('VariableName');
      const value = parts.at(-1);
      if (name && value && parts.length > 1) add(this.#returned, this.words(name), value);
      if (node.name === 'LambdaExpression') this.#parameters(node);
    } else if (node.name === 'FunctionDefinition') {
      const name = node.getChild('VariableName');
      if (name) add(functions, this.words(name), node);
      this.#parameters(node);
    }
  }

  /** A parameter hides what has its name outside, whatever it is called with. */
  #parameters(node: SyntaxNode): void {
    for (const part of node.getChild('ParamList')?.getChildren('VariableName') ?? [])
      if (part.prevSibling?.name !== 'AssignOp') this.#scope(node.from, this.words(part));
  }

  #assign(parts: readonly SyntaxNode[]): void {
    const sides: SyntaxNode[][] = [[]];
    for (const part of parts)
      if (part.name === 'AssignOp') sides.push([]);
      else if (/^[A-Z]/.test(part.name) && part.name !== 'TypeDef') sides.at(-1)?.push(part);
    const values = sides.pop() ?? [];
    for (const targets of sides)
      for (const [index, target] of targets.entries())
        this.#bind(target, targets.length === values.length ? values[index] : values[0]);
  }

  #bind(target: SyntaxNode | undefined, value: SyntaxNode | undefined): void {
    if (target === undefined || value === undefined) return;
    if (target.name === 'MemberExpression') {
      const property = target.lastChild;
      if (property?.name === 'PropertyName') add(this.#attributes, this.words(property), value);
      else if (target.firstChild) this.#bind(target.firstChild, value);
      return;
    }
    for (const one of target.name === 'VariableName' ? [target] : elementsOf(target)) {
      if (one.name !== 'VariableName') continue;
      this.#scope(functionOf(one)?.from ?? -1, this.words(one)).push(value);
      if (one.parent?.parent?.parent?.name === 'ClassDefinition') add(this.#attributes, this.words(one), value);
    }
  }

  /** Parameters are what the function is called with, in this source. */
  #bindArguments(call: SyntaxNode, functions: ReadonlyMap<string, readonly SyntaxNode[]>): void {
    const callee = call.firstChild;
    const name = callee?.name === 'VariableName' ? this.words(callee) : '';
    const args = name === 'setattr' ? [] : argumentsOf(call);
    if (name === 'setattr') {
      const [, property, value] = argumentsOf(call);
      const text = this.text(property);
      if (text !== undefined && value) add(this.#attributes, text, value);
    }
    for (const node of functions.get(name) ?? []) {
      const parameters = (node.getChild('ParamList')?.getChildren('VariableName') ?? []).filter(
        ({ prevSibling }) => prevSibling?.name !== 'AssignOp',
      );
      for (const [index, value] of args.entries()) {
        const parameter = parameters[index];
        if (parameter) this.#scope(node.from, this.words(parameter)).push(value);
      }
    }
  }

  #scope(at: number, name: string): SyntaxNode[] {
    const names = this.#bound.get(at) ?? new Map<string, SyntaxNode[]>();
    this.#bound.set(at, names);
    const values = names.get(name) ?? [];
    names.set(name, values);
    return values;
  }

  /** A place as it is written. */
  words({ from, to }: SyntaxNode): string {
    return this.#source.text.slice(from, to);
  }
}

function functionOf(node: SyntaxNode): SyntaxNode | null {
  let inside = node;
  for (let parent = node.parent; parent; inside = parent, parent = parent.parent)
    if (/^(FunctionDefinition|LambdaExpression)$/.test(parent.name) && inside.name !== 'ParamList') return parent;
  return null;
}

function add<K>(map: Map<K, SyntaxNode[]>, key: K, value: SyntaxNode): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
