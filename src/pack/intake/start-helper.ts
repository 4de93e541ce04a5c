import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FROM_SOURCE, ownModule } from '#own-files.js';
import type { Compression } from '../options.js';
import type { FoundFile } from '../source-file.js';
import type { Batch } from './batch.js';

/** What the helper is told. */
export interface HelperTask {
  readonly files: readonly FoundFile[];
  readonly policy: Compression;
  /** Of `Share`. */
  readonly cells: Int32Array;
}

/** A batch that the helper has read. */
export interface HelperMessage {
  readonly number: number;
  readonly batch: Batch;
}

/** A second thread that takes batches of the same files. */
export interface Helper {
  /** Settles when the thread has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  /** Ends the thread. */
  stop(): Promise<void>;
}

/** Starts the helper. What it does not get done, because it met an unreadable file for example, is left to its caller. */
export function startHelper(task: HelperTask, onBatch: (message: HelperMessage) => void): Helper {
  const module = ownModule('pack/intake/helper-thread');
  const thread = FROM_SOURCE
    ? new Worker(typescriptThread(module), { workerData: task, eval: true })
    : new Worker(module, { workerData: task });
  thread.on('message', onBatch);
  return {
    ended: once(thread, 'exit').catch(() => {}),
    stop: async () => void (await thread.terminate()),
  };
}

/** In a checkout the thread has to be taught TypeScript first: Node 20 does not hand the main thread's loader on. */
function typescriptThread(module: string): string {
  const url = JSON.stringify(pathToFileURL(module).href);
  return `import('tsx/esm/api').then(({ register }) => register()).then(() => import(${url}))`;
}
