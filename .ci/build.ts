/**
 * `npm run build`: bundles src/ into dist/, where entry points share chunks (a program that loads twenty files starts sooner and
 * smaller than one that loads two hundred), declares its types, and copies what is not TypeScript. The old dist/ stays until the
 * new one is whole.
 */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * What is started or imported from outside, grouped by what runs in one process: only such entry points share chunks, since every
 * further one would cut the chunks of the others into smaller pieces.
 */
const GROUPS = [
  ['bin/mar', 'bin/model-archiver', 'index'],
  ['worker/main', 'worker/resolve-provided', 'service/index'],
  ['handler/script-process'],
];
const fresh = `dist-${process.pid}.tmp`;

try {
  for (const entries of GROUPS) await bundle(entries);
  const declarations = ['-p', 'src', '--outDir', fresh, '--emitDeclarationOnly'];
  const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', ...declarations], {
    stdio: 'inherit',
  });
  if (compiled.status !== 0) throw new Error('the declarations could not be made');
  for (const path of await readdir('src', { recursive: true })) {
    if (!path.endsWith('.py')) continue;
    await mkdir(dirname(join(fresh, path)), { recursive: true });
    await cp(join('src', path), join(fresh, path));
  }
  for (const program of ['mar', 'model-archiver']) await chmod(join(fresh, 'bin', `${program}.js`), 0o755);
  await rm('dist', { recursive: true, force: true });
  await rename(fresh, 'dist');
} finally {
  await rm(fresh, { recursive: true, force: true });
}

function bundle(entries: readonly string[]) {
  return build({
    entryPoints: entries.map((entry) => `src/${entry}.ts`),
    outdir: fresh,
    outbase: 'src',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    conditions: ['mar-source'],
    external: ['#package.json'],
    logLevel: 'warning',
  });
}
