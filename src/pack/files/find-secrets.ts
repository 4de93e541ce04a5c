import { readFileSync } from 'node:fs';
import { plainBytes } from '#archive/writing/content.js';
import type { FileEntry, PlannedEntry } from '#archive/writing/planned-entry.js';
import { readSmallFile, SMALL_FILE } from '#archive/writing/small-file.js';
import { type SourceFile, unreadableFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { type Secret, SecretSearch, TEXT_LIMIT } from '#secrets/secret-search.js';
import type { PackWarning } from '../result.js';

/** Looks for credentials among the entries and the files inside a compiled handler. */
export async function findSecrets(plan: readonly PlannedEntry[], bundled: readonly FileEntry[]): Promise<Secret[]> {
  const search = new SecretSearch();
  for (const { path, source } of filesOf(plan, bundled)) {
    if (search.byName(path) || !source.suspect || source.size > TEXT_LIMIT) continue;
    await search.content(path, contentBytes(source));
  }
  return search.all();
}

/** Every file whose content will be in the archive, once. */
function filesOf(plan: readonly PlannedEntry[], bundled: readonly FileEntry[]): FileEntry[] {
  const packed = plan.filter((entry) => 'source' in entry);
  const inside = new Map(bundled.map((entry) => [entry.source.file, entry]));
  if (inside.size > 0) for (const { source } of packed) inside.delete(source.file);
  return [...inside.values(), ...packed];
}

/** Stops the build: `ERR_SECRETS` lists every place. */
export function refuseSecrets(secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  const count = secrets.length === 1 ? 'a credential' : `${secrets.length} credentials`;
  throw new MarError(`The model directory holds ${count}, which everyone who gets the archive would have.`, {
    code: 'ERR_SECRETS',
    detail: secrets.map((secret) => `  ${describe(secret)}`).join('\n'),
    hint: `Remove ${secrets.length === 1 ? 'it' : 'them'}, leave the file out with .marignore or --exclude, or pack it all the same with --allow-secrets.`,
  });
}

/** What `--allow-secrets` lets through is said all the same. */
export function secretWarnings(secrets: readonly Secret[]): PackWarning[] {
  return secrets.map((secret) => ({ code: 'credential-packed', message: `${describe(secret)} is packed.` }));
}

function describe({ path, line, kind }: Secret): string {
  return `${path}${line === undefined ? '' : `:${line}`}: ${kind}`;
}

function contentBytes(source: SourceFile): Buffer {
  if (source.kept) return plainBytes(source.kept);
  if (source.size <= SMALL_FILE) return readSmallFile(source);
  try {
    return readFileSync(source.file);
  } catch (error) {
    throw unreadableFile(source.path, error);
  }
}
