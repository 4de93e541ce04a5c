import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingShared, sharedPath } from './shared.js';

/** The model stores of the recordings: of Multi Model Server, of TorchServe. */
export type RecordedStore = 'mms' | 'ts';

/** The absolute path of something in test/recordings/peers: what the real servers and archivers did. */
export function recordingPath(path: string): string {
  return fileURLToPath(new URL(`../recordings/peers/${path}`, import.meta.url));
}

/** For `testUnless`: why the servers' own archives, which are not ours to commit, cannot be used here. */
export const missingOwnArchives = missingShared('peers/store/mms/noop.mar');

/** Every archive of a recorded store by name: those committed here, and the servers' own where they lie beside the checkout. */
export function recordedArchives(store: RecordedStore): ReadonlyMap<string, string> {
  const folders = [sharedPath(`peers/store/${store}`), recordingPath(`store/${store}`)].filter(existsSync);
  return new Map(folders.flatMap((folder) => readdirSync(folder).map((name) => [name, join(folder, name)] as const)));
}

/** Runs with a temporary folder that holds every archive of a recorded store. */
export async function withRecordedStore(store: RecordedStore, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-store-'));
  try {
    for (const [name, path] of recordedArchives(store)) cpSync(path, join(folder, name), { recursive: true });
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
