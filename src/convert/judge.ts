import type { Target } from '#check/finding.js';
import { faultsOf, judged, sentenceOf } from '#check/judged.js';

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
  const findings = await judged(path, 'local', signal);
  return faultsOf(findings.filter(({ rule }) => CONTAINER.test(rule) || (model && MODEL.test(rule))));
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
  const findings = await judged(path, target, signal);
  const remarks = findings.filter(({ rule, severity }) => severity === 'warning' || NEEDS.includes(rule));
  return { faults: faultsOf(findings), remarks: remarks.map(sentenceOf) };
}

/** What the bridge and the imports of a handler need of the server: notes, and yet the first thing to know. */
const NEEDS: readonly string[] = ['MAR229', 'MAR320'];
