/**
 * Before a tarball is made (`npm pack`, `npm publish`): dist/ is built from this very tree, in a fresh clone after installing what that
 * takes. Everything is said on standard error: standard output belongs to `npm pack --json`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** @param {readonly string[]} args */
function npm(...args) {
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) {
    process.stderr.write(`npm ${args.join(' ')} failed: without a build the package would have no programs\n`);
    process.exit(1);
  }
}

if (!existsSync('node_modules/esbuild')) npm('ci', '--no-audit', '--no-fund');
npm('run', '--silent', 'build');
