import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { MarError } from '#errors/mar-error.js';
import { ownModule } from '#own-files.js';
import type { ScriptAnalysis } from './script-module.js';

export interface ScriptQuestion {
  readonly id: number;
  readonly text: string;
  readonly path: string;
}

export type ScriptAnswer =
  | { readonly id: number; readonly analysis: ScriptAnalysis }
  | { readonly id: number; readonly fault: string };

/** What one process may take. */
export interface AnalysisLimits {
  /** Of JavaScript's heap. Default 1024: a bundle of 16 MB needs about half of it. */
  readonly memoryMib: number;
  /** For one source. Default a minute: nothing that is honest takes a tenth of it. */
  readonly seconds: number;
}

const LIMITS: AnalysisLimits = { memoryMib: 1024, seconds: 60 };

interface Waiting {
  readonly resolve: (analysis: ScriptAnalysis) => void;
  readonly reject: (error: Error) => void;
}

/**
 * `analyseScript` in a process of its own: loading ts-morph takes a quarter of a second of computing, in which the rest of
 * an archive can be read and hashed. It starts with the first question, or when told, and serves all archives of a run. Nothing of an
 * archive is executed in it.
 */
export class ScriptAnalyst {
  #child: ChildProcess | undefined;
  #asked = 0;
  #closed = false;
  readonly #waiting = new Map<number, Waiting>();
  readonly #limits: AnalysisLimits;

  constructor(limits: AnalysisLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Starts the process before the first question, where one is sure to come. */
  prepare(): void {
    if (!this.#closed) this.#start();
  }

  /** Rejects when the analysis itself breaks down, with `ERR_SCRIPT_ANALYSIS` where it takes too much; source with syntax errors is an answer like any other. */
  analyse(text: string, path: string): Promise<ScriptAnalysis> {
    if (this.#closed) return Promise.reject(new Error('the analyst is closed'));
    const child = this.#start();
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), this.#limits.seconds * 1000);
      limit.unref();
      const answer = (analysis: ScriptAnalysis) => {
        clearTimeout(limit);
        resolve(analysis);
      };
      this.#waiting.set(id, { resolve: answer, reject });
      child.send({ id, text, path } satisfies ScriptQuestion);
    });
  }

  /** Ends the process and waits until it is gone; questions after it are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  #start(): ChildProcess {
    if (this.#child) return this.#child;
    const execArgv = [...process.execArgv, `--max-old-space-size=${this.#limits.memoryMib}`];
    const child = fork(ownModule('handler/script-process'), {
      execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer: ScriptAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('analysis' in answer) waiting?.resolve(answer.analysis);
      else waiting?.reject(new Error(answer.fault));
    });
    const fail = (error: Error) => {
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
      this.#child = undefined;
    };
    child.once('error', fail);
    child.once('exit', () => fail(tooMuch(this.#limits)));
    this.#child = child;
    return child;
  }
}

function tooMuch({ seconds, memoryMib }: AnalysisLimits): MarError {
  return new MarError(`the handler could not be analysed in ${seconds} s and ${memoryMib} MiB`, {
    code: 'ERR_SCRIPT_ANALYSIS',
    hint: 'a handler of this size or shape is not one that a compiler wrote: build it with `mar build`',
  });
}
