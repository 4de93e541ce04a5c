import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';
import { type FaultKind, type ManifestFault, textFaults } from './faults.js';
import { MANIFEST_PATH, type Runtime } from './manifest.js';
import type { FoundManifest } from './read-manifest.js';
import type { ServedManifest } from './served.js';

const CODES: Readonly<Record<FaultKind, ErrorCode>> = {
  missing: 'ERR_MANIFEST_MISSING',
  'not-utf8': 'ERR_MANIFEST_JSON',
  'byte-order-mark': 'ERR_MANIFEST_JSON',
  'not-json': 'ERR_MANIFEST_JSON',
  'not-an-object': 'ERR_MANIFEST_INVALID',
  'field-type': 'ERR_MANIFEST_INVALID',
  'no-model': 'ERR_MANIFEST_NO_MODEL',
  'no-service': 'ERR_MANIFEST_NO_SERVICE',
  'no-name': 'ERR_MANIFEST_NO_NAME',
  'name-not-unicode': 'ERR_MANIFEST_NAME',
  'no-handler': 'ERR_MANIFEST_NO_HANDLER',
  'runtime-unknown': 'ERR_MANIFEST_RUNTIME',
  'runtime-unsupported': 'ERR_MANIFEST_RUNTIME',
  'no-engine-name': 'ERR_MANIFEST_NO_ENGINE_NAME',
};

/**
 * The error for the first reason to refuse the manifest of the archive `source`, except for the kinds in `answered`: what a
 * request says itself. Undefined where nothing stands against it.
 */
export function refusal(
  { text, document, served }: FoundManifest,
  source: string,
  answered: ReadonlySet<FaultKind> = new Set(),
): MarError | undefined {
  const [first, ...others] = served.faults.filter(({ kind }) => !answered.has(kind));
  if (first === undefined) return undefined;
  const { kind } = first;
  const code = CODES[kind];
  if (text === undefined) return missing(first, source);
  const tell = ({
    message,
    pointer,
    at = pointer === undefined ? undefined : document?.inFile(pointer),
  }: ManifestFault) => (at === undefined ? message : `${message} (line ${at.line}, column ${at.column})`);
  const where = pointsIntoText(first) ? '' : `${text.entry}: `;
  const expected = first.expected === undefined ? '' : `, expected ${first.expected}`;
  return new MarError(`${source} has a manifest that cannot be used: ${where}${tell(first)}${expected}.`, {
    code,
    ...(others.length > 0 && { detail: others.map((fault) => `  ${tell(fault)}`).join('\n') }),
    hint: `Correct it and pack again; mar validate ${source} shows the place.`,
  });
}

/** True for the code of a manifest that is refused. */
export function isManifestFault(code: ErrorCode): boolean {
  return Object.values(CODES).includes(code);
}

/** The error for a manifest whose text cannot be read; undefined for one that is a JSON object, whatever is in it. */
export function unreadable(found: FoundManifest, source: string): MarError | undefined {
  const [fault] = found.text ? textFaults(found.text) : [];
  return fault && refusal(found, source);
}

/** A manifest with which a model can be loaded as it is. */
export interface SoundManifest extends ServedManifest {
  readonly modelName: string;
  readonly handler: string;
  readonly runtime: Runtime;
}

/** What is served of a manifest that nobody completes. Throws the first reason to refuse it, with the code of its kind. */
export function soundManifest(found: FoundManifest, source: string): SoundManifest {
  const error = refusal(found, source);
  if (error !== undefined) throw error;
  const { modelName, handler, runtime, ...served } = found.served;
  if (modelName !== undefined && handler !== undefined && runtime !== undefined)
    return { ...served, modelName, handler, runtime };
  throw new TypeError(`the manifest of ${source} has no faults and yet no name, handler or runtime`);
}

/** The faults of the text name the file themselves. */
function pointsIntoText({ kind }: ManifestFault): boolean {
  return ['not-utf8', 'byte-order-mark', 'not-json', 'not-an-object'].includes(kind);
}

function missing({ kind, found }: ManifestFault, source: string): MarError {
  const instead = found === undefined ? '' : `; ${found} is not where a server looks for it`;
  return new MarError(`${source} has no ${MANIFEST_PATH}, which every model archive must have${instead}.`, {
    code: CODES[kind],
  });
}
