import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Node with no global modules beside it, or a program in its place. */
export function bareNode(path: string, script?: string): string {
  mkdirSync(join(path, 'node/bin'), { recursive: true });
  const program = join(path, 'node/bin/node');
  if (script === undefined) copyFileSync(process.execPath, program);
  else writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}
