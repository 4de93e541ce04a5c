import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ScriptAnalyst } from '#handler/script-analyst.js';
import type { ArchiveRunner } from './facts/run.js';
import type { ValidationReport } from './finding.js';
import type { ValidateOptions } from './options.js';

export type { ArchiveRunner } from './facts/run.js';

/** How many of the paths are looked at before the rest of the validator is loaded, and how many bytes of their ends. */
const PEEKED_PATHS = 8;
const PEEKED_BYTES = 16 * 1024;

/** The name of a script in the directory at the end of a zip, and not of a .json. */
const SCRIPT_NAME = /\.[cm]?[jt]s(?![a-z])/;

/**
 * Validates archives and model directories without executing anything of them (unless `run` is given, with `runner`).
 * A path that cannot be checked is a failure in the report; only wrong options and an abort throw.
 *
 * The process that reads scripts takes as long to start as this one to load its rules, and is started before them where an archive
 * seems to hold a script. That is a guess, which no verdict depends on: the process starts later where it was wrong.
 */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions = {},
  runner?: ArchiveRunner,
): Promise<ValidationReport> {
  const analyst = new ScriptAnalyst();
  try {
    if (await seemToHoldScripts(options.cwd ?? process.cwd(), paths)) analyst.prepare();
    const { validateArchives } = await import('./validate-archives.js');
    return await validateArchives(paths, options, analyst, runner);
  } finally {
    await analyst.close();
  }
}

async function seemToHoldScripts(cwd: string, paths: readonly string[]): Promise<boolean> {
  const ends = await Promise.all(paths.slice(0, PEEKED_PATHS).map((path) => endOf(resolve(cwd, path)).catch(() => '')));
  return ends.some((end) => SCRIPT_NAME.test(end));
}

/** The last bytes of a file as text, a character each; `''` of everything else. */
async function endOf(path: string): Promise<string> {
  const found = await stat(path);
  // To open a pipe would wait for whoever writes to it.
  if (!found.isFile()) return '';
  const length = Math.min(found.size, PEEKED_BYTES);
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, found.size - length);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
