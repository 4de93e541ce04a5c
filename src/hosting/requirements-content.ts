import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseRequirements, requirementsText } from '#conventions/requirements.js';
import { systemCode } from '#errors/mar-error.js';

/** SHA-256, hex, of all that a requirements file installs from this machine: its own text, the lists that it names, wheels, archives. */
export async function requirementsDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  const lists = [file];
  for (const list of lists) {
    const bytes = await readFile(list).catch(unlessAbsent);
    const text = bytes && requirementsText(bytes);
    hash.update(JSON.stringify(text ?? null));
    for (const { path, list: kind } of parseRequirements(text ?? '')) {
      if (path === undefined) continue;
      // pip finds lists beside the one that names them, everything else from where it runs: in the folder of the first.
      const named = resolve(dirname(kind ? list : file), path);
      if (kind === undefined) await add(hash, named, path);
      else if (!lists.includes(named)) lists.push(named);
    }
  }
  return hash.digest('hex');
}

/** What Python and pip leave behind in a directory. */
const LEFT_BEHIND = /^(__pycache__|build|.*\.egg-info)$/;

async function add(hash: Hash, path: string, name: string): Promise<void> {
  const found = await stat(path).catch(unlessAbsent);
  hash.update(JSON.stringify([name, found?.isDirectory() ? 'directory' : (found?.size ?? null)]));
  if (found?.isFile()) for await (const chunk of createReadStream(path)) hash.update(chunk);
  if (!found?.isDirectory()) return;
  // What is installed from a directory may lead back to it, as with `-e`.
  hash.update(path);
  for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name);
    // A link to a directory may lead in circles.
    const isLoop = entry.isSymbolicLink() && (await stat(below).catch(unlessAbsent))?.isDirectory();
    if (!isLoop && !LEFT_BEHIND.test(entry.name)) await add(hash, below, entry.name);
  }
}

/** pip says what is missing. */
function unlessAbsent(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
  throw error;
}
