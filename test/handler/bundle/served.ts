import { join } from 'node:path';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { type PackResult, pack } from '#index.js';

/** What a packed handler answers to one request, and the build that made it. */
export interface Served {
  readonly build: PackResult;
  /** The answer as JSON or text; the error of a load that failed. */
  readonly answer: unknown;
}

/** Packs the folder `m` of a directory, asks the handler once, and ends it. */
export async function packAndAsk(cwd: string, handler: string): Promise<Served> {
  const build = await pack({
    modelName: 'noop',
    modelPath: 'm',
    handler,
    cwd,
    archiveFormat: 'no-archive',
    force: true,
  });
  const { handler: reference } = build.manifest.model;
  const worker = await WorkerHandle.start({
    modelName: 'noop',
    modelDir: join(cwd, 'noop'),
    handler: reference,
    runtime: 'nodejs',
    batchSize: 1,
  });
  try {
    const parameters = [{ name: 'body', contentType: 'application/json', value: Buffer.from('{"n": 21}') }];
    const { predictions, message } = await worker.predict([{ id: 'a', headers: [], parameters }]);
    const [first] = predictions;
    const text = String(first?.body);
    if (first?.status !== 200) return { build, answer: message + text };
    return { build, answer: first.contentType === 'application/json' ? JSON.parse(text) : text };
  } finally {
    await worker.stop();
  }
}
