import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Finding, TARGETS, type Target } from '#check/finding.js';
import { MarError } from '#errors/mar-error.js';
import { readReference, resolveReference } from '#handler/resolve.js';
import { validate } from '#index.js';
import { entryPoint } from '#worker/entry-point.js';
import { findHandlerFile } from '#worker/handler-file.js';
import { type Files, manifest, zip } from '../check/sample-archives.js';
import { withContext } from '../service/context.js';
import { missingCommand } from '../support/commands.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { testUnless } from '../support/test-unless.js';
import { ENTRY_CASES, FILE_CASES, type PythonCase, spelledOut } from './python-cases.js';
import { SCRIPT_EXPORTS, SCRIPT_FILES } from './script-cases.js';

const PYTHON = Object.entries({ ...FILE_CASES, ...ENTRY_CASES }).map(
  ([name, found]) => [name, spelledOut(found)] as const,
);
const SCRIPTS = Object.entries({ ...SCRIPT_FILES, ...SCRIPT_EXPORTS });

/** Lays each case into a folder of its own. */
async function withCases<C extends { readonly files: Readonly<Record<string, string>> }>(
  cases: readonly (readonly [string, C])[],
  use: (folders: readonly (readonly [name: string, found: C, folder: Folder])[]) => Promise<void> | void,
): Promise<void> {
  const folders = cases.map(([name, found]) => [name, found, layFolder(found.files)] as const);
  try {
    await use(folders);
  } finally {
    for (const [, , folder] of folders) folder.remove();
  }
}

/** Names of the archives that the validator passes, by its rules on finding the handler and its entry point. */
async function passed(archives: readonly (readonly [string, Files])[], target: Target): Promise<string[]> {
  const files = archives.map(([, content], index) => [`${index}.mar`, zip(content)] as const);
  const folder = layFolder(Object.fromEntries(files));
  try {
    const paths = files.map(([name]) => join(folder.path, name));
    const { archives: reports } = await validate(paths, { target: [target] });
    const decides = ({ rule, severity }: Finding) => severity === 'error' && /^MAR30[145]$/.test(rule);
    return archives.flatMap(([name], index) => (reports[index]?.findings.some(decides) === false ? [name] : []));
  } finally {
    folder.remove();
  }
}

const fileOf = ({ calls, finds }: PythonCase): string | undefined => finds ?? calls?.split(' ')[0];

test('a Python reference means the file that the servers import', () => {
  for (const [name, found] of PYTHON) {
    const reference = readReference(found.handler, 'python');
    const isFile = (path: string) => path in found.files;
    assert.is(resolveReference(reference, isFile), fileOf(found), name);
    const there = reference.onServers.find(isFile);
    const differs = found.except !== undefined && name in FILE_CASES;
    assert.is(there, differs ? undefined : fileOf(found), `${name}, on the servers`);
  }
});

testUnless(missingCommand('python3'), test, 'our Python worker calls what the table says', () =>
  withCases(PYTHON, (folders) => {
    const script = fileURLToPath(new URL('load-case.py', import.meta.url));
    const worker = fileURLToPath(new URL('../../src/worker/python', import.meta.url));
    const input = JSON.stringify(folders.map(([, { handler }, { path }]) => [path, handler]));
    const { stdout, stderr, status } = spawnSync('python3', ['-B', script, worker], { input, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    const answers: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(
      folders.map(([name], index) => [name, answers[index] ?? undefined]),
      folders.map(([name, { calls }]) => [name, calls]),
    );
  }),
);

test('the validator passes the Python handlers that load, for each server', async () => {
  const archives = PYTHON.map(
    ([name, { files, handler }]) => [name, { ...files, 'MAR-INF/MANIFEST.json': manifest({ handler }) }] as const,
  );
  for (const target of TARGETS) {
    const server = target === 'sagemaker' ? 'mms' : target;
    const loads = ({ calls, except = {} }: PythonCase) => calls !== undefined && !(server in except);
    assert.equal(
      await passed(archives, target),
      PYTHON.flatMap(([name, found]) => (loads(found) ? [name] : [])),
      target,
    );
  }
});

test('a worker finds the script and calls the export that the table says', () =>
  withCases(SCRIPTS, async (folders) => {
    for (const [name, { handler, answers }, folder] of folders) {
      assert.is(await answerOf(folder.path, handler), answers, name);
    }
  }));

test('the validator passes the scripts that load', async () => {
  const archives = SCRIPTS.map(([name, { files, handler }]) => {
    return [name, { ...files, 'MAR-INF/MANIFEST.json': manifest({ handler }, { runtime: 'nodejs' }) }] as const;
  });
  assert.equal(
    await passed(archives, 'local'),
    SCRIPTS.flatMap(([name, { answers }]) => (answers === undefined ? [] : [name])),
  );
});

async function answerOf(folder: string, handler: string): Promise<unknown> {
  try {
    const { path, entryPoint: name } = findHandlerFile(folder, handler);
    const service = entryPoint(await import(pathToFileURL(path).href), name, handler);
    return await withContext({}, async (context) => (await service.handle([{}], context))[0]);
  } catch (error) {
    if (error instanceof MarError) return undefined;
    throw error;
  }
}

test.run();
