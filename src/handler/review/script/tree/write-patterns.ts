import type { AssignmentProperty, Pattern, RestElement } from 'acorn';
import { KIND } from './kinds.js';
import { writeKey } from './write-functions.js';
import { inside, name, token, type Writer } from './writer.js';

/** What values are given to: names, lists and objects of them, each with what it is otherwise. */
export function writePattern(w: Writer, node: Pattern): void {
  switch (node.type) {
    case 'Identifier':
      name(w, KIND.VariableDefinition, node);
      return;
    case 'ArrayPattern':
      inside(w, KIND.ArrayPattern, node, () => writeElements(w, node.start, node.elements));
      return;
    case 'ObjectPattern':
      inside(w, KIND.ObjectPattern, node, () => {
        for (const property of node.properties)
          inside(w, KIND.PatternProperty, property, () => writeProperty(w, property));
      });
      return;
    case 'AssignmentPattern':
      w.pattern(node.left);
      token(w, KIND.Equals, w.skip(node.left.end), 1);
      w.expression(node.right);
      return;
    case 'RestElement':
      token(w, KIND.Spread, node.start, 3);
      w.pattern(node.argument);
      return;
    default:
      w.expression(node);
  }
}

/** Of a list of names the commas tell which of them are left out. */
function writeElements(w: Writer, start: number, elements: readonly (Pattern | null)[]): void {
  token(w, KIND['['], start, 1);
  let at = start + 1;
  for (const element of elements) {
    if (element !== null) {
      w.pattern(element);
      at = element.end;
    }
    at = w.skip(at);
    if (w.text[at] !== ',') continue;
    token(w, KIND[','], at, 1);
    at += 1;
  }
}

function writeProperty(w: Writer, node: AssignmentProperty | RestElement): void {
  if (node.type === 'RestElement') {
    w.pattern(node);
    return;
  }
  if (!node.shorthand) writeKey(w, node.start, node.key, node.computed, KIND.PropertyName);
  w.pattern(node.value);
}
