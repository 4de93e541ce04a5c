import { MarError } from '#errors/mar-error.js';

/** True in a worker that runs under Node's permission model. */
export function isSandboxed(): boolean {
  return process.permission !== undefined;
}

/** False where the sandbox forbids threads: the permission model does not hold in them. */
export function mayStartThreads(): boolean {
  return process.permission?.has('worker') ?? true;
}

/**
 * Loads the modules that the runner provides, native libraries among them, and then lets no other native code in, which nothing would hold back; to be
 * called before the first line of a handler runs.
 */
export async function sealNativeCode(provided: Readonly<Record<string, string>>): Promise<void> {
  await Promise.allSettled(Object.values(provided).map((url) => import(url)));
  Object.defineProperty(process, 'dlopen', { value: refuseNativeCode, writable: false, configurable: false });
}

function refuseNativeCode(_module: unknown, file: unknown): never {
  throw new MarError(`A sandboxed handler cannot load native code: ${String(file)}`, { code: 'ERR_SANDBOX' });
}
