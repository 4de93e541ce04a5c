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
  const gpus = installedGpus();
  return { gpus: gpus > 0 && hasCudaProvider() ? gpus : 0 };
}

/** GPUs with an NVIDIA driver, whoever uses them: handlers in Python bring their own library. */
export function installedGpus(): number {
  return list(DRIVER_LIST).length;
}

function hasCudaProvider(): boolean {
  const entry = onnxRuntimeFile();
  if (entry === undefined) return false;
  const binaries = join(dirname(entry), '..', 'bin');
  return list(binaries).some((abi) => existsSync(join(binaries, abi, process.platform, process.arch, CUDA_PROVIDER)));
}

/** ONNX Runtime's module; behind the bridge it may lie elsewhere, or nowhere. */
function onnxRuntimeFile(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch {
    const provided: Readonly<Record<string, string>> = JSON.parse(process.env['MAR_PROVIDED'] ?? '{}');
    return provided['onnxruntime-node'];
  }
}

/** The names in a directory; none where it is absent or a sandbox hides it. */
function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
