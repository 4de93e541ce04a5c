import { MarError } from '#errors/mar-error.js';
import type { Question } from '#index.js';
import type { Io } from './command.js';

/**
 * Asks on the terminal, by number or name where there are choices, until the answer is one; Enter takes the default. Ctrl-C
 * interrupts the program as anywhere, Ctrl-D throws `ERR_CANCELLED`.
 */
export async function ask(question: Question, io: Io): Promise<string> {
  const choices = Object.entries(question.choices ?? {});
  const width = Math.max(0, ...choices.map(([name]) => name.length));
  const lines = choices.map(([name, meaning], index) => `  ${index + 1}  ${name.padEnd(width)}  ${meaning}\n`);
  io.stderr.write(`${question.text}\n${lines.join('')}`);
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  // A terminal that reads lines does not send the signal itself.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // A question whose input ends is never answered, and not refused either.
  const ended = new Promise<never>((_, reject) => {
    terminal.once('close', () => reject(new MarError('Cancelled; nothing was written.', { code: 'ERR_CANCELLED' })));
  });
  try {
    for (;;) {
      const prompt = `${question.about} (Enter: ${question.otherwise}): `;
      const answer = (await Promise.race([terminal.question(prompt, { signal: io.signal }), ended])).trim();
      if (answer === '' || choices.length === 0) return answer;
      const chosen = choices.find(([name], index) => name === answer || String(index + 1) === answer);
      if (chosen) return chosen[0];
    }
  } catch (error) {
    io.stderr.write('\n');
    io.signal.throwIfAborted();
    throw error;
  } finally {
    ended.catch(() => {});
    terminal.close();
  }
}
