import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { didYouMean } from '#nearest.js';
import { checkFields, LEGACY_FIELDS, MANIFEST_FIELDS } from './fields.js';
import type { Position } from './json-document.js';
import { RUNTIMES } from './manifest.js';
import type { ManifestText } from './manifest-text.js';

/** Why our runner refuses a manifest, as Multi Model Server does where it refuses it too. */
export type FaultKind =
  | 'missing'
  | 'not-utf8'
  | 'byte-order-mark'
  | 'not-json'
  | 'not-an-object'
  | 'field-type'
  | 'no-model'
  | 'no-service'
  | 'no-name'
  | 'name-not-unicode'
  | 'no-handler'
  | 'runtime-unknown'
  | 'runtime-unsupported'
  | 'no-engine-name';

/** One reason to refuse a manifest. */
export interface ManifestFault {
  readonly kind: FaultKind;
  /** What is wrong, in a clause that follows the name of the file or stands alone. */
  readonly message: string;
  /** JSON pointer in the file itself; absent where the whole file is meant. */
  readonly pointer?: string;
  readonly at?: Position;
  readonly found?: string;
  readonly expected?: string;
}

/** What is wrong with the text of a manifest, before anything in it is asked for. */
export function* textFaults({ entry, utf8, byteOrderMark, json }: ManifestText): Generator<ManifestFault> {
  if (!utf8) yield { kind: 'not-utf8', message: `${entry} is not UTF-8 text` };
  else if (byteOrderMark)
    yield { kind: 'byte-order-mark', message: `${entry} begins with a byte order mark`, at: { line: 1, column: 1 } };
  if (json.fault && utf8) {
    const { message, at } = json.fault;
    const empty = json.text.trim() === '';
    yield { kind: 'not-json', message: empty ? `${entry} is empty` : `${entry} is not JSON: ${message}`, at };
  }
  if (json.value !== undefined && !isObject(json.value)) {
    yield {
      kind: 'not-an-object',
      message: `${entry} is not a JSON object`,
      pointer: '',
      at: { line: 1, column: 1 },
      found: json.value === null ? 'null' : Array.isArray(json.value) ? 'a list' : `a ${typeof json.value}`,
      expected: 'an object',
    };
  }
}

/** What is wrong with a manifest that is a JSON object, given in the fields of 1.0, in the order in which the server looks. */
export function* fieldFaults(file: JsonObject, value: JsonObject, legacy: boolean): Generator<ManifestFault> {
  for (const { kind, reader, pointer, found, expected } of checkFields(
    file,
    legacy ? LEGACY_FIELDS : MANIFEST_FIELDS,
  )) {
    if (kind !== 'type' || reader !== 'both') continue;
    yield { kind: 'field-type', message: `${pointer} is ${found}, not ${expected}`, pointer, found, expected };
  }
  const model = objectAt(value, 'model');
  const missing = legacy ? '/Model' : '/model';
  if (value['model'] === null || (legacy && value['model'] === undefined))
    yield {
      kind: 'no-model',
      message: `${missing.slice(1)} is ${value['model'] === null ? 'null' : 'missing'}`,
      pointer: missing,
      expected: 'an object',
    };
  else if (legacy && isAbsent(model['handler']))
    yield { kind: 'no-service', message: 'Model.Service is missing', pointer: '/Model/Service', expected: 'file.py' };
  yield* nameFaults(model['modelName'], legacy);
  if (!legacy && isBlank(model['handler']))
    yield {
      kind: 'no-handler',
      message: 'model.handler is missing',
      pointer: '/model/handler',
      expected: 'file:function',
    };
  if (legacy && model['handler'] === '')
    yield { kind: 'no-handler', message: 'Model.Service is empty', pointer: '/Model/Service', expected: 'file.py' };
  yield* runtimeFaults(value['runtime']);
  const engine = value['engine'];
  if (isObject(engine) && isAbsent(engine['engineName']))
    yield { kind: 'no-engine-name', message: 'engine.engineName is missing', pointer: '/engine', expected: 'a name' };
}

function* nameFaults(name: unknown, legacy: boolean): Generator<ManifestFault> {
  const field = legacy ? 'Model.Model-Name' : 'model.modelName';
  const pointer = `/${field.replace('.', '/')}`;
  if (isBlank(name)) yield { kind: 'no-name', message: `${field} is missing`, pointer, expected: 'a name' };
  // Half a surrogate pair: no address can write it.
  if (typeof name === 'string' && /\p{Cs}/u.test(name))
    yield { kind: 'name-not-unicode', message: `${field} is not Unicode text`, pointer, found: JSON.stringify(name) };
}

function* runtimeFaults(runtime: unknown = 'python'): Generator<ManifestFault> {
  const known = { pointer: '/runtime', expected: RUNTIMES.join(', ') };
  if (runtime === null) yield { kind: 'runtime-unknown', message: 'the runtime is null', ...known };
  else if (typeof runtime === 'object') return;
  else if (runtime === 'LSP')
    yield {
      kind: 'runtime-unsupported',
      message: 'LSP is known to TorchServe only',
      pointer: '/runtime',
      found: 'LSP',
    };
  else if (!RUNTIMES.some((one) => one === runtime))
    yield {
      kind: 'runtime-unknown',
      message: `the runtime '${String(runtime)}' is unknown${didYouMean(String(runtime), RUNTIMES)}`,
      found: String(runtime),
      ...known,
    };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Missing to the server, which asks for a text of at least one character. */
function isBlank(value: unknown): boolean {
  return isAbsent(value) || value === '';
}
