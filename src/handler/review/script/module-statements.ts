import { sayOfModule } from './calls/said-of-calls.js';
import { evaluateClass } from './classes.js';
import type { Machine } from './machine.js';
import { functionAt } from './values/functions.js';
import { get } from './values/properties.js';
import { literal } from './values/texts.js';
import { text } from './values/value-sets.js';
import type { Frame, Site, Value } from './values/values.js';

/** `import … from '…'`. */
export function importsOf(m: Machine, node: number, frame: Frame): void {
  const { tree } = frame.file;
  const quoted = tree.child(node, 'String');
  if (quoted === undefined) return;
  const site: Site = { frame, node: quoted };
  const value = moduleAt(m, quoted, frame);
  const parts = tree.children(node);
  for (const [index, part] of parts.entries()) {
    const before = tree.name(parts[index - 1] ?? -1);
    if (tree.name(part) === 'VariableDefinition')
      m.write(m.cellOf(tree.words(part), frame), before === 'as' ? value : get(m, value, 'default', site));
    if (tree.name(part) === 'ImportGroup') importGroup(m, part, value, frame);
  }
}

function moduleAt(m: Machine, quoted: number, frame: Frame): Value {
  const name = literal(frame.file.tree.words(quoted)) ?? '';
  const site: Site = { frame, node: quoted };
  sayOfModule(m, [text(name)], site);
  return m.moduleOf(name, site);
}

function importGroup(m: Machine, group: number, value: Value, frame: Frame): void {
  const { tree } = frame.file;
  let wanted: string | undefined;
  for (const part of tree.children(group)) {
    const name = tree.name(part);
    const words = name === 'String' ? (literal(tree.words(part)) ?? '') : tree.words(part);
    if (name === 'VariableDefinition') {
      m.write(m.cellOf(words, frame), get(m, value, wanted ?? words, { frame, node: part }));
      wanted = undefined;
    } else if (name !== 'as') wanted = words;
  }
}

/** `export …`. */
export function exportsOf(m: Machine, node: number, frame: Frame): void {
  const { tree } = frame.file;
  const { exports } = frame.file;
  const parts = tree.children(node);
  const quoted = parts.findLast((part) => tree.name(part) === 'String');
  const group = tree.child(node, 'ExportGroup');
  if (tree.child(node, 'Star') !== undefined && quoted !== undefined) {
    const value = moduleAt(m, quoted, frame);
    const name = parts.findIndex((part) => tree.name(part) === 'as');
    const alias = name < 0 ? undefined : parts[name + 1];
    if (alias === undefined)
      m.write(
        exports.links,
        value.filter((atom) => atom !== exports && /^(thing|path)$/.test(atom.kind)),
      );
    else m.write(exports.cell(tree.words(alias).replace(/^['"]|['"]$/g, '')), value);
    return;
  }
  if (group !== undefined) {
    exportGroup(m, group, quoted === undefined ? undefined : moduleAt(m, quoted, frame), frame);
    return;
  }
  const isDefault = tree.child(node, 'default') !== undefined;
  for (const part of parts) {
    const name = tree.name(part);
    if (name === 'default' || name === 'Decorator') continue;
    if (isDefault && !/Declaration$/.test(name)) m.write(exports.cell('default'), m.evaluate(part, frame));
    else declared(m, part, frame, isDefault);
  }
}

/** A declaration, and what it declares under its names. */
function declared(m: Machine, node: number, frame: Frame, isDefault: boolean): void {
  const { tree } = frame.file;
  const { exports } = frame.file;
  m.visit(node, frame);
  const names = isDefault ? [tree.child(node, 'VariableDefinition')] : definitions(frame, node);
  for (const name of names) {
    if (name === undefined) {
      const value =
        tree.name(node) === 'ClassDeclaration' ? evaluateClass(m, node, frame) : [functionAt(m, node, frame)];
      m.write(exports.cell('default'), value);
    } else m.write(exports.cell(isDefault ? 'default' : tree.words(name)), m.lookUp(tree.words(name), frame));
  }
}

/** The names that a declaration declares, those in functions apart. */
function definitions(frame: Frame, node: number): number[] {
  const { tree } = frame.file;
  const found: number[] = [];
  for (const part of tree.children(node)) {
    if (tree.name(part) === 'VariableDefinition') found.push(part);
    else if (/Pattern$|^PatternProperty$/.test(tree.name(part))) found.push(...definitions(frame, part));
    else if (
      tree.name(part) === 'PropertyName' &&
      tree.name(node) === 'PatternProperty' &&
      tree.next(part) === undefined
    )
      found.push(part);
  }
  return found;
}

function exportGroup(m: Machine, group: number, of: Value | undefined, frame: Frame): void {
  const { tree } = frame.file;
  const names: string[] = [];
  const parts = tree.children(group);
  for (const [index, part] of parts.entries()) {
    if (tree.name(part) === 'as') continue;
    const words = tree.words(part).replace(/^['"]|['"]$/g, '');
    const isAlias = tree.name(parts[index - 1] ?? -1) === 'as';
    names.push(words);
    const isRenamed = tree.name(parts[index + 1] ?? -1) === 'as';
    if (isRenamed) continue;
    const own = isAlias ? (names.at(-2) ?? words) : words;
    const site: Site = { frame, node: part };
    const value = of === undefined ? m.lookUp(own, frame) : get(m, of, own, site);
    m.write(frame.file.exports.cell(words), value);
  }
}
