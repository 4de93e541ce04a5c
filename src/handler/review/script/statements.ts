import { keysIn } from './calls/language-objects.js';
import { evaluateClass } from './classes.js';
import type { Machine } from './machine.js';
import { exportsOf, importsOf } from './module-statements.js';
import { assign } from './patterns.js';
import { functionAt, ownerOf } from './values/functions.js';
import { elementsOf } from './values/lists.js';
import type { Frame, Site, Thing } from './values/values.js';
import { NOTHING } from './values/values.js';

const EXPRESSION =
  /Expression$|^(VariableName|String|Number|TemplateString|RegExp|BooleanLiteral|this|super|null|ArrowFunction|DynamicImport|ImportMeta)$/;

/** Runs a statement, every branch of it. */
export function visitStatement(m: Machine, start: number, frame: Frame): void {
  const { tree } = frame.file;
  let node = start;
  // What is last in a statement is gone on with here: `else if` is as deep as it is long.
  for (;;) {
    const site: Site = { frame, node };
    const name = tree.name(node);
    switch (name) {
      case 'VariableDeclaration':
        for (const part of tree.children(node)) declare(m, part, frame);
        return;
      case 'VariableDefinition':
      case 'ArrayPattern':
      case 'ObjectPattern':
        declare(m, node, frame);
        return;
      case 'FunctionDeclaration': {
        const named = tree.child(node, 'VariableDefinition');
        if (named !== undefined) m.write(m.cellOf(tree.words(named), frame), [functionAt(m, node, frame)]);
        return;
      }
      case 'ClassDeclaration':
        evaluateClass(m, node, frame);
        return;
      case 'ImportDeclaration':
        importsOf(m, node, frame);
        return;
      case 'ExportDeclaration':
        exportsOf(m, node, frame);
        return;
      case 'ReturnStatement': {
        const value = tree.first(node);
        if (value !== undefined) m.write(ownFrame(frame).returned, m.evaluate(value, frame));
        return;
      }
      case 'ThrowStatement': {
        const value = tree.first(node);
        if (value !== undefined) m.write(m.global('@@thrown'), m.evaluate(value, frame));
        return;
      }
      case 'CatchClause':
        for (const part of tree.children(node))
          if (/^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(tree.name(part)))
            assign(m, part, m.read(m.global('@@thrown')), frame);
        break;
      case 'ForOfSpec':
      case 'ForInSpec': {
        const parts = tree.children(node).filter((part) => !/^(of|in|await)$/.test(tree.name(part)));
        const [target, over] = [parts.at(-2), parts.at(-1)];
        if (target === undefined || over === undefined) return;
        const value = m.evaluate(over, frame);
        if (name === 'ForOfSpec') assign(m, target, elementsOf(m, value, site), frame);
        else
          for (const list of keysIn(m, value, site))
            if (list.kind === 'thing') assign(m, target, m.read(list.rest), frame);
        return;
      }
      case 'WithStatement': {
        const [of] = tree.children(node);
        if (of === undefined || !m.evaluate(of, frame).some((atom) => atom.kind === 'path' && atom.isHot)) break;
        m.say('attack', 'hides what it calls by a with statement', site);
        break;
      }
      case 'IfStatement':
        if (isOwnStart(tree.words(tree.first(node) ?? node))) {
          const [, then, ...others] = tree.children(node);
          if (then !== undefined) m.postpone(then, frame);
          for (const other of others) m.visit(other, frame);
          return;
        }
        break;
      default:
        if (EXPRESSION.test(name)) {
          m.evaluate(node, frame);
          return;
        }
    }
    const parts = tree.children(node);
    const last = parts.pop();
    for (const part of parts) m.visit(part, frame);
    if (last === undefined) return;
    node = last;
  }
}

/** Whether a condition only holds where the script is the program that was started. */
function isOwnStart(words: string): boolean {
  return /^\(?\s*(require\.main\s*===?\s*module|module\s*===?\s*require\.main|import\.meta\.main)\s*\)?$/.test(words);
}

/** A program that is run as text returns to whoever runs it. */
const ownFrame = (frame: Frame): Frame => (frame.file.tree.name(frame.node) === 'Script' ? frame : ownerOrArrow(frame));

function ownerOrArrow(frame: Frame): Frame {
  return frame.file.tree.name(frame.node) === 'ArrowFunction' ? frame : ownerOf(frame);
}

/** One of the names or patterns of a declaration, with what stands behind it. */
function declare(m: Machine, target: number, frame: Frame): void {
  const { tree } = frame.file;
  if (!/^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(tree.name(target))) return;
  const equals = tree.next(target);
  const value = equals === undefined || tree.name(equals) !== 'Equals' ? undefined : tree.next(equals);
  if (value !== undefined) assign(m, target, m.evaluate(value, frame), frame);
}

/** Gives the parameters of a function what it is called with. */
export function bindParameters(m: Machine, list: number, frame: Frame): void {
  const { tree } = frame.file;
  const parts = tree.children(list);
  let index = 0;
  for (const [at, part] of parts.entries()) {
    if (!/^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(tree.name(part))) continue;
    if (tree.name(parts[at - 1] ?? -1) === 'Spread') {
      const rest = m.thingAt({ frame, node: part });
      for (let behind = index; behind < frame.args.length; behind++)
        m.write(rest.cell(String(behind - index)), m.read(frame.arg(behind)));
      m.write(rest.rest, m.read(frame.rest));
      assign(m, part, [rest], frame);
      return;
    }
    const [equals, value] = [parts[at + 1], parts[at + 2]];
    const initial =
      equals !== undefined && value !== undefined && tree.name(equals) === 'Equals'
        ? m.evaluate(value, frame)
        : NOTHING;
    assign(m, part, [...m.read(frame.arg(index)), ...m.read(frame.rest), ...initial], frame);
    index += 1;
  }
}

/** A function with a name that is an expression knows itself by it. */
export function nameItself(m: Machine, frame: Frame, called: Thing): void {
  const { tree } = frame.file;
  if (tree.name(frame.node) !== 'FunctionExpression') return;
  const name = tree.child(frame.node, 'VariableDefinition');
  if (name !== undefined) m.write(m.cellOf(tree.words(name), frame), [called]);
}
