import type { Archive } from '#archive/archive.js';
import { findVerifications } from '#conventions/read-verification.js';
import { contentDigest, type FoundVerification, VERIFICATION_ENTRY } from '#conventions/verification.js';

/** A record of a verification, and whether it is about this content. */
export interface InspectedVerification extends FoundVerification {
  readonly fits: boolean;
}

/** The records inside and beside an archive; `entries` are all of its entries, those that cannot be read without a digest. */
export async function inspectVerifications(
  archive: Archive,
  path: string,
  entries: readonly { readonly path: string; readonly size: number; readonly sha256?: string }[],
): Promise<InspectedVerification[]> {
  // One that cannot be read is among the problems.
  const isReadable = entries.some((one) => one.path === VERIFICATION_ENTRY && one.sha256 !== undefined);
  const found = await findVerifications(archive, path, isReadable ? undefined : 'inside');
  const digested = entries.flatMap(({ sha256, ...one }) => (sha256 === undefined ? [] : [{ ...one, sha256 }]));
  const content = digested.length === entries.length ? contentDigest(digested).sha256 : undefined;
  return found.map((one) => ({
    ...one,
    fits: content !== undefined && one.verification?.content.sha256 === content,
  }));
}
