import { dirname, join, resolve } from 'node:path';
import { createPathsMatcher, getTsconfig, type TsConfigResult } from 'get-tsconfig';
import { FROM_SOURCE } from '#own-files.js';
import { packageDirectory, serviceDeclarations } from './provided.js';

/** What of the author's tsconfig.json is theirs to decide: everything that makes the check of types stricter or looser. */
const STRICTNESS = [
  'strict',
  'noImplicitAny',
  'noImplicitThis',
  'noImplicitReturns',
  'noImplicitOverride',
  'noFallthroughCasesInSwitch',
  'noPropertyAccessFromIndexSignature',
  'noUncheckedIndexedAccess',
  'noUncheckedSideEffectImports',
  'noUnusedLocals',
  'noUnusedParameters',
  'allowUnreachableCode',
  'allowUnusedLabels',
  'exactOptionalPropertyTypes',
  'strictBindCallApply',
  'strictBuiltinIteratorReturn',
  'strictFunctionTypes',
  'strictNullChecks',
  'strictPropertyInitialization',
  'useUnknownInCatchVariables',
  'useDefineForClassFields',
  'erasableSyntaxOnly',
  'isolatedModules',
  'verbatimModuleSyntax',
  'experimentalDecorators',
  'emitDecoratorMetadata',
] as const;

type CompilerOptions = NonNullable<TsConfigResult['config']['compilerOptions']>;
type Paths = Record<string, string[]>;

/**
 * The tsconfig.json with which a handler is checked, every path in it absolute. Strictness, JSX and paths are those of the nearest
 * one of the author's, strict without any; the rest is ours, so that options which today's compiler refuses (`baseUrl`, `node10`,
 * `es5`) do no harm. The provided modules and Node's types resolve to this installation's.
 */
export function typecheckConfig(file: string, contract?: string): object {
  const found = getTsconfig(dirname(file)) ?? undefined;
  const nodeTypes = packageDirectory('@types/node');
  return {
    files: [file, ...(contract === undefined ? [] : [contract])],
    compilerOptions: {
      strict: true,
      ...chosen(found?.config.compilerOptions ?? {}),
      target: 'ES2022',
      lib: ['ES2023'],
      module: 'Preserve',
      moduleResolution: 'Bundler',
      customConditions: FROM_SOURCE ? ['mar-source'] : [],
      skipLibCheck: true,
      noEmit: true,
      allowJs: true,
      checkJs: false,
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
      types: nodeTypes === undefined ? [] : ['node'],
      ...(nodeTypes !== undefined && { typeRoots: [dirname(nodeTypes)] }),
      paths: { ...(found && authorsPaths(found)), ...providedPaths() },
    },
  };
}

/** Values of another type are left out: the compiler would refuse to look at the code because of them. */
function chosen(options: CompilerOptions): Record<string, unknown> {
  const strictness = STRICTNESS.filter((name) => typeof options[name] === 'boolean').map((name) => [
    name,
    options[name],
  ]);
  const { jsx, jsxImportSource } = options;
  return {
    ...Object.fromEntries(strictness),
    ...(jsx !== undefined && { jsx }),
    ...(jsxImportSource !== undefined && { jsxImportSource }),
  };
}

/** `paths` with their targets made absolute; a `baseUrl` is a path for every name. */
function authorsPaths(found: TsConfigResult): Paths {
  const { baseUrl, paths = {} } = found.config.compilerOptions ?? {};
  const resolvePath = createPathsMatcher(found) ?? (() => []);
  return {
    ...(baseUrl !== undefined && { '*': [join(resolve(dirname(found.path), baseUrl), '*')] }),
    ...Object.fromEntries(Object.keys(paths).map((pattern) => [pattern, resolvePath(pattern)])),
  };
}

function providedPaths(): Paths {
  const paths: Paths = { 'model-archiver/service': [serviceDeclarations()] };
  for (const name of ['onnxruntime-node', 'sharp']) {
    const directory = packageDirectory(name);
    if (directory !== undefined) paths[name] = [directory];
  }
  return paths;
}
