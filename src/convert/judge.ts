import { faultsOf, judged } from '#check/judged.js';

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
