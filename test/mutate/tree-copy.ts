import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { killGroup } from '../support/process-group.js';
import { readReport } from '../support/test-report.js';
import { Reach } from './reach.js';

/** `too-slow` proves nothing: the test was stopped before it said anything. */
export type Outcome = 'passed' | 'failed' | 'too-slow';

interface Run {
  readonly outcome: Outcome;
  readonly seconds: number;
}

/** A copy of the working tree to break: every file that git knows or would, beside links to node_modules and dist. */
export class TreeCopy {
  readonly #path = mkdtempSync(join(tmpdir(), 'mar-mutate-'));

  constructor() {
    const listed = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], { encoding: 'utf8' });
    for (const file of listed.split('\0').filter(Boolean)) {
      mkdirSync(dirname(join(this.#path, file)), { recursive: true });
      cpSync(file, join(this.#path, file));
    }
    for (const folder of ['node_modules', 'dist']) symlinkSync(resolve(folder), join(this.#path, folder));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#path, file), text);
  }

  /** Runs a test and says which places of the sources it reaches, too. */
  async explore(test: string, limitSeconds: number): Promise<Run & { reach: Reach }> {
    const coverage = join(this.#path, 'coverage');
    rmSync(coverage, { recursive: true, force: true });
    mkdirSync(coverage);
    const run = await this.run(test, limitSeconds, { NODE_V8_COVERAGE: coverage });
    return { ...run, reach: new Reach(coverage, realpathSync(this.#path)) };
  }

  /** How a test file ends, and how long it took; it is stopped after `limitSeconds`. */
  async run(test: string, limitSeconds: number, more: Readonly<Record<string, string>> = {}): Promise<Run> {
    const begun = performance.now();
    // Kept from run to run: the compiled modules lie there, too.
    const temporary = join(this.#path, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=mar-source', test], {
      cwd: this.#path,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_ENV: 'test', TMPDIR: temporary, ...more },
    });
    const group = child.pid;
    if (group === undefined) throw new Error('no process can be started');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    let stopped = false;
    const guard = setTimeout(() => {
      stopped = true;
      killGroup(group);
    }, limitSeconds * 1000);
    const onExit = (): void => killGroup(group);
    process.once('exit', onExit);
    const closed = new Promise((done) => child.once('close', done));
    const code = await new Promise<number | null>((done) => child.once('exit', done));
    clearTimeout(guard);
    killGroup(group);
    await closed;
    process.off('exit', onExit);
    const { failed, faults } = readReport(output, code);
    const good = code === 0 && failed === 0 && faults.length === 0;
    const outcome = stopped ? 'too-slow' : good ? 'passed' : 'failed';
    return { outcome, seconds: (performance.now() - begun) / 1000 };
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true, maxRetries: 5 });
  }
}
