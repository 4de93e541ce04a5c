import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary directory with files, for one test. */
export interface Folder {
  readonly path: string;
  /** Adds or replaces files; a path that ends in a slash is an empty directory. */
  write(files: Readonly<Record<string, string | Buffer>>): void;
  remove(): void;
}

/** Lays files in a new temporary directory. */
export function layFolder(files: Readonly<Record<string, string | Buffer>> = {}): Folder {
  const path = mkdtempSync(join(tmpdir(), 'mar-test-'));
  const write = (more: Readonly<Record<string, string | Buffer>>): void => {
    for (const [name, content] of Object.entries(more)) {
      const file = join(path, name);
      mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true });
      if (!name.endsWith('/')) writeFileSync(file, content);
      if (name.endsWith('.sh')) chmodSync(file, 0o755);
    }
  };
  write(files);
  return { path, write, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a test with a folder that disappears afterwards. */
export function inFolder(
  files: Readonly<Record<string, string | Buffer>>,
  run: (folder: Folder) => Promise<void> | void,
): () => Promise<void> {
  return async () => {
    const folder = layFolder(files);
    try {
      await run(folder);
    } finally {
      folder.remove();
    }
  };
}
