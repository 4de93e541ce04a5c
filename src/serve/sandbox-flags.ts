import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface SandboxPlaces {
  readonly packageRoot: string;
  readonly modelDir: string;
  /** Running from TypeScript sources: the loader reads all over the disk, so only writing and spawning are kept out. */
  readonly fromSource: boolean;
}

/**
 * Node flags that keep a handler from writing files, starting programs and reading anything but the archive and this program.
 * The network stays open, and native modules (ONNX Runtime, sharp) are trusted: Node's permission model knows neither.
 */
export function sandboxFlags({ packageRoot, modelDir, fromSource }: SandboxPlaces): string[] {
  const readable = fromSource ? ['*'] : readableDirectories(packageRoot, modelDir);
  return [
    process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
    ...readable.map((directory) => `--allow-fs-read=${directory}`),
    '--allow-addons',
    // For the thread that resolves imports and the one that watches the parent.
    '--allow-worker',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ];
}

function readableDirectories(packageRoot: string, modelDir: string): string[] {
  const modules = createRequire(join(packageRoot, 'package.json')).resolve.paths('any') ?? [];
  const found = [packageRoot, modelDir, ...modules].filter((directory) => existsSync(directory));
  // Node 20 aborts when it is given the same path twice.
  return [...new Set([...found, ...found.map((path) => realpathSync(path))].map((path) => join(path, '/')))];
}
