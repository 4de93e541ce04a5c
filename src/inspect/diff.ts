import { type Callers, callersOf } from './diff-callers.js';
import { diffFields, type FieldChange } from './diff-fields.js';
import { diffFiles, type FileChange } from './diff-files.js';
import { diffHandler, type SourceChange } from './diff-handler.js';
import { diffModels, type ModelChange } from './diff-models.js';
import { type InspectOptions, type InspectResult, inspect } from './inspect.js';

export interface DiffResult {
  readonly from: string;
  readonly to: string;
  /** False when manifest and content are the same, however they are packed. */
  readonly different: boolean;
  /** Fields of the manifest; what the archiver records about its own run (versions of itself, digests) is left out. */
  readonly fields: readonly FieldChange[];
  readonly files: readonly FileChange[];
  /** The handler as its author wrote it. */
  readonly handler: readonly SourceChange[];
  readonly models: readonly ModelChange[];
  /** Whether a client of the first archive can use the second one unchanged, and why not. */
  readonly callers: Callers;
}

/** What changes between two archives or model directories, read without running either. */
export async function diff(from: string, to: string, options: InspectOptions = {}): Promise<DiffResult> {
  const [before, after] = [await inspect(from, options), await inspect(to, options)];
  const fields = diffFields(before.manifest, after.manifest);
  const files = diffFiles(before, after);
  const models = diffModels(before.models, after.models, files);
  return {
    from,
    to,
    different: fields.length > 0 || files.length > 0 || differsInManifest(before, after),
    fields,
    files,
    handler: await diffHandler(before, after, files),
    models,
    callers: callersOf(fields, models),
  };
}

function differsInManifest(before: InspectResult, after: InspectResult): boolean {
  return before.manifestProblem !== after.manifestProblem;
}
