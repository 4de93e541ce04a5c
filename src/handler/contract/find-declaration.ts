import type { ClassDeclaration, ClassExpression, SourceFile } from 'ts-morph';
import { Node, Project, ScriptTarget, SyntaxKind } from '../morph.js';

/** The expression that declares the inputs of an entry point in a compiled module; `hidden` where it may and cannot be seen. */
export function findDeclaration(text: string, entryPoint: string): Node | 'hidden' | undefined {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { allowJs: true, noLib: true, noResolve: true, target: ScriptTarget.ESNext, types: [] },
  });
  const file = project.createSourceFile('/handler.mjs', text);
  const exported = file.getExportedDeclarations();
  const entry = followed(exported.get(entryPoint)?.[0]);
  if (Node.isClassDeclaration(entry) || Node.isClassExpression(entry)) return ofClass(entry);
  if (Node.isObjectLiteralExpression(entry)) return ofObject(entry);
  const beside = exported.get('inputs')?.[0];
  if (beside !== undefined) return Node.isVariableDeclaration(beside) ? beside.getInitializer() : 'hidden';
  // What CommonJS exports is known when it runs.
  const isFunction =
    Node.isFunctionLikeDeclaration(entry) || Node.isFunctionExpression(entry) || Node.isArrowFunction(entry);
  return isFunction || !/\bstatic inputs\b/.test(text) ? undefined : 'hidden';
}

/** Through names, parentheses and what is left of types. */
function followed(node: Node | undefined, depth = 0): Node | undefined {
  if (node === undefined || depth > 8) return undefined;
  if (Node.isVariableDeclaration(node)) return followed(node.getInitializer(), depth + 1);
  if (Node.isParenthesizedExpression(node) || Node.isExportAssignment(node))
    return followed(node.getExpression(), depth + 1);
  if (Node.isIdentifier(node)) return followed(declarationOf(node.getSourceFile(), node.getText()), depth + 1);
  return node;
}

function declarationOf(file: SourceFile, name: string): Node | undefined {
  return file.getClass(name) ?? file.getFunction(name) ?? file.getVariableDeclaration(name);
}

/** Its own, else that of the class that it extends in the same module. */
function ofClass(found: ClassDeclaration | ClassExpression, depth = 0): Node | undefined {
  const property = found.getStaticProperty('inputs');
  if (Node.isPropertyDeclaration(property)) return property.getInitializer();
  const assigned = assignedIn(found);
  if (assigned) return assigned;
  const base = found.getExtends()?.getExpression();
  const parent = depth > 8 ? undefined : followed(base);
  return Node.isClassDeclaration(parent) || Node.isClassExpression(parent) ? ofClass(parent, depth + 1) : undefined;
}

/** `static { this.inputs = … }`: what esbuild makes of a static member where the author's tsconfig.json is of before ES2022. */
function assignedIn(found: ClassDeclaration | ClassExpression): Node | undefined {
  const statements = found
    .getMembers()
    .flatMap((member) =>
      Node.isClassStaticBlockDeclaration(member)
        ? member.getBody().getDescendantsOfKind(SyntaxKind.BinaryExpression)
        : [],
    );
  return statements.find((one) => one.getLeft().getText() === 'this.inputs')?.getRight();
}

function ofObject(found: Node): Node | undefined {
  const property = Node.isObjectLiteralExpression(found) ? found.getProperty('inputs') : undefined;
  if (Node.isPropertyAssignment(property)) return property.getInitializer();
  return Node.isShorthandPropertyAssignment(property) ? property.getNameNode() : undefined;
}
