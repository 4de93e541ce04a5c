/** The part of `npm run check` that no ready-made tool does alone: directions of imports, docs/architecture.md in step with src/, nobody but the programs ends the process, the lock file is whole. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { folders }: { folders: Readonly<Record<string, readonly string[]>> } = await import(
  new URL('../.dependency-cruiser.mjs', import.meta.url).href
);

/** What the architecture document says against what is there: every folder and leaf of src/ in its table, every named file existing. */
function architectureFaults(): string[] {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const parts = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  const absent = parts.filter((part) => !new RegExp(`^\\| \`${part}\` +\\|`, 'm').test(text));
  const named = [...text.matchAll(/`((?:src|test|bench|examples|templates|schemas|docs|\.ci)\/[\w./-]+)`/g)];
  const missing = named.flatMap(([, path = '']) => (existsSync(path) ? [] : [path]));
  const different = Object.entries(folders).flatMap(([folder, allowed]) => {
    const cell = new RegExp(`^\\| \`${folder}/\` +\\|.*\\|([^|]*)\\|$`, 'm').exec(text)?.[1] ?? '';
    const named = cell.replace(/\(.*\)|types.*/g, '').match(/[a-z]+/g) ?? [];
    return String(named.filter((name) => name !== 'index').sort()) === String([...allowed].sort()) ? [] : [folder];
  });
  return [
    ...different.map(
      (folder) => `docs/architecture.md: what src/${folder} may import is not what .dependency-cruiser.mjs says`,
    ),
    ...absent.map((part) => `docs/architecture.md: src/${part} has no row in the table of folders`),
    ...missing.map((path) => `docs/architecture.md: names ${path}, which does not exist`),
  ];
}

/** Imports of src/ by the folders at their ends, as `from>to`. */
function usedArrows(): Set<string> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Set(
    files.flatMap((path) => {
      const imports = readFileSync(join('src', path), 'utf8').matchAll(/(?:from|import\() ?'#([a-z-]+)\//g);
      return [...imports].map(([, to]) => `${path.split(/[\\/]/)[0]}>${to}`);
    }),
  );
}

/** An arrow that nobody uses is a door that nobody asked for. */
function arrowFaults(): string[] {
  const used = usedArrows();
  return Object.entries(folders).flatMap(([from, allowed]) =>
    allowed
      .filter((to) => !used.has(`${from}>${to}`))
      .map(
        (to) =>
          `.dependency-cruiser.mjs: src/${from} may import ${to} and does not: take it out, here and in docs/architecture.md`,
      ),
  );
}

/** What a reader takes in at a glance. */
const MOST_FILES = 20;
const MOST_LINES = 250;

function sizeFaults(): string[] {
  const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => /\.(ts|py)$/.test(path));
  const counts = new Map<string, number>();
  for (const path of code) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const crowded = [...counts].filter(([, count]) => count > MOST_FILES);
  const long = code
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES);
  return [
    ...crowded.map(([folder, count]) => `${folder}: ${count} files, at most ${MOST_FILES}: cut it into rooms`),
    ...long.map(({ path, lines }) => `${path}: ${lines} lines, at most ${MOST_LINES}: one noun or one verb each`),
  ];
}

/** Files that may end the process: the programs, and the worker, which is a process of its own. */
const MAY_EXIT = /^src\/(bin|worker)\//;

function exitFaults(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && !MAY_EXIT.test(path));
  return files.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line, index) =>
      /^[^'"`*]*\bprocess\.(exit|exitCode|abort)\b/.test(line)
        ? [`${path}:${index + 1}: ends the process: throw a MarError or return a result, the programs in src/bin exit`]
        : [],
    );
  });
}

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** `npm ci` refuses a lock file that leaves out a package for another platform; an installed node_modules hides that. */
function lockFaults(): string[] {
  const { packages }: { packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages))
      .map((name) => `package-lock.json: ${path} may need ${name}, which has no entry: npm ci will fail`),
  );
}

/** What dependency-cruiser finds; with a TypeScript that it does not know it would see no module at all, and be content. */
function directionFaults(): string[] {
  const program = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'src'], { encoding: 'utf8' });
  console.log(`${stdout}${stderr}`.trim());
  const seen = Number(/(\d+) modules/.exec(stdout)?.[1] ?? 0);
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).length;
  if (seen < files)
    return [`dependency-cruiser: looked at ${seen} modules; src/ has ${files} files: it cannot read them`];
  return status === 0 ? [] : ['dependency-cruiser: the violations above'];
}

/**
 * Without this mark npm runs no install script of a package. onnxruntime-node's downloads CUDA libraries, which nobody here needs and
 * many cannot reach; esbuild and sharp need none either. `npm install` writes the mark again for what it adds.
 */
function scriptFaults(): string[] {
  const { packages }: { packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  return Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript
      ? [`package-lock.json: ${path} has hasInstallScript: delete the line, so that its script never runs`]
      : [],
  );
}

const faults = [
  ...directionFaults(),
  ...architectureFaults(),
  ...arrowFaults(),
  ...sizeFaults(),
  ...exitFaults(),
  ...lockFaults(),
  ...scriptFaults(),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
