import { type JsonObject, objectAt } from '#json-object.js';
import { type SchemaProblem, schemaCheck } from '#schema.js';
import { declarationProblems } from './declaration-problems.js';
import { writtenInputs } from './declared-inputs.js';
import type { ManifestDocument } from './manifest-document.js';

/** All digests have one form: 50 of them tell, and 100,000 faults would fill the memory. */
const DIGESTS = 50;

/**
 * Where `model.extensions.modelArchiver` and `model.extensions.eia`, which are ours, break schemas/manifest.schema.json; pointers
 * count from the manifest. The servers look at none of it, and ours reads the device alone.
 */
export function extensionProblems({ value }: ManifestDocument): SchemaProblem[] {
  const problems = schemaCheck('manifest')(withFewDigests(value)).filter(({ pointer }) =>
    /^\/model\/extensions\/(modelArchiver|eia)(\/|$)/.test(pointer),
  );
  const inputs = writtenInputs(objectAt(objectAt(value, 'model'), 'extensions'));
  if (inputs === undefined) return problems;
  const at = '/model/extensions/modelArchiver/inputs';
  return [
    ...problems,
    ...declarationProblems(inputs).map(({ pointer, message }) => ({ pointer: `${at}${pointer}`, message })),
  ];
}

function withFewDigests(value: JsonObject): JsonObject {
  const model = objectAt(value, 'model');
  const extensions = objectAt(model, 'extensions');
  const archiver = objectAt(extensions, 'modelArchiver');
  const digests = objectAt(archiver, 'entries');
  const keys = Object.keys(digests);
  if (keys.length <= DIGESTS) return value;
  const entries = Object.fromEntries(keys.slice(0, DIGESTS).map((key) => [key, digests[key]]));
  return { ...value, model: { ...model, extensions: { ...extensions, modelArchiver: { ...archiver, entries } } } };
}
