import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { WorkerHandle } from '#hosting/worker-handle.js';

/** The error of ours with which this fails; it must. */
export async function failure(work: Promise<unknown>): Promise<MarError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof MarError) return thrown;
  throw new Error(`expected a MarError, got ${String(thrown)}`);
}

/** A worker of handler files that exist only for one test. */
export async function withFiles<T>(
  files: Record<string, string>,
  use: (load: (handler: string) => Promise<WorkerHandle>) => Promise<T>,
): Promise<T> {
  const modelDir = await mkdtemp(join(tmpdir(), 'mar-handle-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(modelDir, name)), { recursive: true });
      await writeFile(join(modelDir, name), text);
    }
    const runtime = Object.keys(files).some((name) => name.endsWith('.py')) ? 'python' : 'nodejs';
    return await use((handler) => WorkerHandle.start({ modelName: 'm', modelDir, handler, runtime, batchSize: 1 }));
  } finally {
    await rm(modelDir, { recursive: true, force: true });
  }
}
