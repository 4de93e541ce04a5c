import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The absolute path of something in the folder `shared` beside the clone: recordings, model stores, models. */
export function sharedPath(path: string): string {
  return fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
}

/** For `testUnless`: why a shared file cannot be used here, or undefined when it can. */
export function missingShared(path: string): string | undefined {
  return existsSync(sharedPath(path)) ? undefined : `../shared/${path} is not there`;
}
