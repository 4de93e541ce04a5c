import type { RunContract } from '#conventions/run-contract.js';
import type { RunSeen } from '#conventions/run-seen.js';
import type { Verification } from '#conventions/verification.js';
import type { ErrorCode } from '#errors/codes.js';
/** Where an archive may be going: our own runner, Multi Model Server, TorchServe, or a SageMaker endpoint. */
export const TARGETS = ['local', 'mms', 'torchserve', 'sagemaker'] as const;
export type Target = (typeof TARGETS)[number];

/** Least to most severe. An error means that the archive does not load, loses data or is dangerous on that target. */
export const SEVERITIES = ['note', 'warning', 'error'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A place inside an archive. Lines and columns count from 1. */
export interface Location {
  /** Path of the entry, or of the user's own source file when a source map led there. */
  readonly entry?: string;
  /** JSON pointer into that entry: `/model/handler`. */
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a rule says about one fault; the rule adds id, severity and words. */
export interface Draft {
  /** One sentence that names the file or field. */
  readonly message: string;
  readonly at?: Location;
  readonly found?: string;
  readonly expected?: string;
  /** Source lines with a marker under the fault. */
  readonly frame?: string;
  /** Only where it differs from the rule's own words. */
  readonly remedy?: string;
  /** Targets that this one fault concerns, when fewer than the rule's. */
  readonly targets?: readonly Target[];
}

/** One fault of one archive, complete: everything a report needs. */
export interface Finding {
  readonly rule: string;
  readonly name: string;
  /** The gravest of `targets`. */
  readonly severity: Severity;
  /** How grave it is on each target that was asked for. */
  readonly targets: Readonly<Partial<Record<Target, Severity>>>;
  readonly message: string;
  readonly at?: Location;
  readonly found?: string;
  readonly expected?: string;
  readonly frame?: string;
  readonly why: string;
  readonly remedy: string;
  /** The rule's page in this package: `docs/rules.md#mar304-entry-point-missing`. */
  readonly page: string;
}

export interface Verdict {
  readonly target: Target;
  readonly passed: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** A rule of ours that failed: kept apart, because it says nothing about the archive. */
export interface InternalError {
  readonly rule: string;
  readonly message: string;
  readonly stack?: string;
}

/** What running an archive came to. */
export interface RunSummary {
  readonly loaded: boolean;
  /** Golden cases that were sent, and those that were answered as they should be. */
  readonly cases: number;
  readonly passed: number;
  /** From starting the worker to the last answer. */
  readonly seconds: number;
  /** How it behaved beside them. */
  readonly contract?: RunContract;
  /** Whether it was contained, and what it did beside answering. */
  readonly seen?: RunSeen;
}

export interface ArchiveReport {
  /** The path as it was given or found in a given directory. */
  readonly path: string;
  /** It passes on every target, and every rule could look at it. */
  readonly passed: boolean;
  readonly findings: readonly Finding[];
  readonly verdicts: readonly Verdict[];
  /** The digest of its content, and of what it was judged as: with `attest`. */
  readonly content?: Verification['content'];
  /** The record that was written of this verification. */
  readonly attested?: string;
  /** What `run` did: present only with it. */
  readonly run?: RunSummary;
  /** Findings that an ignore took away, or that are of a rule that is switched off. */
  readonly ignored: number;
  readonly internalErrors: readonly InternalError[];
}

/** A path that could not be checked, or not be run. */
export interface Failure {
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface ValidationReport {
  /** Version of this validator. */
  readonly version: string;
  readonly archives: readonly ArchiveReport[];
  readonly failures: readonly Failure[];
  /** Ignores that matched nothing: probably stale. */
  readonly unusedIgnores: readonly string[];
  /** Entries of the allow list that no pickle needed: probably stale. */
  readonly unusedAllows: readonly string[];
  readonly totals: Readonly<Record<Severity, number>>;
  /** No archive failed, nothing stopped the check and the limit on warnings holds. */
  readonly passed: boolean;
  /** Set when there are more warnings than `maxWarnings` allows. */
  readonly tooManyWarnings?: number;
}
