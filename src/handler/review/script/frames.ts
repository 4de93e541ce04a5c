import type { ScriptTree } from './tree/script-tree.js';
import type { Code, Site, Thing } from './values/values.js';
import { Frame } from './values/values.js';

/** Functions of so many nodes are looked at for each caller by itself, so deep, and so often in all. */
const SMALL = 100;
const DEPTH = 3;
const MOST_OF_ONE = 16;
const MOST = 2000;
const NODES_EACH = 100;

/** The calls of functions that are looked at, each by itself or all of a function as one. */
export class Frames {
  /** All nodes of all scripts. */
  nodes = 0;
  #count = 0;

  /** The call of a script, which nobody calls. */
  ofScript(code: Code): Frame {
    this.#count += 1;
    return new Frame(this.#count, code, 0);
  }

  /** The call of a function from there; `isApart` where callers are told apart. */
  of(code: Code, called: Thing, { frame: caller, node }: Site, isApart: boolean): { frame: Frame; isNew: boolean } {
    const { tree } = code.file;
    const isNested = caller.depth > 0 && caller.depth < DEPTH;
    const isSmall =
      isApart &&
      tree.end(code.node) - code.node < SMALL &&
      this.#count < MOST + this.nodes / NODES_EACH &&
      (!isNested || called.frames.size < MOST_OF_ONE);
    const key = isSmall ? (isNested ? caller.id * 2 ** 26 : 0) + caller.file.base + node : -1;
    const known = called.frames.get(key);
    if (known !== undefined) return { frame: known, isNew: false };
    const [any] = isApart ? [] : called.frames.values();
    if (any !== undefined) return { frame: any, isNew: false };
    this.#count += 1;
    const frame = new Frame(this.#count, code, isSmall ? (isNested ? caller.depth + 1 : 1) : 0);
    called.frames.set(key, frame);
    return { frame, isNew: true };
  }
}

/** The parts of a function that are run each by itself, the last one first; declared functions are known before anything runs. */
export function partsOf({ file: { tree, scopes }, node }: Frame): number[] {
  const hoisted = scopes.hoisted.get(node) ?? [];
  const kind = tree.name(node);
  if (kind === 'Script') return statementsOf(tree, node).concat(hoisted);
  const list = tree.child(node, 'ParamList');
  const last = tree.children(node).at(-1);
  const first = list === undefined ? [] : [list];
  if (last !== undefined && tree.name(last) === 'Block') return statementsOf(tree, last).concat(first, hoisted);
  const isValue =
    kind === 'ArrowFunction' || (kind === 'PropertyDeclaration' && tree.child(node, 'Equals') !== undefined);
  return last !== undefined && last !== list && isValue ? [last, ...first] : first;
}

/** Statements, the last one first; names that are declared together, and expressions in one statement, are each one of their own. */
function statementsOf(tree: ScriptTree, node: number): number[] {
  const found: number[] = [];
  for (const statement of tree.children(node)) {
    const kind = tree.name(statement);
    const inner = kind === 'ExpressionStatement' ? tree.first(statement) : undefined;
    if (kind === 'VariableDeclaration') {
      for (const part of tree.children(statement)) if (/(Definition|Pattern)$/.test(tree.name(part))) found.push(part);
    } else if (inner !== undefined && tree.name(inner) === 'SequenceExpression') {
      for (const part of tree.children(inner)) found.push(part);
    } else found.push(statement);
  }
  return found.reverse();
}

/** Where a place is said to be: the name of what is called. */
export function placeOf(tree: ScriptTree, node: number): number {
  const callee = /^(CallExpression|NewExpression)$/.test(tree.name(node)) ? tree.first(node) : undefined;
  if (callee === undefined) return tree.from(node);
  const last = tree.name(callee) === 'MemberExpression' ? tree.children(callee).at(-1) : undefined;
  return tree.from(last ?? callee);
}
