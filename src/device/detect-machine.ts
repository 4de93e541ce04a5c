import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Machine } from './resolve-device.js';

/** Where the NVIDIA driver lists its GPUs on Linux. */
const DRIVER_LIST = '/proc/driver/nvidia/gpus';
/** ONNX Runtime's CUDA provider: its package downloads it on installation, unless told not to. */
const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';

/** What this machine offers ONNX Runtime besides the cpu: GPUs count only where the CUDA provider is installed too. */
export function detectMachine(): Machine {
  return { gpus: hasCudaProvider() ? installedGpus() : 0 };
}

/** GPUs with an NVIDIA driver, whoever uses them: handlers in Python bring their own library. */
export function installedGpus(): number {
  return list(DRIVER_LIST).length;
}

function hasCudaProvider(): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const binaries = join(dirname(entry), '..', 'bin');
  return list(binaries).some((abi) => existsSync(join(binaries, abi, process.platform, process.arch, CUDA_PROVIDER)));
}

/** The names in a directory; none where it is absent or a sandbox hides it. */
function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
