import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Writes the paths in a text as they are inside the archive that lies in `modelDir`: where that is, is nobody's business. */
export function archivePaths(modelDir: string): (text: string) => string {
  const directories = [...new Set([modelDir, realPath(modelDir)])].map((directory) => join(directory, '/'));
  const places = directories.flatMap((directory) => [pathToFileURL(directory).href, directory]);
  return (text) => places.reduce((rest, place) => rest.replaceAll(place, ''), text);
}

/** As Node names files in stacks. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The worker will say that it is not there.
    return path;
  }
}
