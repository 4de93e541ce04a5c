import { printableJson } from '#printable.js';

/** Any result as the text of `--json`: indented by two, with a newline at the end. */
export function jsonReport(result: unknown): string {
  return `${printableJson(JSON.stringify(result, null, 2))}\n`;
}
