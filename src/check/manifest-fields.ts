import { TARGETS, type Target } from './finding.js';

/** Which front end reads a field into a typed variable, and so refuses a value of another kind (measured on both). */
type Reader = 'mms' | 'torchserve' | 'both' | 'nobody';

interface FieldSpec {
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

const READERS: Readonly<Record<Reader, readonly Target[]>> = {
  mms: ['mms', 'sagemaker'],
  torchserve: ['torchserve'],
  both: TARGETS,
  nobody: [],
};

export interface FieldFault {
  readonly kind: 'unknown' | 'type' | 'coerced';
  readonly pointer: string;
  readonly key: string;
  readonly found: string;
  readonly expected: string;
  /** Targets that read the field; our runner reads what both servers read. */
  readonly targets: readonly Target[];
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
    const own = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const known = Object.hasOwn(members, key) ? members[key] : undefined;
    const base = { pointer: own, key, found: describe(member), siblings };
    if (known === undefined) {
      yield { ...base, kind: 'unknown', expected: 'a field of the manifest', targets: TARGETS };
      continue;
    }
    if (known.type === 'any' || member === null || (known.type === 'string' && typeof member === 'string')) continue;
    const targets = READERS[known.reader];
    if (known.type === 'string')
      yield { ...base, targets, kind: typeof member === 'object' ? 'type' : 'coerced', expected: 'a string' };
    else if (typeof member === 'object' && !Array.isArray(member)) yield* checkFields(member, known, own);
    else yield { ...base, targets, kind: 'type', expected: 'an object' };
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${String(value)}`;
}
