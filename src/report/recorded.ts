import type { RecordedInput } from '#index.js';
import { printableData } from '#printable.js';

/** What was written as golden cases, and that nobody has looked at it. */
export function recordedReport(recorded: readonly RecordedInput[]): string {
  const lines = printableData(recorded).map(
    ({ input, path, expect, isStable }) =>
      `  ${path}  of ${input}: ${expectationText(expect)}${isStable ? '' : ' (each time another answer)'}`,
  );
  return `Recorded what the model answers now, right or wrong; look at it before you trust it:\n${lines.join('\n')}\n`;
}

/** `classes cat, lynx within 0.006`, `JSON within 0.001`, `status 400`. */
export function expectationText({ status = 200, tolerance, ...expect }: RecordedInput['expect']): string {
  const within = tolerance === undefined ? '' : tolerance === 0 ? ', exactly' : ` within ${tolerance}`;
  if (expect.classes) return `classes ${expect.classes.map((one) => one.class).join(', ')}${within}`;
  if (expect.tensors) return `outputs ${Object.keys(expect.tensors).join(', ')}${within}`;
  if (expect.text !== undefined) return 'a text, exactly';
  return 'json' in expect ? `JSON${within}` : `status ${status}`;
}
