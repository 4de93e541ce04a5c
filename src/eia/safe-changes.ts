import { HANDLER_FACTS, type MigrationTarget } from './handler-facts.js';

/** A Python source with what can be changed without looking at the rest, and the lines where that was. */
export async function safelyChanged(
  text: string,
  to: MigrationTarget,
): Promise<{ readonly text: string; readonly lines: ReadonlySet<number> }> {
  const { codeOnly } = await import('#handler/python/code-lines.js');
  const lines = text.split('\n');
  const changed = new Set<number>();
  const code = codeOnly(text, 'code').split('\n');
  for (const { language, pattern, safe } of HANDLER_FACTS) {
    const replacement = safe?.[to];
    if (language !== 'python' || replacement === undefined) continue;
    for (const [index, line] of code.entries()) {
      // From the end, so that the places before stay where they are; the code alone decides, comments and texts do not.
      for (const match of [...line.matchAll(new RegExp(pattern, 'g'))].reverse()) {
        const own = lines[index] ?? '';
        lines[index] = own.slice(0, match.index) + replacement + own.slice(match.index + match[0].length);
        changed.add(index + 1);
      }
    }
  }
  return { text: lines.join('\n'), lines: changed };
}
