import { Node, Project, ScriptTarget } from './morph.js';

/**
 * The members and texts of a script, line by line, as `.name` and `'text'`: what is left of it for whoever looks for names, comments
 * and the rest taken out. Empty for what cannot be parsed.
 */
export function scriptTokens(text: string, path: string): string[] {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: { allowJs: true, noLib: true, noResolve: true, target: ScriptTarget.ESNext, types: [] },
  });
  const lines: string[] = text.split('\n').map(() => '');
  try {
    const file = project.createSourceFile(`/${path.split('/').at(-1)}`, text);
    file.forEachDescendant((node) => {
      const token = tokenOf(node);
      const at = node.getStartLineNumber() - 1;
      if (token !== undefined) lines[at] = `${lines[at]} ${token}`;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [];
  }
  return lines;
}

function tokenOf(node: Node): string | undefined {
  if (Node.isPropertyAccessExpression(node)) return `.${node.getName()}`;
  if (Node.isBindingElement(node)) return `.${node.getPropertyNameNode()?.getText() ?? node.getName()}`;
  return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)
    ? `'${node.getLiteralText()}'`
    : undefined;
}
