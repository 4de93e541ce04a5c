import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The package as a user gets it: packed from dist/, and installed into an empty project elsewhere. */
export interface Installed {
  /** The tarball that `npm pack` made. */
  readonly tarball: string;
  /** Paths inside the tarball. */
  readonly files: readonly { path: string; size: number; mode: number }[];
  /** The project with `node_modules/model-archiver`; undefined when the registry could not be reached. */
  readonly project: string | undefined;
  remove(): void;
}

/** Runs a program to its end and returns what it said. */
export function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}

const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT/;

/** Packs the build and installs it in a new folder under the system's temporary directory. */
export function installPackage(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'mar-package-'));
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], resolve('.'));
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  const [report]: { filename: string; files: Installed['files'] }[] = JSON.parse(packed.stdout);
  if (!report) throw new Error('npm pack reported no package');
  const tarball = join(folder, report.filename);
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const installed = run('npm', ['install', ...flags, tarball], folder);
  const unreachable = installed.status !== 0 && UNREACHABLE.test(installed.stderr);
  if (installed.status !== 0 && !unreachable) throw new Error(`npm install failed:\n${installed.stderr}`);
  return {
    tarball,
    files: report.files,
    project: unreachable ? undefined : folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
