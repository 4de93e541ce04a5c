import { createRequire } from 'node:module';
import { MarError } from '#errors/mar-error.js';

/** True in a worker that runs under Node's permission model. */
export function isSandboxed(): boolean {
  return process.permission !== undefined;
}

/** False where the sandbox forbids threads: the permission model does not hold in them. */
export function mayStartThreads(): boolean {
  return process.permission?.has('worker') ?? true;
}

/** The provided modules by name: URLs that `import` takes, and paths that `require` does. */
export interface ProvidedFiles {
  readonly imported: Readonly<Record<string, string>>;
  readonly required: Readonly<Record<string, string>>;
}

/**
 * Loads the modules that the runner provides, native libraries among them, and then lets no other native code in, which nothing would hold back; to be
 * called before the first line of a handler runs.
 */
export async function sealNativeCode(provided: ProvidedFiles): Promise<void> {
  await Promise.allSettled(Object.values(provided.imported).map((url) => import(url)));
  // What `require` takes may be other files, which load the same library once more.
  const own = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(provided.required)) if (name !== 'model-archiver/service') own(file);
  Object.defineProperty(process, 'dlopen', { value: refuseNativeCode, writable: false, configurable: false });
}

function refuseNativeCode(_module: unknown, file: unknown): never {
  throw new MarError(`A sandboxed handler cannot load native code: ${String(file)}`, { code: 'ERR_SANDBOX' });
}
