import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { MarError } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { FROM_SOURCE, ownModule, PACKAGE_ROOT } from '#own-files.js';
import { VERSION } from '#version.js';
import type { Target, TargetFacts } from './target.js';

/** How our runner is started for a measurement. */
export interface RunnerOptions {
  /** Default 1. */
  readonly workers?: number;
  /** Threads of each worker, its OMP_NUM_THREADS; default 1. */
  readonly threads?: number;
  /** Default 1. */
  readonly batchSize?: number;
  /** Milliseconds that the first request of a batch waits for others; default 100. */
  readonly maxBatchDelay?: number;
  readonly python?: string;
  readonly installRequirements?: boolean;
  /** False: the server does not say how it spent the time of each answer, which costs it a header. */
  readonly split?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What the runner has to end by itself, in milliseconds. */
const STOP_MS = 15_000;
/** Lines of its log that are kept for an error. */
const LAST_LINES = 20;

/** Serves an archive by our runner, in a process of its own on a free port, with workers that have loaded. */
export async function startRunner(archive: string, modelName: string, options: RunnerOptions): Promise<Target> {
  const { workers = 1, threads = 1, batchSize = 1, maxBatchDelay = 100 } = options;
  const path = resolve(archive);
  const runner = new RunnerProcess(dirname(path), { ...options, threads });
  try {
    const { inferenceUrl, managementUrl } = await runner.addresses(options.signal);
    const query = new URLSearchParams({
      url: basename(path),
      initial_workers: String(workers),
      batch_size: String(batchSize),
      max_batch_delay: String(maxBatchDelay),
      synchronous: 'true',
    });
    await runner.ask(`${managementUrl}/models?${query}`, 'POST', options.signal);
    const name = encodeURIComponent(modelName);
    const described = await runner.ask(`${managementUrl}/models/${name}`, 'GET', options.signal);
    const url = `${inferenceUrl}/predictions/${name}`;
    const facts: TargetFacts = {
      ...{ kind: 'archive', source: archive, url, modelName, server: `mar serve-local ${VERSION}` },
      ...{ workers, threads, batchSize, maxBatchDelay, ...deviceOf(described) },
    };
    const { pid, gone } = runner;
    return { url: new URL(url), facts, pid, gone, stop: () => runner.stop() };
  } catch (error) {
    await runner.stop();
    options.signal?.throwIfAborted();
    throw error;
  }
}

function deviceOf(described: unknown): Pick<TargetFacts, 'device'> {
  const device = isObject(described) ? described['device'] : undefined;
  if (!isObject(device) || typeof device['running'] !== 'string') return {};
  const providers: unknown = device['executionProviders'];
  return {
    device: { running: device['running'], executionProviders: Array.isArray(providers) ? providers.map(String) : [] },
  };
}

class RunnerProcess {
  readonly gone: Promise<string>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #stopping = false;

  constructor(modelStore: string, { threads, python, installRequirements, split, env = process.env }: RunnerOptions) {
    const flags = [
      ...['--until-stdin-ends', '--json', '--log-level', 'warn', '--port', '0', '--model-store', modelStore],
      ...['--threads', String(threads)],
      ...(python === undefined ? [] : ['--python', python]),
      ...(installRequirements ? ['--install-requirements'] : []),
      ...(split === false ? [] : ['--server-timing']),
    ];
    const program = [...(FROM_SOURCE ? process.execArgv : []), ownModule('bin/mar'), 'serve-local', ...flags];
    // Where this package lies there is no config.properties that would have a say.
    const { MMS_CONFIG_FILE: _, ...rest } = env;
    this.#child = spawn(process.execPath, program, {
      cwd: PACKAGE_ROOT,
      env: rest,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const { stderr, stdin } = this.#child;
    // A runner that has ended takes no more of it.
    stdin?.on('error', () => {});
    if (stderr) {
      createInterface({ input: stderr }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LAST_LINES) this.#lines.shift();
      });
    }
    this.gone = new Promise((tell) => {
      const ended = (code: number | null, signal: string | null): void => {
        if (!this.#stopping) tell(`the runner ended by itself (${signal ?? `exit code ${code}`})`);
      };
      this.#child.once('exit', ended).once('error', (error) => tell(`the runner did not start: ${error.message}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Where it listens, once it does. */
  async addresses(signal?: AbortSignal): Promise<{ inferenceUrl: string; managementUrl: string }> {
    const { stdout } = this.#child;
    const line = stdout ? once(createInterface({ input: stdout }), 'line').then(([text]) => String(text)) : undefined;
    const said = await Promise.race([line, this.gone.then(() => undefined), ...(signal ? [aborted(signal)] : [])]);
    const urls: unknown = said === undefined ? undefined : JSON.parse(said);
    if (isObject(urls))
      return { inferenceUrl: String(urls['inferenceUrl']), managementUrl: String(urls['managementUrl']) };
    throw this.#failure(`The runner for the measurement did not start: ${await this.gone}.`);
  }

  /** Asks its management API; what it refuses is an error with its words. */
  async ask(url: string, method: string, signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(url, { method, ...(signal && { signal }) });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const message = isObject(answer) ? String(answer['message']) : `status ${response.status}`;
    const [sentence = '', ...detail] = message.split('\n');
    throw this.#failure(`The model cannot be served for the measurement: ${sentence.replace(/\.$/, '')}.`, detail);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const { exitCode, signalCode, pid, stdin } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    stdin?.end();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  }

  #failure(message: string, detail: readonly string[] = this.#lines): MarError {
    return new MarError(message, {
      code: 'ERR_BENCH_TARGET',
      ...(detail.length > 0 && { detail: detail.join('\n') }),
    });
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  throw signal.reason;
}
