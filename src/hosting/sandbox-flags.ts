import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface SandboxPlaces {
  readonly packageRoot: string;
  readonly modelDir: string;
  /** Running from TypeScript sources: their loader wants a thread and reads all over the disk; only writing and spawning are kept out. */
  readonly fromSource: boolean;
}

/**
 * Node flags that keep a handler's JavaScript from writing files, starting programs and reading anything but the archive, this
 * program and the modules of both. No threads: Node forbids a new one nothing. Addons stay allowed for ONNX Runtime and sharp; the
 * worker lets no others in. The network stays open: Node's permission model knows it not.
 */
export function sandboxFlags({ packageRoot, modelDir, fromSource }: SandboxPlaces): string[] {
  const readable = fromSource ? ['*'] : readableDirectories(packageRoot, modelDir);
  return [
    process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
    ...readable.map((directory) => `--allow-fs-read=${directory}`),
    '--allow-addons',
    ...(fromSource ? ['--allow-worker'] : []),
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ];
}

/** The directories that the worker, its modules and the archive lie in. */
export function readableDirectories(packageRoot: string, modelDir: string): string[] {
  const modules = [packageRoot, modelDir].flatMap(
    (directory) => createRequire(join(directory, 'package.json')).resolve.paths('any') ?? [],
  );
  const found = [packageRoot, modelDir, ...modules].filter((directory) => existsSync(directory));
  // Node 20 aborts when it is given the same path twice.
  return [...new Set([...found, ...found.map((path) => realpathSync(path))].map((path) => join(path, '/')))];
}
