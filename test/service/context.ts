import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Context, type RequestFacts } from '#service/context.js';

/** A context for a model directory with these files, lent for the time of `use`. */
export async function withContext<T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (context: Context, batch: (requests: readonly Partial<RequestFacts>[]) => Context) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'mar-service-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    const model = modelContext(directory);
    const batch = (requests: readonly Partial<RequestFacts>[]): Context =>
      new Context(
        model,
        requests.map((request, index) => ({ id: `r${index}`, headers: [], parameters: [], ...request })),
      );
    return await use(new Context(model), batch);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function modelContext(directory: string) {
  return {
    modelName: 'm',
    manifest: undefined,
    modelDir: directory,
    gpuId: null,
    batchSize: 4,
    device: { model: 'cpu', data: 'cpu', fallback: 'cpu', running: 'cpu', executionProviders: ['cpu'] },
  } as const;
}
