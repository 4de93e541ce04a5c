import type { Archive } from '#archive/archive.js';
import { type DeclaredDevice, declaredDevice } from '#device/declared-device.js';
import { MarError } from '#errors/mar-error.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { declarationProblems, isDeclarations } from '#manifest/declaration-problems.js';
import { expectation, type InputDeclaration, writtenInputs } from '#manifest/declared-inputs.js';
import { extensionProblems } from '#manifest/extension-problems.js';
import { type ConvertedManifest, convertManifest } from '#manifest/legacy.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { type FoundManifest, findManifest } from '#manifest/read-manifest.js';
import { refusal } from '#manifest/refuse.js';
import { listProblems } from '#schema.js';

/** The manifest as written, what is wrong with it, and what of it `inspect` shows on its own. */
export interface InspectedManifest {
  readonly manifest: unknown;
  readonly manifestPath?: string;
  readonly manifestProblem?: string;
  readonly legacy?: LegacyArchive;
  readonly device?: DeclaredDevice;
  readonly inputs?: readonly DeclaredInput[];
  readonly provided: Readonly<Record<string, string>>;
  /** Recorded digests by path. */
  readonly recorded: Readonly<Record<string, { readonly sha256: string }>>;
}

/** One input that the handler declares. */
export interface DeclaredInput {
  readonly name: string;
  /** For people: `an integer from 1 to 5`. */
  readonly takes: string;
  readonly declaration: InputDeclaration;
  /** Present where the handler is not a Node handler, so that nobody checks requests by it. */
  readonly unchecked?: true;
}

/** What an archive of Multi Model Server 0.4 is besides. */
export interface LegacyArchive {
  /** The folder of the archive that holds the model; empty for the archive itself. */
  readonly modelDir: string;
  /** What `model-archiver --convert` takes over into a manifest of today; absent where it describes no model. */
  readonly converted?: ConvertedManifest;
}

/** Reads the manifest and keeps what can be kept of a broken one: a fault in it is told, never thrown. */
export async function inspectManifest(archive: Archive): Promise<InspectedManifest> {
  let found: FoundManifest;
  try {
    found = await findManifest(archive);
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    return { manifest: null, provided: {}, recorded: {}, manifestProblem: told(error) };
  }
  const { text, document } = found;
  const refused = refusal(found, archive.source);
  const problem = refused ? told(refused) : document && recordProblem(document);
  const archiver = document?.archiver ?? {};
  return {
    manifest: text?.json.value ?? null,
    ...(text && { manifestPath: text.entry }),
    ...(problem !== undefined && { manifestProblem: problem }),
    ...(text?.legacy && { legacy: legacyArchive(found) }),
    ...deviceOf(document?.model),
    ...inputsOf(document?.model, document?.runtime),
    provided: textsOf(objectAt(archiver, 'provided')),
    recorded: digestsOf(objectAt(archiver, 'entries')),
  };
}

function legacyArchive({ document, modelDir }: FoundManifest): LegacyArchive {
  const converted = document && convertManifest(document);
  return { modelDir, ...(converted && { converted }) };
}

/** What our archiver recorded in it and nobody can use. */
function recordProblem(document: ManifestDocument): string | undefined {
  const problems = extensionProblems(document);
  return problems.length === 0 ? undefined : `model.extensions is not in its form:\n${listProblems(problems)}`;
}

/** One that cannot be understood is among the problems of the manifest. */
function deviceOf(model: JsonObject = {}): { device?: DeclaredDevice } {
  try {
    const device = declaredDevice(objectAt(model, 'extensions'));
    return device ? { device } : {};
  } catch (error) {
    if (error instanceof MarError) return {};
    throw error;
  }
}

/** Those in their form; others are among the problems of the manifest. */
function inputsOf(model: JsonObject = {}, runtime?: string): { inputs?: DeclaredInput[] } {
  const written = writtenInputs(objectAt(model, 'extensions'));
  if (written === undefined || declarationProblems(written).length > 0 || !isDeclarations(written)) return {};
  return {
    inputs: Object.entries(written).map(([name, declaration]) => ({
      name,
      takes: expectation(declaration),
      declaration,
      ...(runtime !== 'nodejs' && { unchecked: true }),
    })),
  };
}

function textsOf(value: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

function digestsOf(entries: JsonObject): Record<string, { sha256: string }> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([path, record]) => {
      const sha256 = isObject(record) ? record['sha256'] : undefined;
      return typeof sha256 === 'string' ? [[path, { sha256 }]] : [];
    }),
  );
}

function told(error: MarError): string {
  return [error.message, error.detail].filter((part) => part !== undefined).join('\n');
}
