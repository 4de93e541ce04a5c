import type { Archive } from '#archive/archive.js';
import { findBeside, readVerification } from '#conventions/read-verification.js';
import {
  type AttestWhere,
  type FoundVerification,
  VERIFICATION_ENTRY,
  VERIFICATION_LIMIT,
} from '#conventions/verification.js';

/** The records of earlier verifications; the one at `replaced` is not looked at. */
export async function findVerifications(
  archive: Archive,
  path: string,
  replaced: AttestWhere | undefined,
): Promise<FoundVerification[]> {
  const entry = replaced === 'inside' ? undefined : archive.get(VERIFICATION_ENTRY);
  const inside = entry && readVerification('inside', entry.path, await archive.bytes(entry, VERIFICATION_LIMIT));
  const beside = replaced === 'beside' ? undefined : await findBeside(path);
  return [inside, beside].flatMap((found) => found ?? []);
}
