/** Which folder of src/ may import which: the table of docs/architecture.md. Leaves at the top of src/ are free for everybody. */
export const folders = {
  bin: ['cli'],
  cli: ['report', 'conventions'],
  pack: ['archive', 'handler', 'manifest', 'device', 'secrets', 'conventions'],
  archive: ['manifest'],
  manifest: [],
  conventions: [],
  secrets: [],
  cost: [],
  eia: ['archive', 'manifest', 'models', 'device', 'inspect', 'handler'],
  handler: ['conventions'],
  models: ['archive'],
  check: ['archive', 'manifest', 'handler', 'models', 'device', 'secrets', 'conventions'],
  device: ['manifest'],
  convert: ['archive', 'check', 'conventions', 'handler', 'manifest', 'models', 'pack'],
  service: ['device', 'models', 'archive', 'conventions'],
  protocol: [],
  worker: ['protocol', 'service', 'device', 'manifest', 'handler', 'conventions'],
  hosting: ['protocol', 'manifest', 'conventions'],
  serve: ['hosting', 'archive', 'manifest', 'protocol', 'device'],
  testing: ['hosting', 'protocol', 'archive', 'manifest', 'conventions'],
  bench: ['testing', 'cost'],
  simulate: ['cost'],
  tune: ['bench', 'cost', 'archive', 'manifest'],
  deploy: ['archive', 'manifest', 'device', 'conventions'],
  init: ['models', 'archive', 'handler', 'conventions'],
  inspect: ['archive', 'manifest', 'models', 'device', 'handler', 'conventions'],
  report: ['conventions'],
};

/** Folders whose types another folder may name although it may not run their code. */
const typesOnly = { service: ['manifest'] };

/** Which part of src/ owns an npm package; nobody else imports it. */
const owners = {
  ajv: ['schema.ts'],
  'fastest-levenshtein': ['nearest.ts'],
  picomatch: ['glob.ts'],
  commander: ['cli/'],
  picocolors: ['cli/', 'report/'],
  archiver: ['archive/'],
  ignore: ['pack/'],
  '@secretlint': ['secrets/'],
  unzipper: ['archive/'],
  'tar-stream': ['archive/'],
  'ts-morph': ['handler/'],
  'get-tsconfig': ['handler/'],
  esbuild: ['handler/'],
  '@lezer': ['handler/'],
  acorn: ['handler/'],
  'jsonc-parser': ['manifest/'],
  yaml: ['check/', 'conventions/', 'convert/'],
  '@jridgewell/trace-mapping': ['check/'],
  diff: ['inspect/'],
  'proxy-from-env': ['serve/'],
  'http-proxy-agent': ['serve/'],
  'https-proxy-agent': ['serve/'],
  'onnxruntime-node': ['service/', 'worker/'],
  sharp: ['service/'],
  'hdr-histogram-js': ['bench/'],
  '@huggingface/tokenizers': ['service/'],
};

/** Files by which the rest of src/ enters a folder; everything else in it is its own affair. Folders that are not named hold tools, each for itself. */
const faces = {
  pack: ['pack', 'options', 'result', 'load-config', 'source/pack-source', 'bridge/with-bridge'],
  check: ['validate', 'judged', 'explain', 'options', 'finding', 'describe-rules', 'facts/serving'],
  convert: ['convert', 'options', 'result'],
  inspect: [
    'inspect',
    'inspect-models',
    'inspect-verifications',
    'diff',
    'diff-fields',
    'diff-files',
    'diff-models',
    'handler-sources',
    'patch',
  ],
  init: ['init', 'questions', 'template', 'golden-case'],
  service: ['index', 'builtin/index', 'builtin/read-tensor'],
  serve: ['serve', 'log', 'config/serve-options', 'config/resolve', 'accelerators/description', 'accelerators/ask'],
  testing: ['run-golden-cases', 'predict', 'ask', 'local-model', 'golden-requests', 'record-inputs', 'record-aside'],
  simulate: ['simulate', 'options', 'result', 'engine/fleet', 'engine/run'],
  bench: ['bench', 'options', 'result', 'machine', 'baseline/compare', 'measure/figure-names'],
  tune: ['tune', 'options', 'result', 'space'],
  deploy: ['deploy', 'deployable', 'options'],
  hosting: [
    ...['worker', 'worker-handle', 'worker-environment', 'worker-failure', 'failure-message'],
    ...['run-directory', 'install-requirements', 'contain/contain'],
  ],
};

const leaves =
  '^src/(errors/.+|(version|schema|nearest|inside|glob|json-object|own-files|printable|public-source|student|process-stat))\\.ts$';
const entries = '^src/(bin/[^/]+|index|service/index|worker/(main|resolve-provided)|handler/script-process)\\.ts$';
const either = (names) => `(${names.join('|')})`;

const directions = Object.entries(folders).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment:
    `src/${folder} may import ${allowed.length ? allowed.join(', ') : 'no other folder'} and the leaves. Move the shared part to a folder ` +
    'that both may import, pass the value in as a parameter, or change the table in docs/architecture.md and here with a reason.',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [leaves, `^src/${either([folder, ...allowed])}/`, ...(folder === 'cli' ? ['^src/index\\.ts$'] : [])],
    dependencyTypesNot: ['type-only'],
  },
}));

const typeDirections = Object.entries(folders)
  .filter(([folder]) => folder !== 'report' && folder !== 'cli')
  .map(([folder, allowed]) => ({
    name: `${folder}-type-imports`,
    severity: 'error',
    comment: `src/${folder} names a type of a folder that it does not stand on: import it from where the table allows, or declare the shape here.`,
    from: { path: `^src/${folder}/` },
    to: {
      path: '^src/',
      pathNot: [leaves, `^src/${either([folder, ...allowed, ...(typesOnly[folder] ?? [])])}/`],
      dependencyTypes: ['type-only'],
    },
  }));

const doors = Object.entries(faces).map(([folder, files]) => ({
  name: `${folder}-is-entered-by-its-faces`,
  severity: 'error',
  comment:
    `Others enter src/${folder} by ${files.join(', ')}: call what is there, let it hand out what you need, or name the file in ` +
    '`faces` of .dependency-cruiser.mjs with a reason.',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/${either(files)}\\.ts$` },
}));

const packages = Object.entries(owners).map(([name, owner]) => ({
  name: `${name}-belongs-to-${owner.join('-and-').replaceAll('/', '')}`,
  severity: 'error',
  comment: `Only ${owner.map((part) => `src/${part}`).join(', ')} imports ${name}: call the function that wraps it there.`,
  from: { path: '^src/', pathNot: `^src/${either(owner)}` },
  to: { path: `node_modules/${name}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two modules need each other: move what both use into a third, or pass one to the other as a parameter.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unreachable',
      severity: 'error',
      comment: 'No program, API or worker reaches this module: import it where it is needed, or delete it.',
      from: { path: entries },
      to: { path: '^src/', pathNot: entries, reachable: false },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      comment: 'The import leads nowhere: correct the path, or add the package to package.json.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      comment: 'Users who install the package do not get this: move it to "dependencies" in package.json.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'] },
    },
    {
      name: 'package-without-owner',
      severity: 'error',
      comment:
        'Every npm package has one owner folder: name it in `owners` of .dependency-cruiser.mjs and in docs/architecture.md.',
      from: { path: '^src/' },
      to: { path: 'node_modules/', pathNot: `node_modules/(@types|${Object.keys(owners).join('|')})/` },
    },
    {
      name: 'nobody-imports-bin-cli-worker',
      severity: 'error',
      comment:
        'Programs and the worker are entry points: spawn the worker by its path, and move what others need out of them.',
      from: { path: '^src/', pathNot: '^src/(bin|cli|worker)/' },
      to: { path: '^src/(bin|cli|worker)/' },
    },
    {
      name: 'api-does-not-report',
      severity: 'error',
      comment: 'src/index.ts returns results; turning them into text is for cli and report.',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/report/' },
    },
    {
      name: 'leaves-import-leaves',
      severity: 'error',
      comment: 'Everybody may use the leaves, so they may use nobody: move this to the folder it needs.',
      from: { path: leaves },
      to: { path: '^src/', pathNot: leaves },
    },
    {
      name: 'dialects-are-replaceable',
      severity: 'error',
      comment:
        'Listeners and guards speak through the `Dialect` that serve.ts hands them: put what an API says into its own folder.',
      from: { path: '^src/serve/http/(server|guards|body)/' },
      to: { path: '^src/serve/http/(?!server/|guards/|body/)' },
    },
    {
      name: 'serving-does-not-know-http',
      severity: 'error',
      comment:
        'Queue, workers, models and configuration throw errors with codes; what a client hears of them is for http/.',
      from: { path: '^src/serve/(queue|workers|models|config)/' },
      to: { path: '^src/serve/http/' },
    },
    ...doors,
    ...directions,
    ...typeDirections,
    ...packages,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['mar-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
