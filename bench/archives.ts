import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Compression, pack } from '../src/index.js';

const EXAMPLE = 'examples/image-classifier/model';
const MEAN = 127;
const SCALE = 128;

/** Packs a bench handler with files beside it into `store`. */
async function archive(
  store: string,
  name: string,
  handler: string,
  files: readonly string[] = [],
  extra = '',
  compression: Compression = 'auto',
): Promise<string> {
  const folder = join(store, 'sources', name);
  mkdirSync(folder, { recursive: true });
  for (const file of [`bench/handlers/${handler}`, ...files]) {
    try {
      linkSync(file, join(folder, basename(file)));
    } catch {
      copyFileSync(file, join(folder, basename(file)));
    }
  }
  if (extra) writeFileSync(join(folder, 'image.json'), extra);
  const reference = handler.endsWith('.py') ? handler.replace('.py', ':handle') : handler;
  await pack({ modelName: name, modelPath: folder, handler: reference, exportPath: store, force: true, compression });
  return `${name}.mar`;
}

/** The handlers that do nothing: `noop.mar` in TypeScript, `noop-python.mar` in Python. */
export async function noopArchives(store: string): Promise<{ script: string; python: string }> {
  return { script: await archive(store, 'noop', 'noop.ts'), python: await archive(store, 'noop-python', 'noop.py') };
}

/** The handler that works out mean and deviation, in Python. */
export async function numbersArchive(store: string): Promise<string> {
  return archive(store, 'numbers', 'deviation.py');
}

/** A handler that waits at random: the path of its archive. */
export async function waitingArchive(store: string): Promise<string> {
  return join(store, await archive(store, 'waits', 'waits.ts'));
}

/** A handler that gains by batches: the path of its archive. */
export async function batchingArchive(store: string): Promise<string> {
  return join(store, await archive(store, 'batches', 'batches.ts'));
}

/** The same classifier twice: the example in TypeScript, and what a user of the peers writes in Python. */
export async function imageArchives(store: string): Promise<{ script: string; python: string }> {
  await pack({ modelName: 'image', modelPath: EXAMPLE, handler: 'service.ts', exportPath: store, force: true });
  const model = 'efficientnet-lite0-int8.onnx';
  const files = [join(EXAMPLE, model), join(EXAMPLE, 'synset.txt')];
  const settings = JSON.stringify({ model, mean: MEAN, scale: SCALE });
  return { script: 'image.mar', python: await archive(store, 'image-python', 'image.py', files, settings) };
}

/** The no-op and the example as Multi Model Server takes them, the example with its native modules. */
export async function bridgedArchives(store: string): Promise<{ noop: string; image: string }> {
  const folder = join(store, 'sources', 'bridged');
  mkdirSync(folder, { recursive: true });
  copyFileSync('bench/handlers/noop.ts', join(folder, 'noop.ts'));
  const options = { exportPath: store, force: true, target: 'mms' } as const;
  await pack({ ...options, modelName: 'noop', modelPath: folder, handler: 'noop.ts' });
  await pack({ ...options, modelName: 'image', modelPath: EXAMPLE, handler: 'service.ts', vendor: 'linux-x64' });
  return { noop: 'noop.mar', image: 'image.mar' };
}

/** The 240 MB model twice: as we pack it, and deflated in Python as the peers' archivers do. */
export async function largeArchives(store: string, model: string): Promise<{ script: string; python: string }> {
  const labels = join(EXAMPLE, 'synset.txt');
  const settings = JSON.stringify({ model: basename(model), mean: 0, scale: 255 });
  return {
    script: await archive(store, 'large', 'large.ts', [model, labels]),
    python: await archive(store, 'large-python', 'image.py', [model, labels], settings, 'deflate'),
  };
}
