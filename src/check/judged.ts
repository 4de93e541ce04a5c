import { resolve } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import type { Finding, Target } from './finding.js';
import { validate } from './validate.js';

/**
 * What the validator finds in one archive for one target, nothing of it executed: for commands that make something of archives and refuse
 * those that are not sound. Throws the error of one that cannot be looked at, and a TypeError where a rule failed.
 */
export async function judged(path: string, target: Target, signal?: AbortSignal): Promise<readonly Finding[]> {
  const report = await validate([resolve(path)], { target: [target], ...(signal && { signal }) });
  const [failure] = report.failures;
  if (failure !== undefined) {
    throw new MarError(failure.message, {
      code: failure.code,
      ...(failure.hint !== undefined && { hint: failure.hint }),
    });
  }
  const [archive] = report.archives;
  const [defect] = archive?.internalErrors ?? [];
  if (archive === undefined || defect !== undefined)
    throw new TypeError(`${path} could not be judged: ${defect?.rule} ${defect?.message}`);
  return archive.findings;
}

/** What the validator says of an archive, a sentence each. */
export interface Judgement {
  /** Why it is refused. */
  readonly faults: readonly string[];
  /** What to know before it is deployed: warnings, and what the bridge and the imports of a handler need of the server. */
  readonly remarks: readonly string[];
}

/** Notes, and yet the first thing to know. */
const NEEDS: readonly string[] = ['MAR229', 'MAR320'];

/** Judges an archive for a target. Throws what `judged` throws. */
export async function judgement(path: string, target: Target, signal?: AbortSignal): Promise<Judgement> {
  const findings = await judged(path, target, signal);
  const remarks = findings.filter(({ rule, severity }) => severity === 'warning' || NEEDS.includes(rule));
  return { faults: faultsOf(findings), remarks: remarks.map(sentenceOf) };
}

/** The errors among findings, a sentence each. */
export function faultsOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'error').map(sentenceOf);
}

/** A finding in one sentence: the place where the message does not name it, and its rule. */
export function sentenceOf({ rule, name, message, at }: Finding): string {
  const place = at?.entry === undefined || message.includes(at.entry) ? '' : `${at.entry}: `;
  return `${place}${message} [${rule} ${name}]`;
}
