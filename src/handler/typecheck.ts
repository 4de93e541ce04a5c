import { dirname, relative } from 'node:path';
import { codeFrame } from './code-frame.js';
import { ModuleKind, ModuleResolutionKind, Project, ScriptTarget, ts } from './morph.js';
import { packageDirectory, serviceDeclarations } from './provided.js';

/** A type error in the user's handler or a file it imports. */
export interface TypeProblem {
  /** Relative to the handler's directory, forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** TypeScript's number, such as `TS2322`. */
  readonly code: string;
  readonly message: string;
  readonly frame: string;
}

/** TS7016: an npm package without declarations. Its users cannot mend it, and the code runs. */
const UNTYPED_PACKAGE = 7016;

/**
 * Type-checks a TypeScript handler with ts-morph (TypeScript inside). The provided modules and Node's types resolve to this
 * installation's, so that the user's directory needs no node_modules. Strictness is that of the nearest tsconfig.json, or strict.
 */
export async function typecheckHandler(file: string): Promise<TypeProblem[]> {
  const nodeTypes = packageDirectory('@types/node');
  const configFile = ts.findConfigFile(dirname(file), ts.sys.fileExists);
  const config = configFile === undefined ? {} : ts.readConfigFile(configFile, ts.sys.readFile).config;
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(configFile ?? file));
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      strict: true,
      ...options,
      target: ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts'],
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
      customConditions: serviceDeclarations().endsWith('.d.ts') ? [] : ['mar-source'],
      skipLibCheck: true,
      noEmit: true,
      allowJs: true,
      checkJs: false,
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
      types: nodeTypes === undefined ? [] : ['node'],
      ...(nodeTypes !== undefined && { typeRoots: [dirname(nodeTypes)] }),
      paths: { ...options.paths, ...providedPaths() },
    },
  });
  const source = project.addSourceFileAtPath(file);
  project.resolveSourceFileDependencies();
  const program = project.getProgram().compilerObject;
  const ours = dirname(dirname(serviceDeclarations()));
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => !fileName.includes('/node_modules/') && !fileName.startsWith(`${ours}/`));
  return own
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .flatMap((found) => {
      const { file: at, start } = found;
      if (!at || start === undefined || found.code === UNTYPED_PACKAGE) return [];
      const { line, character } = at.getLineAndCharacterOfPosition(start);
      const place = { line: line + 1, column: character + 1 };
      return [
        {
          file: relative(source.getDirectoryPath(), at.fileName).replaceAll('\\', '/'),
          ...place,
          code: `TS${found.code}`,
          message: ts.flattenDiagnosticMessageText(found.messageText, '\n'),
          frame: codeFrame(at.text, place),
        },
      ];
    })
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function providedPaths(): Record<string, string[]> {
  const paths: Record<string, string[]> = { 'model-archiver/service': [serviceDeclarations()] };
  for (const name of ['onnxruntime-node', 'sharp']) {
    const directory = packageDirectory(name);
    if (directory !== undefined) paths[name] = [directory];
  }
  return paths;
}
