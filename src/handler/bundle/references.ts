import { dirname, join, resolve } from 'node:path';
import { type TypeScript, ts } from '../morph.js';
import { append, isListed, isUse, joinTo, nameOf, useOf } from './expressions.js';
import type { FileReference, Value } from './file-reference.js';
import { hasModuleSyntax } from './module-syntax.js';
import { packageFile } from './package-file.js';

/** What a module does with its own place. */
export interface OwnPlace {
  readonly references: readonly FileReference[];
  /** Statements `const require = createRequire(import.meta.url)`, which hide its imports from the bundler: start and end. */
  readonly ownRequires: readonly (readonly [start: number, end: number])[];
  /** Other functions that `createRequire` makes of its own place, where they load something: what stands for `require`. */
  readonly ownLoaders: readonly (readonly [start: number, end: number])[];
  /** It looks at what lies in its own folder. */
  readonly listsFolder: boolean;
  /** `export =` of a module with imports, which no bundler knows: where `export` starts and where the value does. */
  readonly exportEquals: readonly [start: number, end: number] | undefined;
}

/** Deeper than this no path is put together. */
const DEPTH = 12;

/** Calls that hand on the path which they are given first. */
const SAME = new Set(['fileURLToPath', 'pathToFileURL', 'normalize', 'String', 'toString', 'realpathSync']);

/** Finds the paths that a module makes from `__dirname`, `__filename` and `import.meta`. By syntax alone: nothing is run. */
export function findReferences(text: string, file: string): OwnPlace {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const finder = new Finder(source, file);
  finder.visit(source);
  finder.finish();
  return finder;
}

class Finder implements OwnPlace {
  readonly references: FileReference[] = [];
  readonly ownRequires: (readonly [number, number])[] = [];
  readonly ownLoaders: (readonly [number, number])[] = [];
  listsFolder = false;
  readonly exportEquals: readonly [number, number] | undefined;
  readonly #source: TypeScript.SourceFile;
  readonly #file: string;
  readonly #variables = new Map<string, TypeScript.Expression | undefined>();
  readonly #used = new Set<string>();

  constructor(source: TypeScript.SourceFile, file: string) {
    this.#source = source;
    this.#file = file;
    const assigned = source.statements.find((one) => ts.isExportAssignment(one) && one.isExportEquals === true);
    if (assigned && ts.isExportAssignment(assigned) && hasModuleSyntax(source))
      this.exportEquals = [assigned.getStart(source), assigned.expression.getStart(source)];
    this.#collect(source);
  }

  visit(node: TypeScript.Node): void {
    if (ts.isVariableStatement(node)) this.#ownRequire(node);
    if (ts.isCallExpression(node)) this.#ownLoader(node);
    if (ts.isIdentifier(node) && !isUse(node)) return;
    const value = ts.isExpression(node) ? this.#valueOf(node, 0) : undefined;
    if (value === undefined || this.#isOwnPlace(value)) {
      if (value && value.path !== this.#file && isListed(node)) this.listsFolder = true;
      ts.forEachChild(node, (child) => this.visit(child));
      return;
    }
    if (ts.isIdentifier(node)) this.#used.add(node.text);
    if (!ts.isVariableDeclaration(node.parent)) this.#add(value, node);
  }

  /** A path that a variable holds counts where it is used; one that is not used here may be elsewhere. */
  finish(): void {
    for (const [name, initializer] of this.#variables) {
      const value = initializer && !this.#used.has(name) ? this.#valueOf(initializer, 0) : undefined;
      if (initializer && value && !this.#isOwnPlace(value)) this.#add(value, initializer);
    }
  }

  #add(value: Value, node: TypeScript.Node): void {
    const { line } = this.#source.getLineAndCharacterOfPosition(node.getStart(this.#source));
    this.references.push({
      ...value,
      end: value.end,
      ...useOf(node, (callee) => this.#isRequire(callee)),
      line: line + 1,
    });
  }

  /** Variables that are bound once in the module; of two with one name neither says anything. */
  #collect(node: TypeScript.Node): void {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const { text } = node.name;
      this.#variables.set(text, this.#variables.has(text) ? undefined : node.initializer);
    }
    ts.forEachChild(node, (child) => this.#collect(child));
  }

  #ownRequire(node: TypeScript.VariableStatement): void {
    const [only, ...others] = node.declarationList.declarations;
    const initializer = only?.initializer;
    if (others.length > 0 || only?.name.getText(this.#source) !== 'require' || initializer === undefined) return;
    if (this.#makesRequire(initializer)) this.ownRequires.push([node.getStart(this.#source), node.getEnd()]);
  }

  /** `createRequire(import.meta.url)`. */
  #makesRequire(node: TypeScript.Expression): boolean {
    if (!ts.isCallExpression(node) || nameOf(node.expression) !== 'createRequire') return false;
    const [base] = node.arguments;
    return base !== undefined && this.#valueOf(base, 0)?.path === this.#file;
  }

  /** `require`, and what does the same from this module's place. */
  #isRequire(callee: TypeScript.Expression): boolean {
    if (this.#makesRequire(callee)) return true;
    if (!ts.isIdentifier(callee)) return false;
    const made = this.#variables.get(callee.text);
    return made === undefined ? callee.text === 'require' : this.#makesRequire(made);
  }

  /** The bundler follows what a function called `require` is asked for in so many words. */
  #ownLoader({ expression, arguments: [name] }: TypeScript.CallExpression): void {
    const isResolve = ts.isPropertyAccessExpression(expression) && expression.name.text === 'resolve';
    const callee = isResolve ? expression.expression : expression;
    if (name === undefined || (ts.isIdentifier(callee) && callee.text === 'require') || !this.#isRequire(callee))
      return;
    const isSaid =
      ts.isStringLiteralLike(name) || ts.isTemplateExpression(name) || this.#valueOf(name, 0) !== undefined;
    if (isSaid) this.ownLoaders.push([callee.getStart(this.#source), callee.getEnd()]);
  }

  /** The module itself or its folder: what is made of it is looked at where it is made. */
  #isOwnPlace({ path, isOpen }: Value): boolean {
    return !isOpen && (path === this.#file || path === dirname(this.#file));
  }

  #valueOf(node: TypeScript.Node, depth: number): Value | undefined {
    if (depth > DEPTH) return undefined;
    const next = (inner: TypeScript.Node) => this.#valueOf(inner, depth + 1);
    if (ts.isIdentifier(node)) return this.#variable(node.text, depth);
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
      return next(node.expression);
    if (ts.isPropertyAccessExpression(node)) return this.#property(node, depth);
    if (ts.isCallExpression(node)) return this.#call(node, depth);
    if (ts.isNewExpression(node) && nameOf(node.expression) === 'URL') return this.#url(node, depth);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const left = next(node.left);
      return left && append(left, node.right);
    }
    if (ts.isTemplateExpression(node) && node.head.text === '') {
      const [first, ...spans] = node.templateSpans;
      const start = first && next(first.expression);
      if (first === undefined || start === undefined) return undefined;
      const told = { path: start.path + first.literal.text, isOpen: start.isOpen || spans.length > 0 };
      return spans.length > 0 ? told : { ...told, end: first.literal.getEnd() - 1 };
    }
    return undefined;
  }

  #variable(name: string, depth: number): Value | undefined {
    if (this.#variables.has(name)) {
      const initializer = this.#variables.get(name);
      return initializer && this.#valueOf(initializer, depth + 1);
    }
    if (name === '__dirname') return { path: dirname(this.#file), isOpen: false };
    return name === '__filename' ? { path: this.#file, isOpen: false } : undefined;
  }

  #property({ expression, name }: TypeScript.PropertyAccessExpression, depth: number): Value | undefined {
    if (ts.isMetaProperty(expression)) {
      if (name.text === 'dirname') return { path: dirname(this.#file), isOpen: false };
      return name.text === 'url' || name.text === 'filename' ? { path: this.#file, isOpen: false } : undefined;
    }
    return name.text === 'href' || name.text === 'pathname' ? this.#valueOf(expression, depth + 1) : undefined;
  }

  #call(node: TypeScript.CallExpression, depth: number): Value | undefined {
    const name = nameOf(node.expression);
    const [first, ...others] = node.arguments;
    const callee = node.expression;
    if (name === 'toString' && ts.isPropertyAccessExpression(callee))
      return this.#valueOf(callee.expression, depth + 1);
    if (first === undefined) return undefined;
    if (name === 'resolve' && ts.isPropertyAccessExpression(callee) && this.#resolves(callee.expression)) {
      if (!ts.isStringLiteralLike(first)) return undefined;
      const isOwn = /^\.{1,2}\//.test(first.text);
      const path = isOwn ? resolve(dirname(this.#file), first.text) : packageFile(first.text, this.#file);
      return path === undefined ? undefined : { path, isOpen: false, end: first.getEnd() - 1 };
    }
    const value = this.#valueOf(first, depth + 1);
    if (value === undefined) return undefined;
    if (SAME.has(name)) return value;
    if (name === 'dirname') return { path: dirname(value.path), isOpen: value.isOpen };
    if (name !== 'join' && name !== 'resolve') return undefined;
    return others.reduce(joinTo, value);
  }

  /** `require` and `import.meta`, which have a function `resolve`. */
  #resolves(node: TypeScript.Expression): boolean {
    return ts.isMetaProperty(node) || this.#isRequire(node);
  }

  /** `new URL('./x', base)`: relative to a file, or to a folder that ends in a slash. */
  #url({ arguments: given }: TypeScript.NewExpression, depth: number): Value | undefined {
    const [path, from] = given ?? [];
    const base = from && this.#valueOf(from, depth + 1);
    if (path === undefined || base === undefined || base.isOpen) return undefined;
    const folder = base.path === this.#file || !base.path.endsWith('/') ? dirname(base.path) : base.path;
    if (ts.isStringLiteralLike(path)) {
      if (/^([a-z][a-z\d+.-]*:|\/)/i.test(path.text)) return undefined;
      return { path: resolve(folder, decodeURI(path.text)), isOpen: false, end: path.getEnd() - 1 };
    }
    return ts.isTemplateExpression(path) ? { path: join(folder, path.head.text), isOpen: true } : undefined;
  }
}
