import { readFile } from 'node:fs/promises';
import { schemaCheck } from '#schema.js';
import {
  type AttestWhere,
  type FoundVerification,
  VERIFICATION_ENTRY,
  VERIFICATION_LIMIT,
  type Verification,
  verificationBeside,
} from './verification.js';

/** What is needed of an archive to look into it. */
interface Holder<E> {
  get(path: string): E | undefined;
  bytes(entry: E, limit?: number): Promise<Buffer>;
}

/** The records of earlier verifications inside an archive and beside its file, but for the one at `leftOut`. */
export async function findVerifications<E extends { readonly path: string; readonly size: number }>(
  archive: Holder<E>,
  file: string,
  leftOut?: AttestWhere,
): Promise<FoundVerification[]> {
  const entry = leftOut === 'inside' ? undefined : archive.get(VERIFICATION_ENTRY);
  const inside = entry && (await findInside(archive, entry));
  const beside = leftOut === 'beside' ? undefined : await findBeside(file);
  return [inside, beside].flatMap((found) => found ?? []);
}

async function findInside<E extends { readonly path: string; readonly size: number }>(
  archive: Holder<E>,
  entry: E,
): Promise<FoundVerification> {
  const { path: name, size } = entry;
  if (size > VERIFICATION_LIMIT) return tooLarge('inside', name, size);
  return readVerification('inside', name, await archive.bytes(entry, VERIFICATION_LIMIT));
}

const tooLarge = (where: AttestWhere, name: string, size: number): FoundVerification => ({
  where,
  name,
  problem: `has ${size} bytes, where at most ${VERIFICATION_LIMIT} are read`,
});

/** Reads a record; what is wrong with it is a half sentence. */
function readVerification(where: AttestWhere, name: string, bytes: Buffer): FoundVerification {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { where, name, problem: 'is not JSON' };
  }
  const [first] = schemaCheck('verification')(value);
  if (first !== undefined)
    return { where, name, problem: `is not a verification: ${first.pointer || '/'} ${first.message}` };
  // The schema has just said so.
  return { where, name, verification: value as Verification };
}

/** The record beside an archive; undefined where there is none. */
async function findBeside(archive: string): Promise<FoundVerification | undefined> {
  const name = verificationBeside(archive);
  const bytes = await readFile(name).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (bytes.length > VERIFICATION_LIMIT) return tooLarge('beside', name, bytes.length);
  return readVerification('beside', name, bytes);
}
