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

/** The errors among findings, a sentence each. */
export function faultsOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'error').map(sentenceOf);
}

/** A finding in one sentence: the place where the message does not name it, and its rule. */
export function sentenceOf({ rule, name, message, at }: Finding): string {
  const place = at?.entry === undefined || message.includes(at.entry) ? '' : `${at.entry}: `;
  return `${place}${message} [${rule} ${name}]`;
}
