import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Goal } from './tree/parse-script.js';

/** A script that this reader could not parse. */
export interface Refused {
  readonly path: string;
  readonly text: string;
  readonly goal: Goal;
  /** Where it was found not to be JavaScript, from 1. */
  readonly line: number;
  readonly column: number;
}

/** Only what this module says is run; the texts are compiled, and what is compiled is thrown away. */
const CHECK = `
const { parentPort, workerData } = require('node:worker_threads');
const vm = require('node:vm');
const isTaken = (compile) => {
  try { compile(); return true; } catch (error) { return !(error instanceof SyntaxError); }
};
const given = ['exports', 'require', 'module', '__filename', '__dirname'];
parentPort.postMessage(workerData.map(({ text, goal }) =>
  (goal !== 'module' && isTaken(() => vm.compileFunction(text, given))) ||
  (goal !== 'commonjs' && isTaken(() => new vm.SourceTextModule(text)))));
`;

/**
 * Which of some texts this Node would run, of which another parser says that they are not JavaScript. None of them is run. Where Node does not
 * come to an answer, it is taken to be yes.
 */
export async function takenByNode(refused: readonly Refused[]): Promise<boolean[]> {
  const texts = refused.map(({ text, goal }) => ({ text: text.replace(/^#!.*/, ''), goal }));
  const worker = new Worker(CHECK, {
    eval: true,
    env: {},
    workerData: texts,
    execArgv: ['--experimental-vm-modules', '--no-warnings'],
  });
  const answer = await new Promise<unknown>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(undefined));
    worker.once('exit', () => resolve(undefined));
  });
  await worker.terminate();
  const list: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return refused.map((_one, index) => list[index] !== false);
}

/** Whether this Node would run a text that is given to `eval`; it is compiled only. */
export function isScript(text: string): boolean {
  try {
    return new Script(text) instanceof Script;
  } catch (error) {
    return !(error instanceof SyntaxError);
  }
}
