import { type TypeScript, ts } from '../morph.js';

/** True for a script with the syntax of an ES module. */
export function isModule(text: string, file: string): boolean {
  return hasModuleSyntax(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext));
}

/** The same for a source that is parsed already. */
export function hasModuleSyntax({ statements }: TypeScript.SourceFile): boolean {
  return statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isExportDeclaration(statement) ||
      (ts.isExportAssignment(statement) && !statement.isExportEquals) ||
      (ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true),
  );
}
