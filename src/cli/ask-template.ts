import { TEMPLATE_SUMMARIES, type Template } from '#index.js';
import type { Io } from './command.js';

/** Asks on the terminal which template to take, by number or name, until the answer is one. */
export async function askTemplate(templates: readonly Template[], io: Io): Promise<Template> {
  const lines = templates.map((name, index) => `  ${index + 1}  ${name.padEnd(18)} ${TEMPLATE_SUMMARIES[name]}\n`);
  io.stderr.write(`There is no model in the directory. What will the archive hold?\n${lines.join('')}`);
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    for (;;) {
      const answer = (await terminal.question('template: ', { signal: io.signal })).trim();
      const chosen = templates.find((name, index) => name === answer || String(index + 1) === answer);
      if (chosen) return chosen;
    }
  } finally {
    terminal.close();
  }
}
