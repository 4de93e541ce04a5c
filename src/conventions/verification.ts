import { createHash } from 'node:crypto';
import type { RunContract } from './run-contract.js';
import type { RunSeen } from './run-seen.js';

/** Where an archive carries the record of its verification, which the digest of its content leaves out. */
export const VERIFICATION_ENTRY = 'MAR-INF/verification.json';

/** Bytes of a record at most. */
export const VERIFICATION_LIMIT = 1024 * 1024;

/** Where a record lies: a file beside the archive, or an entry of it. */
export const ATTEST_WHERE = ['beside', 'inside'] as const;
export type AttestWhere = (typeof ATTEST_WHERE)[number];

/** The record that lies beside an archive. */
export function verificationBeside(archive: string): string {
  return `${archive}.verification.json`;
}

/** What was verified, with what, and what came of it; described by schemas/verification.schema.json. */
export interface Verification {
  /** The content that was verified. */
  readonly content: { readonly sha256: string; readonly entries: number };
  /** ISO 8601, UTC. */
  readonly verifiedAt: string;
  readonly tool: { readonly name: 'model-archiver'; readonly version: string };
  /** Versions of what it ran on: `node`, and the modules that a Node handler is given. */
  readonly versions: Readonly<Record<string, string>>;
  /** `linux-x64`. */
  readonly platform: string;
  readonly runtime: string;
  /** The verdict for each target. */
  readonly targets: readonly {
    readonly target: string;
    readonly errors: number;
    readonly warnings: number;
    readonly notes: number;
  }[];
  /** Findings that were left out on request. */
  readonly ignored: number;
  readonly run: {
    readonly cases: number;
    readonly passed: number;
    readonly seconds: number;
    readonly contract?: RunContract;
    readonly seen?: RunSeen;
  };
}

/** A record that was found, and whether it is one. */
export interface FoundVerification {
  readonly where: AttestWhere;
  /** The entry, or the file. */
  readonly name: string;
  /** Undefined where `problem` says what is wrong with it. */
  readonly verification?: Verification;
  readonly problem?: string;
}

/** An entry as the digest of the content takes it. */
export interface DigestedEntry {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** SHA-256 over the paths, sizes and digests of all entries but the record itself: the same for a zip, a tar and a directory. */
export function contentDigest(entries: readonly DigestedEntry[]): Verification['content'] {
  const counted = entries
    .filter(({ path }) => path !== VERIFICATION_ENTRY)
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const hash = createHash('sha256');
  for (const { path, size, sha256 } of counted) hash.update(`${path}\0${size}\0${sha256}\n`);
  return { sha256: hash.digest('hex'), entries: counted.length };
}
