import type {
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Identifier,
  ImportDeclaration,
  ImportSpecifier,
  Literal,
} from 'acorn';
import { KIND } from './kinds.js';
import { inside, literal, name, token, type Writer } from './writer.js';

/** `import … from '…'`. */
export function writeImport(w: Writer, node: ImportDeclaration): void {
  inside(w, KIND.ImportDeclaration, node, () => {
    let at = w.skip(node.start + 'import'.length);
    for (const one of node.specifiers) {
      if (one.type === 'ImportDefaultSpecifier') name(w, KIND.VariableDefinition, one.local);
      else if (one.type === 'ImportNamespaceSpecifier') {
        token(w, KIND.Star, one.start, 1);
        token(w, KIND.as, w.skip(one.start + 1), 2);
        name(w, KIND.VariableDefinition, one.local);
      } else continue;
      at = w.skip(one.end);
      if (w.text[at] === ',') at = w.skip(at + 1);
    }
    const group = node.specifiers.filter((one) => one.type === 'ImportSpecifier');
    if (w.text[at] === '{') inGroup(w, KIND.ImportGroup, at, group, (one) => writeImported(w, one));
    literal(w, node.source);
  });
}

function writeImported(w: Writer, { imported, local }: ImportSpecifier): void {
  if (imported.start !== local.start) {
    writeName(w, imported);
    token(w, KIND.as, w.skip(imported.end), 2);
  }
  name(w, KIND.VariableDefinition, local);
}

/** What stands in braces, from the first of them on. */
function inGroup<T extends { readonly end: number }>(
  w: Writer,
  kind: number,
  from: number,
  list: readonly T[],
  write: (one: T) => void,
): void {
  const last = w.skip(list.at(-1)?.end ?? from + 1);
  const end = (w.text[last] === ',' ? w.skip(last + 1) : last) + 1;
  inside(w, kind, { start: from, end }, () => list.forEach(write));
}

function writeName(w: Writer, node: Identifier | Literal): void {
  if (node.type === 'Literal') literal(w, node);
  else name(w, node.name === 'default' ? KIND.default : KIND.VariableName, node);
}

/** `export …`. */
export function writeExport(
  w: Writer,
  node: ExportAllDeclaration | ExportDefaultDeclaration | ExportNamedDeclaration,
): void {
  inside(w, KIND.ExportDeclaration, node, () => {
    const at = w.skip(node.start + 'export'.length);
    if (node.type === 'ExportDefaultDeclaration') {
      token(w, KIND.default, at, 'default'.length);
      if (/Declaration$/.test(node.declaration.type)) w.statement(node.declaration);
      else w.expression(node.declaration);
      return;
    }
    if (node.type === 'ExportAllDeclaration') {
      token(w, KIND.Star, at, 1);
      if (node.exported) alias(w, at + 1, node.exported);
    } else if (node.declaration) w.statement(node.declaration);
    else
      inGroup(w, KIND.ExportGroup, at, node.specifiers, ({ local, exported }) => {
        writeName(w, local);
        if (local.start !== exported.start) alias(w, local.end, exported);
      });
    if (node.source) literal(w, node.source);
  });
}

function alias(w: Writer, behind: number, node: Identifier | Literal): void {
  token(w, KIND.as, w.skip(behind), 2);
  if (node.type === 'Literal') literal(w, node);
  else name(w, KIND.VariableName, node);
}
