import { join } from 'node:path';
import { extract, inspect, serve, validate } from '#index.js';

/** What the phases say about the archives of a directory. */
export interface Uses {
  /** Archives that validating the directory found, and whether all passed. */
  readonly validated: readonly string[];
  readonly passed: boolean;
  /** By file name: the format that `inspect` tells, and the folder, relative, that `extract` chose. */
  readonly inspected: Readonly<Record<string, string>>;
  readonly extracted: Readonly<Record<string, string>>;
  /** Models that a server with this directory as its model store serves, and what they answer. */
  readonly served: Readonly<Record<string, string>>;
}

/** Has a directory of archives validated, inspected, extracted (into `target`) and served as a model store. */
export async function useArchives(store: string, names: readonly string[], target: string): Promise<Uses> {
  const { archives, passed } = await validate([store]);
  const inspected: Record<string, string> = {};
  const extracted: Record<string, string> = {};
  for (const name of names) {
    const path = join(store, name);
    inspected[name] = (await inspect(path)).format;
    extracted[name] = (await extract(path, undefined, { cwd: target })).directory.slice(target.length + 1);
  }
  const anyPort = 'http://127.0.0.1:0';
  const server = await serve({
    models: ['ALL'],
    modelStore: store,
    workers: 1,
    inferenceAddress: anyPort,
    managementAddress: anyPort,
  });
  try {
    await server.ready;
    const listed: unknown = await (await fetch(`${server.managementUrl}/models?limit=100`)).json();
    const served: Record<string, string> = {};
    for (const name of modelNames(listed)) {
      served[name] = await (await fetch(`${server.inferenceUrl}/predictions/${name}`, { method: 'POST' })).text();
    }
    const validated = archives.map(({ path }) => path.slice(store.length + 1));
    return { validated, passed, inspected, extracted, served };
  } finally {
    await server.close();
  }
}

function modelNames(listed: unknown): string[] {
  const { models } = listed as { models: { modelName: string }[] };
  return models.map(({ modelName }) => modelName).sort();
}
