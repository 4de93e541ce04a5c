import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { adviceOnDeath } from './death-advice.js';
import { LineReader } from './line-reader.js';
import { StderrTail } from './stderr-tail.js';
import type { WorkerEnd, WorkerLine } from './worker.js';

/** How long output may still arrive after the exit; only a surviving grandchild keeps the pipes open that long. */
const OUTPUT_GRACE_MS = 200;
const PAGE_BYTES = 4096;

/** The operating system's side of a worker: its output, its end, its memory. */
export class WorkerProcess {
  readonly child: ChildProcess;
  /** Settles when the process is gone and its output is read. */
  readonly exited: Promise<WorkerEnd>;
  readonly #stderr: StderrTail;
  readonly #isContained: boolean;
  #ended = false;
  /** Why we ended it; undefined while nobody did. */
  #cause: Pick<WorkerEnd, 'reason' | 'expected' | 'hint'> | undefined;

  /** `isContained`: `child` is the command that makes the namespaces, and the worker its only child. */
  constructor(child: ChildProcess, onLine: (line: WorkerLine) => void, isContained: boolean) {
    this.child = child;
    this.#isContained = isContained;
    this.#stderr = new StderrTail((text) => onLine({ stream: 'stderr', text }));
    this.#read('stdout', (text) => onLine({ stream: 'stdout', text }));
    this.#read('stderr', (text) => this.#stderr.push(text));
    this.exited = this.#watch();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Forgets what stderr said so far: it belongs to a batch that is answered, perhaps another client's. */
  forgetOutput(): void {
    this.#stderr.forget();
  }

  /** Says beforehand that the process will end, and why; the first cause stays. */
  expect(reason: string): void {
    this.#cause ??= { reason, expected: true, hint: undefined };
  }

  /** Ends the process and what it started, at once; `reason` and `hint` are for the report. */
  kill(reason: string, expected: boolean, hint?: string): void {
    this.#cause ??= { reason, expected, hint };
    this.#signalGroup();
  }

  /** Resident memory in bytes; 0 when unknown or not on Linux. */
  async memory(): Promise<number> {
    const pid = this.#isContained ? await onlyChild(this.pid) : this.pid;
    const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
    return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
  }

  #read(stream: WorkerLine['stream'], onLine: (text: string) => void): void {
    const lines = new LineReader(onLine);
    this.child[stream]?.on('data', (chunk: Buffer) => lines.push(chunk)).on('end', () => lines.end());
  }

  #watch(): Promise<WorkerEnd> {
    const { child } = this;
    return new Promise((resolve) => {
      const settle = (code: number | null, signal: string | null, reason: string): void => {
        // Whatever the worker forked goes with it.
        this.#signalGroup();
        this.#ended = true;
        const done = () => {
          clearTimeout(timer);
          // A daemon that the handler left may hold the other ends for ever. After a failed spawn there is no list, whatever its type.
          for (const stream of child.stdio ?? []) stream?.destroy();
          const output = this.#stderr.end(this.#cause?.expected ?? false);
          const hint = adviceOnDeath(code, signal, output.stderr);
          resolve({ code, signal, ...(this.#cause ?? { reason, expected: false, hint }), ...output });
        };
        const timer = setTimeout(done, OUTPUT_GRACE_MS);
        if (child.stdout?.readableEnded !== false && child.stderr?.readableEnded !== false) done();
        else child.once('close', done);
      };
      child.once('error', (error) => {
        if (child.pid === undefined) settle(null, null, `could not be started: ${error.message}`);
      });
      child.once('exit', (code, signal) => {
        settle(code, signal, signal === null ? `exited with code ${code}` : `was killed by ${signal}`);
      });
    });
  }

  #signalGroup(): void {
    // After the end its number may belong to somebody else.
    if (this.child.pid === undefined || this.#ended) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }
}

/** As the system lists it; 0 where it has none, or lists none. */
async function onlyChild(pid: number): Promise<number> {
  return Number.parseInt(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''), 10) || 0;
}
