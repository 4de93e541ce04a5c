import type { ScriptTree } from './script-tree.js';

/** What has names of its own: functions, methods, static blocks and the script. */
const FUNCTION =
  /^(Script|FunctionDeclaration|FunctionExpression|ArrowFunction|MethodDeclaration|StaticBlock|PropertyDeclaration)$/;

/** Names by the function that declares them; blocks count as their function. */
export interface Scopes {
  /** By the node of the function; those that declare nothing are left out. */
  readonly names: ReadonlyMap<number, ReadonlySet<string>>;
  /** The functions that are declared in a function, which are there before its statements run. */
  readonly hoisted: ReadonlyMap<number, readonly number[]>;
}

/** Whether a node is a function, or what runs like one. */
export function isFunction(tree: ScriptTree, node: number): boolean {
  const name = tree.name(node);
  return FUNCTION.test(name) || (name === 'Property' && tree.child(node, 'ParamList') !== undefined);
}

/** Goes through a script once, to find which function declares which names. */
export function scopesOf(tree: ScriptTree): Scopes {
  const names = new Map<number, Set<string>>();
  const hoisted = new Map<number, number[]>();
  const open: number[] = [0];
  for (let node = 0; node < tree.size; node++) {
    while (open.length > 1 && node >= tree.end(open.at(-1) ?? 0)) open.pop();
    const kind = tree.name(node);
    if (kind === 'FunctionDeclaration') {
      const owner = open.at(-1) ?? 0;
      const known = hoisted.get(owner);
      if (known === undefined) hoisted.set(owner, [node]);
      else known.push(node);
    }
    if (kind === 'VariableDefinition' && !isAssigned(tree, node)) {
      const isOuter = tree.name(tree.parent(node)) === 'FunctionDeclaration';
      const owner = open.at(isOuter ? -2 : -1) ?? 0;
      const known = names.get(owner);
      if (known === undefined) names.set(owner, new Set([tree.words(node)]));
      else known.add(tree.words(node));
    }
    if (node > 0 && isFunction(tree, node)) open.push(node);
  }
  return { names, hoisted };
}

/** Whether a name stands in a pattern that is assigned to, and declares nothing: `[a, b] = list`. */
function isAssigned(tree: ScriptTree, node: number): boolean {
  let outer = tree.parent(node);
  while (/^(ArrayPattern|ObjectPattern|PatternProperty)$/.test(tree.name(outer))) outer = tree.parent(outer);
  return tree.name(outer) === 'AssignmentExpression';
}
