import { readFile } from 'node:fs/promises';
import { schemaCheck } from '#schema.js';
import {
  type AttestWhere,
  type FoundVerification,
  VERIFICATION_LIMIT,
  type Verification,
  verificationBeside,
} from './verification.js';

/** Reads a record; what is wrong with it is a half sentence. */
export function readVerification(where: AttestWhere, name: string, bytes: Buffer): FoundVerification {
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
export async function findBeside(archive: string): Promise<FoundVerification | undefined> {
  const name = verificationBeside(archive);
  const bytes = await readFile(name).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (bytes.length > VERIFICATION_LIMIT) return { where: 'beside', name, problem: `has ${bytes.length} bytes` };
  return readVerification('beside', name, bytes);
}
