const HINT = 'hint: ';

/** What our own workers say of a failure: one sentence, the lines below it, and what to do. */
export interface FailureMessage {
  readonly sentence: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Takes a worker's message apart: the first line, a line `hint: …` where there is one, the rest. */
export function readFailure(message: string): FailureMessage {
  const [sentence = '', ...rest] = message.split('\n');
  const hint = rest.find((line) => line.startsWith(HINT))?.slice(HINT.length);
  const detail = rest.filter((line) => line.trim() && !line.startsWith(HINT)).join('\n');
  return { sentence, ...(detail && { detail }), ...(hint !== undefined && { hint }) };
}

/** The lines of a worker's standard error, for a detail. */
export function quoteOutput(lines: readonly string[]): string[] {
  const spoken = lines.filter((line) => line.trim());
  return spoken.length === 0 ? [] : ['its last output:', ...spoken.map((line) => `    ${line}`)];
}
