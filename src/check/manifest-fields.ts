/** What a manifest field holds. `any` is free for everybody. */
type FieldType = 'string' | 'object' | 'any';

interface FieldSpec {
  readonly type: FieldType;
  readonly members?: Readonly<Record<string, FieldSpec>>;
}

const text: FieldSpec = { type: 'string' };
const free: FieldSpec = { type: 'any' };
const object = (members: Readonly<Record<string, FieldSpec>>): FieldSpec => ({ type: 'object', members });

/** Every field that Multi Model Server 1.0 or TorchServe knows; both ignore others. */
export const MANIFEST_FIELDS: FieldSpec = object({
  specificationVersion: text,
  implementationVersion: text,
  modelServerVersion: text,
  description: text,
  license: text,
  runtime: text,
  createdOn: text,
  archiverVersion: text,
  userData: { type: 'object' },
  engine: object({ engineName: text, engineVersion: free }),
  publisher: object({ author: text, email: text }),
  model: object({
    modelName: text,
    modelVersion: text,
    description: text,
    handler: text,
    envelope: text,
    serializedFile: text,
    modelFile: text,
    requirementsFile: text,
    configFile: text,
    extraFiles: text,
    sourceVocab: text,
    extensions: { type: 'object' },
  }),
});

export interface FieldFault {
  readonly kind: 'unknown' | 'type' | 'coerced';
  readonly pointer: string;
  readonly key: string;
  readonly found: string;
  readonly expected: string;
  /** Keys that the same object may have. */
  readonly siblings: readonly string[];
}

/** Compares a manifest with the known fields. A number or boolean where a string belongs is `coerced`: Gson takes it. */
export function checkFields(value: unknown, spec: FieldSpec = MANIFEST_FIELDS, pointer = ''): FieldFault[] {
  const members = spec.members;
  if (members === undefined || typeof value !== 'object' || value === null) return [];
  const siblings = Object.keys(members);
  return Object.entries(value).flatMap(([key, member]): FieldFault[] => {
    const own = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const known = Object.hasOwn(members, key) ? members[key] : undefined;
    const base = { pointer: own, key, found: describe(member), siblings };
    if (known === undefined) return [{ ...base, kind: 'unknown', expected: 'a field of the manifest' }];
    if (known.type === 'any' || member === null) return [];
    const isPlain = typeof member === 'object' && !Array.isArray(member);
    if (known.type === 'object')
      return isPlain ? checkFields(member, known, own) : [{ ...base, kind: 'type', expected: 'an object' }];
    if (typeof member === 'string') return [];
    return [{ ...base, kind: typeof member === 'object' ? 'type' : 'coerced', expected: 'a string' }];
  });
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${String(value)}`;
}
