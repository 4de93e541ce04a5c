/**
 * `npm run build`: bundles src/ into dist/, where entry points share chunks (a program that loads twenty files starts sooner and
 * smaller than one that loads two hundred), declares its types, and copies what is not TypeScript. The old dist/ stays until the
 * new one is whole.
 */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/**
 * What is started or imported from outside, grouped by what runs in one process: only such entry points share chunks, since every
 * further one would cut the chunks of the others into smaller pieces.
 */
const WORKER = ['worker/main', 'worker/resolve-provided', 'service/index'];
const GROUPS = [['bin/mar', 'bin/model-archiver', 'index'], WORKER, ['handler/script-process']];
const fresh = `dist-${process.pid}.tmp`;

try {
  for (const entries of GROUPS) await bundle(entries);
  await bundleForArchives(`${fresh}/bridge/worker`);
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

/**
 * The worker as `mar build --bridge` puts it into archives: with every package inside but those of native code, and a package.json
 * by which it finds its own files and version. That has another name until it is packed: in a package, nested ones are ignored.
 */
async function bundleForArchives(folder: string): Promise<void> {
  await bundle(WORKER, {
    outdir: join(folder, 'dist'),
    packages: 'bundle',
    external: ['#package.json', 'onnxruntime-node', 'sharp'],
    banner: {
      js: "import { createRequire as _require } from 'node:module'; const require = _require(import.meta.url);",
    },
    legalComments: 'inline',
    minifySyntax: true,
  });
  // What the worker holds configurations and declared inputs to.
  for (const name of ['service', 'inputs']) {
    await cp(`schemas/${name}.schema.json`, join(folder, `schemas/${name}.schema.json`));
  }
  const { version, license }: { version: string; license: string } = JSON.parse(await readFile('package.json', 'utf8'));
  const own = {
    name: 'model-archiver-bridge',
    version,
    license,
    private: true,
    type: 'module',
    imports: { '#package.json': './package.json' },
  };
  await writeFile(join(folder, 'in-archive.json'), `${JSON.stringify(own, null, 2)}\n`);
}

function bundle(entries: readonly string[], more: BuildOptions = {}) {
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
    ...more,
  });
}
