import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** For `testUnless`: why a command cannot be used here, or undefined when it is on the PATH. */
export function missingCommand(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, name))) ? undefined : `${name} is not installed`;
}
