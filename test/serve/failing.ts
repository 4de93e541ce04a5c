import type { Runner } from '../support/runner.js';

/** Sends a body as text. */
export const TEXT = { headers: { 'content-type': 'text/plain' } };

/** The message of an answer that is an error. */
export async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json()) as { message: string };
  return message;
}

/** The events of this name, once there is one. */
export async function events(runner: Runner, event: string): Promise<Runner['log']> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = runner.log.filter((logged) => logged.event === event);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no event ${event} in ${JSON.stringify(runner.log)}`);
}

/** How many events say it, in their sentence or below it. */
export function tellers(runner: Runner, text: string): string[] {
  return runner.log.filter((event) => JSON.stringify(event).includes(text)).map(({ event }) => event);
}

/** A handler that fails in the way that the request names, and otherwise answers `alive`. */
export const HANDLER = `
function deep() { throw new RangeError('shape mismatch'); }
export const handle = (batch) => {
  const what = String(batch[0].body);
  console.error('working on ' + what);
  if (what === 'throw') deep();
  if (what === 'cause') try { deep(); } catch (cause) { throw new Error('no answer', { cause }); }
  if (what === 'late') { setTimeout(() => deep(), 1); return new Promise(() => {}); }
  if (what === 'exit') process.exit(7);
  if (what === 'undefined') return [undefined];
  if (what === 'cycle') { const cycle = {}; cycle.self = cycle; return [cycle]; }
  return ['alive'];
};`;
