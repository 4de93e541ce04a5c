import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { peerPython } from '../test/support/peers.js';
import { sharedPath } from '../test/support/shared.js';

/**
 * The 240 MB ResNet-152: `MAR_BENCH_RESNET` when it is set, else made once with ../shared/model/make/resnet152.py into the
 * cache directory, which needs a Python with `onnx` and `numpy`.
 */
export async function largeModel(): Promise<string> {
  const given = process.env['MAR_BENCH_RESNET'];
  if (given !== undefined) return given;
  const folder = cacheFolder();
  const file = join(folder, 'model/resnet-152.onnx');
  if (existsSync(file)) return file;
  mkdirSync(join(folder, 'model'), { recursive: true });
  const python = peerPython('mms') ?? 'python3';
  const made = spawnSync(python, [sharedPath('model/make/resnet152.py')], { cwd: folder, encoding: 'utf8' });
  if (made.status !== 0)
    throw new Error(`the model could not be made; ${python} needs onnx and numpy:\n${made.stderr}`);
  return file;
}

/** Where models that take long to make are kept. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'model-archiver-bench');
}
