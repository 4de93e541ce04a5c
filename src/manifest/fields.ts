import { pointerPart } from '#json-object.js';
/** Which front end reads a field into a typed variable, and so refuses a value of another kind (measured on both). */
export type Reader = 'mms' | 'torchserve' | 'both' | 'nobody';

/** What belongs into a field. */
export interface FieldSpec {
  readonly type: 'string' | 'object' | 'any';
  readonly reader: Reader;
  readonly members?: Readonly<Record<string, FieldSpec>>;
}

const text = (reader: Reader): FieldSpec => ({ type: 'string', reader });
const object = (reader: Reader, members?: Readonly<Record<string, FieldSpec>>): FieldSpec => ({
  type: 'object',
  reader,
  ...(members && { members }),
});

/** Every field that Multi Model Server 1.0 or TorchServe writes or reads; both ignore others. */
export const MANIFEST_FIELDS: FieldSpec = object('both', {
  specificationVersion: text('mms'),
  implementationVersion: text('mms'),
  modelServerVersion: text('mms'),
  description: text('both'),
  license: text('mms'),
  runtime: text('both'),
  createdOn: text('torchserve'),
  archiverVersion: text('torchserve'),
  userData: object('nobody'),
  engine: object('mms', { engineName: text('mms'), engineVersion: { type: 'any', reader: 'nobody' } }),
  publisher: object('mms', { author: text('mms'), email: text('mms') }),
  model: object('both', {
    modelName: text('both'),
    modelVersion: text('both'),
    description: text('both'),
    handler: text('both'),
    envelope: text('torchserve'),
    serializedFile: text('nobody'),
    modelFile: text('nobody'),
    requirementsFile: text('torchserve'),
    configFile: text('torchserve'),
    extraFiles: text('nobody'),
    sourceVocab: text('nobody'),
    extensions: object('mms'),
  }),
});

/** The fields of a manifest of Multi Model Server 0.4 that its successor reads; TorchServe reads none of them. */
export const LEGACY_FIELDS: FieldSpec = object('both', {
  Engine: object('both'),
  'Model-Archive-Description': text('both'),
  License: text('both'),
  'Model-Archive-Version': text('both'),
  'Model-Server': text('both'),
  'Created-By': object('both', { Author: text('both'), 'Author-Email': text('both') }),
  Model: object('both', {
    'Model-Name': text('both'),
    Service: text('both'),
    Description: text('both'),
    Symbol: text('both'),
    Parameters: text('both'),
  }),
});

/** One field that is not as the servers know it. */
export interface FieldFault {
  readonly kind: 'unknown' | 'type' | 'coerced';
  readonly pointer: string;
  readonly key: string;
  readonly found: string;
  readonly expected: string;
  /** Who reads the field; our runner reads what both servers read. */
  readonly reader: Reader;
  /** Keys that the same object may have. */
  readonly siblings: readonly string[];
}

/** Compares a manifest with the known fields, one fault at a time. A number or boolean where a string belongs is `coerced`: Gson takes it. */
export function* checkFields(value: unknown, spec: FieldSpec = MANIFEST_FIELDS, pointer = ''): Generator<FieldFault> {
  const members = spec.members;
  if (members === undefined || typeof value !== 'object' || value === null) return;
  const siblings = Object.keys(members);
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key);
    const own = `${pointer}/${pointerPart(key)}`;
    const known = Object.hasOwn(members, key) ? members[key] : undefined;
    const base = { pointer: own, key, found: describe(member), siblings };
    if (known === undefined) {
      yield { ...base, kind: 'unknown', expected: 'a field of the manifest', reader: 'both' };
      continue;
    }
    if (known.type === 'any' || member === null || (known.type === 'string' && typeof member === 'string')) continue;
    const { reader } = known;
    if (known.type === 'string')
      yield { ...base, reader, kind: typeof member === 'object' ? 'type' : 'coerced', expected: 'a string' };
    else if (typeof member === 'object' && !Array.isArray(member)) yield* checkFields(member, known, own);
    else yield { ...base, reader, kind: 'type', expected: 'an object' };
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${String(value)}`;
}
