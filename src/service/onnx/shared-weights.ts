import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '#errors/mar-error.js';

/** Below it a copy is not worth its file: bytes. */
const SMALLEST = 4 * 2 ** 20;
/** Weights of so many bytes lie in the file beside the model. */
const SMALLEST_WEIGHT = 1024;
const LOOK_MS = 20;

/** Where ONNX Runtime writes the model that it has rewritten. */
export interface Rewriting {
  readonly optimizedModelFilePath: string;
  readonly logSeverityLevel: 3;
  readonly extra: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>> | string>>>>;
}

/**
 * A copy of the model as ONNX Runtime rewrites it for this machine's cpu, its weights in a file beside it, which ONNX Runtime maps: workers of
 * one server share them, and none holds the original besides. The first worker makes it in the directory that the server names
 * (MAR_SHARED_WEIGHTS), the others wait for it. It is run without rewriting, and answers to the last bit as the model. Undefined where the server wants
 * none, the model is small, or it cannot be made.
 */
export async function sharedModel(
  path: string,
  rewrite: (options: Rewriting) => Promise<void>,
): Promise<string | undefined> {
  const directory = process.env['MAR_SHARED_WEIGHTS'];
  if (directory === undefined) return undefined;
  const { size, mtimeMs } = await stat(path);
  if (size < SMALLEST) return undefined;
  const key = createHash('sha256').update(`${path}\0${size}\0${mtimeMs}`).digest('hex').slice(0, 16);
  const made = join(directory, key);
  const copy = join(made, 'model.onnx');
  const lock = `${made}.maker`;
  try {
    await mkdir(directory, { recursive: true });
    while (!existsSync(copy)) {
      if (await take(lock, directory)) await make(made, rewrite).finally(() => rm(lock, { force: true }));
      else if (await isGone(lock)) return undefined;
      else await wait(LOOK_MS);
    }
    return copy;
  } catch (error) {
    process.stderr.write(`The weights of ${path} are not shared between workers: ${messageOf(error)}.\n`);
    return undefined;
  }
}

/** Appears under its name only when it is whole. */
async function make(made: string, rewrite: (options: Rewriting) => Promise<void>): Promise<void> {
  const unfinished = `${made}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  try {
    const session = {
      optimized_model_external_initializers_file_name: 'weights.bin',
      optimized_model_external_initializers_min_size_in_bytes: String(SMALLEST_WEIGHT),
    };
    // Of the severities the third is errors: that the copy is for this machine alone would be a warning.
    await rewrite({ optimizedModelFilePath: join(unfinished, 'model.onnx'), logSeverityLevel: 3, extra: { session } });
    await rename(unfinished, made);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Whether this process is the one that makes the copy. The lock holds its number from the first moment on. */
async function take(lock: string, directory: string): Promise<boolean> {
  const own = join(directory, `${process.pid}.pid`);
  await writeFile(own, String(process.pid));
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Whether the process that was to make it has ended in the middle of it. */
async function isGone(lock: string): Promise<boolean> {
  const maker = Number(await readFile(lock, 'utf8').catch(() => process.pid));
  try {
    process.kill(maker, 0);
    return false;
  } catch {
    return existsSync(lock);
  }
}
