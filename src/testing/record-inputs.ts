import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import { MarError, reasonOf } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import { askWorker } from './ask.js';
import { contentTypeOf } from './content-type.js';
import type { Expectation, GoldenCase } from './golden-case.js';
import { type LocalModelOptions, TIMEOUT_MS, withLocalModel } from './local-model.js';
import { aside } from './record-aside.js';
import { type CaseCandidate, recordCase } from './record-case.js';

/** A golden case that was made of what a model answered. */
export interface RecordedInput {
  /** As it was given. */
  readonly input: string;
  /** The case that was written, in the model directory. */
  readonly path: string;
  readonly expect: Expectation;
  /** False where the same request was answered differently the second time: the case holds only what stays. */
  readonly isStable: boolean;
}

/** Bodies up to which they stand in the case itself: JSON and texts. */
const INLINE = { json: 64 * 1024, text: 4 * 1024 };

/** One input on its way to be a case. */
interface Planned {
  readonly input: string;
  readonly file: string;
  readonly candidate: CaseCandidate;
  /** Of the case, and of the copy of the input beside it where it needs one; relative to the model directory. */
  readonly path: string;
  readonly copy: string | undefined;
}

/** What is packed to be asked, and the directory that it was packed of. */
interface Packed {
  readonly target: string;
  readonly modelPath?: string;
}

/**
 * Packs aside, asks the model each input and writes a golden case of each answer into the model directory, all or none of them:
 * what is not answered with 200 is `ERR_NOT_RECORDED`, a case that is there `ERR_TARGET_EXISTS`. Inputs are relative to `cwd`.
 */
export function recordInputs(
  pack: (exportPath: string) => Promise<Packed>,
  inputs: readonly string[],
  { cwd = process.cwd(), signal }: { readonly cwd?: string; readonly signal?: AbortSignal },
): Promise<RecordedInput[]> {
  return aside(async (exportPath) => {
    const { target, modelPath } = await pack(exportPath);
    if (modelPath === undefined || !(await stat(modelPath)).isDirectory())
      throw new MarError('There is no model directory to write golden cases into.', {
        code: 'ERR_USAGE',
        hint: 'Recording needs --model-path, or a handler in the directory of its model.',
      });
    return recordInto(modelPath, target, inputs, cwd, signal ? { signal } : {});
  });
}

async function recordInto(
  modelDirectory: string,
  archive: string,
  inputs: readonly string[],
  cwd: string,
  options: LocalModelOptions,
): Promise<RecordedInput[]> {
  const planned: Planned[] = [];
  for (const input of inputs) planned.push(await plan(input, resolve(cwd, input), modelDirectory));
  await refuseExisting(planned, modelDirectory);
  const recorded = await withLocalModel(archive, options, async ({ worker }) => {
    const ask = askWorker(worker, TIMEOUT_MS);
    const results: (RecordedInput & { readonly golden: GoldenCase })[] = [];
    for (const { input, candidate, path } of planned) {
      const result = await recordCase(ask, [candidate], options.signal ? { signal: options.signal } : {});
      if ('failure' in result)
        throw new MarError(`${input} is answered with ${result.failure}; nothing was recorded.`, {
          code: 'ERR_NOT_RECORDED',
        });
      const { expect, isStable } = result;
      const description = `Recorded of ${basename(input)}: what the model answered then, looked at by nobody yet`;
      results.push({ input, path, expect, isStable, golden: { description, request: candidate.request, expect } });
    }
    return results;
  });
  await mkdir(join(modelDirectory, GOLDEN_CASES_DIR), { recursive: true });
  for (const { file, copy } of planned) {
    if (copy === undefined) continue;
    await mkdir(dirname(join(modelDirectory, copy)), { recursive: true });
    await copyFile(file, join(modelDirectory, copy));
  }
  for (const { path, golden } of recorded) await writeCase(join(modelDirectory, path), golden);
  return recorded.map(({ golden: _, ...result }) => result);
}

/** Writes a case as people read it, in the place of an earlier one where there is one. */
export async function writeCase(file: string, golden: unknown): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, `${JSON.stringify(golden, null, 2)}\n`);
  await rename(temporary, file);
}

async function plan(input: string, file: string, modelDirectory: string): Promise<Planned> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new MarError(`The input ${input} cannot be read: ${reasonOf(cause)}.`, {
      code: 'ERR_INPUT_UNREADABLE',
      cause,
    });
  });
  const name = basename(input);
  const path = `${GOLDEN_CASES_DIR}/${name.slice(0, name.length - extname(name).length)}.json`;
  const inline = inlineRequest(bytes, name);
  if (inline) return { input, file, candidate: { request: inline, files: new Map() }, path, copy: undefined };
  const cases = join(modelDirectory, GOLDEN_CASES_DIR);
  const there = inside(cases, file);
  // In that folder itself JSON is a case.
  const sent = there ?? (extname(name).toLowerCase() === '.json' ? `inputs/${name}` : name);
  const copy = there === undefined ? `${GOLDEN_CASES_DIR}/${sent}` : undefined;
  return { input, file, candidate: { request: { file: sent }, files: new Map([[sent, bytes]]) }, path, copy };
}

/** The request of a small JSON value or text, which people can read in the case. */
function inlineRequest(bytes: Buffer, name: string): GoldenCase['request'] | undefined {
  const type = contentTypeOf(bytes, name);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) return undefined;
  if (type === 'text/plain' && bytes.length <= INLINE.text) return { text };
  if (type !== 'application/json' || bytes.length > INLINE.json) return undefined;
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

async function refuseExisting(planned: readonly Planned[], modelDirectory: string): Promise<void> {
  const taken = new Map<string, string>();
  for (const { input, path, copy } of planned) {
    for (const target of copy === undefined ? [path] : [path, copy]) {
      const other = taken.get(target);
      const exists = await stat(join(modelDirectory, target)).then(
        () => true,
        () => false,
      );
      if (other === undefined && !exists) {
        taken.set(target, input);
        continue;
      }
      const because = other === undefined ? 'is there already' : `would be made of ${other} too`;
      throw new MarError(`${input} would be recorded as ${target}, which ${because}.`, {
        code: 'ERR_TARGET_EXISTS',
        hint: 'Rename the input; mar test --update DIR renews the cases that are there.',
      });
    }
  }
}
