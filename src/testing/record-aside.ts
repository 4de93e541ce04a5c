import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '#errors/mar-error.js';
import { askWorker } from './ask.js';
import { withLocalModel } from './local-model.js';
import { type CaseCandidate, type NoCase, type RecordedCase, type RecordOptions, recordCase } from './record-case.js';

/** Packs into the directory that it is given; undefined where there is nothing to build with. */
export type PackAside<T extends { readonly target: string } = { readonly target: string }> = (
  exportPath: string,
) => Promise<T | undefined>;

/** How long a model may take for a made-up input. */
const ANSWER_MS = 60_000;

/** Lends a temporary directory, which goes afterwards. */
export async function aside<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'mar-aside-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Packs aside and asks the model one candidate after the other; what keeps it from answering is the reason why there is no case. */
export async function recordAside(
  pack: PackAside,
  candidates: Iterable<CaseCandidate>,
  options: RecordOptions = {},
): Promise<RecordedCase | NoCase> {
  const { signal } = options;
  try {
    return await aside(async (exportPath) => {
      const packed = await pack(exportPath);
      if (!packed) return { failure: 'there is no configuration to build it with' };
      return withLocalModel(packed.target, signal ? { signal } : {}, ({ worker }) =>
        recordCase(askWorker(worker, ANSWER_MS), candidates, options),
      );
    });
  } catch (error) {
    signal?.throwIfAborted();
    return { failure: messageOf(error) };
  }
}
