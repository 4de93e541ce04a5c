import { resolve } from 'node:path';
import type { Finding, Target } from '#check/finding.js';
import { validate } from '#check/validate.js';
import { MarError } from '#errors/mar-error.js';

/** Rules about the container, and those about an ONNX model that no server could load either. */
const CONTAINER = /^MAR1\d\d$/;
const MODEL = /^MAR4(01|05|07)$/;

/**
 * Why nothing is made of an archive, whatever it is converted to: its container is not sound. With `model` also where its ONNX files
 * are not. Nothing of it is executed. Throws where it cannot be looked at.
 */
export async function faultsOfSource(
  path: string,
  { model, signal }: { readonly model: boolean; readonly signal?: AbortSignal | undefined },
): Promise<string[]> {
  const findings = (await findingsOf(path, 'local', signal)).filter(isError);
  return findings.filter(({ rule }) => CONTAINER.test(rule) || (model && MODEL.test(rule))).map(sentence);
}

/** What the validator says of an archive that was made for a server. */
export interface Judgement {
  /** Why the server would not load it. */
  readonly faults: readonly string[];
  /** What to know before it is deployed there: warnings, and what the bridge needs of the server. */
  readonly remarks: readonly string[];
}

/** Judges a result for its server. Nothing of it is executed. */
export async function judgeResult(path: string, target: Target, signal?: AbortSignal): Promise<Judgement> {
  const findings = await findingsOf(path, target, signal);
  const remarks = findings.filter(({ rule, severity }) => severity === 'warning' || NEEDS.includes(rule));
  return { faults: findings.filter(isError).map(sentence), remarks: remarks.map(sentence) };
}

/** What the bridge and the imports of a handler need of the server: notes, and yet the first thing to know. */
const NEEDS: readonly string[] = ['MAR229', 'MAR320'];

async function findingsOf(path: string, target: Target, signal: AbortSignal | undefined): Promise<Finding[]> {
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
  return [...archive.findings];
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function sentence({ rule, name, message, at }: Finding): string {
  const place = at?.entry === undefined || message.includes(at.entry) ? '' : `${at.entry}: `;
  return `${place}${message} [${rule} ${name}]`;
}
