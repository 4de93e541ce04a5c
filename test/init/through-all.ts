import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type uvu } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';

interface Place {
  root: string;
  /** The folder `m` in it, where a project is made. */
  path: string;
}

/** A suite whose tests get a folder for a project each. */
export function projectSuite(name: string): uvu.Test<Place> {
  const test = suite<Place>(name);
  test.before.each((context) => {
    context.root = mkdtempSync(join(tmpdir(), 'mar-guess-'));
    context.path = join(context.root, 'm');
    mkdirSync(context.path);
  });
  test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));
  return test;
}

export type Files = Readonly<Record<string, string | Buffer>>;

/** Lays files in a directory. */
export function lay(path: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), content);
  }
}

/** The golden case of a project. */
export const goldenOf = (path: string) => JSON.parse(readFileSync(join(path, 'MAR-INF/tests/example.json'), 'utf8'));

/** init --yes, build, validate --run: all of them must go well. Returns what init printed. */
export async function throughAll(root: string, ...flags: string[]): Promise<string> {
  const made = await runMar(['init', 'm', '--yes', ...flags], { cwd: root });
  assert.is(made.code, 0, made.stderr);
  const built = await runMar(['build', 'm'], { cwd: root });
  assert.is(built.code, 0, built.stderr);
  const validated = await runMar(['validate', '--run', 'm.mar'], { cwd: root });
  assert.is(validated.code, 0, validated.stdout);
  return made.stdout;
}

/** Labels, one per line. */
export const lines = (count: number): string => Array.from({ length: count }, (_, at) => `thing ${at}\n`).join('');
