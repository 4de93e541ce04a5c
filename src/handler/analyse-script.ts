import type { SourceFile } from 'ts-morph';
import { ModuleKind, Node, Project, ScriptTarget, SyntaxKind } from './morph.js';
import { describeExport } from './script-export.js';
import type { ScriptAnalysis, ScriptFault, ScriptImport } from './script-module.js';

/**
 * Reads the shape of a JavaScript or TypeScript module with ts-morph: syntax only, no type checking, nothing resolved
 * and nothing executed. `path` decides the dialect by its extension.
 */
export function analyseScript(text: string, path: string): ScriptAnalysis {
  try {
    return analyse(text, path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unparsed([{ message: 'it is nested too deeply', line: 1, column: 1 }]);
  }
}

const unparsed = (syntaxErrors: readonly ScriptFault[]): ScriptAnalysis => ({
  syntaxErrors,
  isCommonJs: false,
  exports: [],
  reexportsAll: false,
  imports: [],
  blocking: [],
});

function analyse(text: string, path: string): ScriptAnalysis {
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    compilerOptions: {
      allowJs: true,
      noLib: true,
      noResolve: true,
      target: ScriptTarget.ESNext,
      module: ModuleKind.ESNext,
      types: [],
    },
  });
  const file = project.createSourceFile(`/${path}`, text);
  const syntaxErrors = project
    .getProgram()
    .getSyntacticDiagnostics(file)
    .map((found) => {
      const message = found.getMessageText();
      return faultAt(file, found.getStart(), typeof message === 'string' ? message : message.getMessageText());
    });
  // Half a tree makes ts-morph throw where names are missing.
  if (syntaxErrors.length > 0) return unparsed(syntaxErrors);
  const isCommonJs =
    path.endsWith('.cjs') || (!hasModuleSyntax(file) && /\b(module\.exports|exports\.\w+)\s*=/.test(text));
  return {
    syntaxErrors,
    isCommonJs,
    exports: isCommonJs ? commonJsExports(file) : moduleExports(file),
    reexportsAll: file.getExportDeclarations().some((found) => !found.hasNamedExports() && !found.getNamespaceExport()),
    imports: findImports(file),
    blocking: findBlocking(file),
  };
}

function hasModuleSyntax(file: SourceFile): boolean {
  return (
    file.getImportDeclarations().length > 0 ||
    file.getExportDeclarations().length > 0 ||
    file.getExportSymbols().length > 0
  );
}

function faultAt(file: SourceFile, offset: number, message: string): ScriptFault {
  const { line, column } = file.getLineAndColumnAtPos(offset);
  return { message, line, column };
}

function moduleExports(file: SourceFile) {
  const found = [...file.getExportedDeclarations()].map(([name, declarations]) =>
    describeExport(name, declarations[0]),
  );
  const known = new Set(found.map((one) => one.name));
  for (const declaration of file.getExportDeclarations()) {
    for (const specifier of declaration.getNamedExports()) {
      const name = specifier.getAliasNode()?.getText() ?? specifier.getName();
      if (!known.has(name)) found.push(describeExport(name, specifier));
    }
  }
  return found;
}

function commonJsExports(file: SourceFile) {
  return file.getDescendantsOfKind(SyntaxKind.BinaryExpression).flatMap((assignment) => {
    const target = /^(?:module\.)?exports(?:\.(\w+))?$/.exec(assignment.getLeft().getText());
    if (!target || assignment.getOperatorToken().getText() !== '=') return [];
    const value = assignment.getRight();
    if (target[1] !== undefined) return [describeExport(target[1], value)];
    if (!Node.isObjectLiteralExpression(value)) return [describeExport('default', value)];
    return value.getProperties().map((property) => {
      const initializer = Node.isPropertyAssignment(property) ? property.getInitializer() : property;
      return describeExport(Node.hasName(property) ? property.getName() : 'default', initializer);
    });
  });
}

/** A bundle has a few dozen; more than this are not looked at. */
const MOST_IMPORTS = 2000;

function findImports(file: SourceFile): ScriptImport[] {
  const found: ScriptImport[] = [];
  const add = (specifier: string, node: Node, optional: boolean) => {
    const { line, column } = file.getLineAndColumnAtPos(node.getStart());
    found.push({ specifier, optional, line, column });
  };
  for (const declaration of [...file.getImportDeclarations(), ...file.getExportDeclarations()].slice(0, MOST_IMPORTS)) {
    const specifier = declaration.getModuleSpecifierValue();
    if (specifier !== undefined && !declaration.isTypeOnly()) add(specifier, declaration, false);
  }
  for (const call of file.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    const callee = call.getExpression().getText();
    const argument = call.getArguments()[0];
    if ((callee === 'require' || callee === 'import') && Node.isStringLiteral(argument)) {
      const optional = callee === 'import' || call.getFirstAncestor(isGuard) !== undefined;
      add(argument.getLiteralValue(), call, optional);
    }
  }
  return found;
}

const isGuard = (node: Node): boolean => Node.isFunctionLikeDeclaration(node) || Node.isTryStatement(node);

/** Statements at the top of the module that end the process, throw, or never finish. */
function findBlocking(file: SourceFile): ScriptFault[] {
  return file.getStatements().flatMap((statement) => {
    const what = blockingStatement(statement);
    return what === undefined ? [] : [faultAt(file, statement.getStart(), what)];
  });
}

function blockingStatement(statement: Node): string | undefined {
  if (Node.isThrowStatement(statement)) return 'throws';
  if (Node.isWhileStatement(statement) && statement.getExpression().getText() === 'true') {
    return statement.getDescendantsOfKind(SyntaxKind.BreakStatement).length === 0 ? 'loops for ever' : undefined;
  }
  if (!Node.isExpressionStatement(statement)) return undefined;
  const call = statement.getFirstDescendantByKind(SyntaxKind.CallExpression);
  if (!call || call.getFirstAncestor(Node.isFunctionLikeDeclaration)) return undefined;
  const callee = call.getExpression().getText();
  if (/^(process\.(exit|abort|kill)|exit)$/.test(callee)) return 'ends the process';
  if (callee === 'Atomics.wait') return 'blocks the thread';
  return /\.listen$/.test(callee) ? 'opens a server' : undefined;
}
