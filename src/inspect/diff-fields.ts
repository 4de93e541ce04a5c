/** A field of the manifest that was added (`from` absent), removed (`to` absent) or changed. */
export interface FieldChange {
  /** Dotted: `model.modelVersion`. */
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Fields that change with every build and say nothing about the model. */
const OWN_RECORDS = ['createdOn', 'model.extensions.modelArchiver.entries'];

/** The fields in which two manifests differ, sorted by name. */
export function diffFields(before: unknown, after: unknown): FieldChange[] {
  const from = flattened(before);
  const to = flattened(after);
  const changes: FieldChange[] = [];
  for (const field of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const [old, now] = [from.get(field), to.get(field)];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    changes.push({ field, ...(from.has(field) ? { from: old } : {}), ...(to.has(field) ? { to: now } : {}) });
  }
  return changes;
}

/** Leaves by dotted name; a list counts as one leaf. */
function flattened(value: unknown, name = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (OWN_RECORDS.includes(name)) return leaves;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (name !== '') leaves.set(name, value);
    return leaves;
  }
  for (const [key, field] of Object.entries(value)) flattened(field, name === '' ? key : `${name}.${key}`, leaves);
  return leaves;
}
