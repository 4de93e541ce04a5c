import { resolve } from 'node:path';
import { packSource } from '#index.js';
import type { Io } from '../command.js';

/**
 * The archive of a source directory (one with a configuration of builds or a handler, and no manifest), packed into the user's cache and said on
 * standard error; everything else as it was given.
 */
export async function packedIfSource(source: string, io: Io): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return source;
  const packed = await packSource(resolve(io.cwd, source), { env: io.env, signal: io.signal });
  if (!packed) return source;
  io.stderr.write(`packed ${source} into ${packed.target}\n`);
  for (const { message } of packed.warnings) io.stderr.write(`warning: ${message}\n`);
  return packed.target;
}

/** The same for a list of sources, each perhaps with a name before it (`name=SOURCE`). */
export function packedIfSources(items: readonly string[], io: Io): Promise<string[]> {
  return Promise.all(
    items.map(async (item) => {
      const [, name = '', source = item] = /^([^=/]+=)(.*)$/s.exec(item) ?? [];
      return `${name}${await packedIfSource(source, io)}`;
    }),
  );
}
