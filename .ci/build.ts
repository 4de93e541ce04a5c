/** `npm run build`: compiles src/ into dist/ and copies what TypeScript does not emit. The old dist/ stays until the new one is whole. */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const fresh = `dist-${process.pid}.tmp`;

const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'src', '--outDir', fresh], {
  stdio: 'inherit',
});
if (compiled.status !== 0) {
  await rm(fresh, { recursive: true, force: true });
  process.exit(1);
}
for (const path of await readdir('src', { recursive: true })) {
  if (!path.endsWith('.py')) continue;
  await mkdir(dirname(join(fresh, path)), { recursive: true });
  await cp(join('src', path), join(fresh, path));
}
for (const bin of await readdir(join(fresh, 'bin'))) {
  if (bin.endsWith('.js')) await chmod(join(fresh, 'bin', bin), 0o755);
}
await rm('dist', { recursive: true, force: true });
await rename(fresh, 'dist');
