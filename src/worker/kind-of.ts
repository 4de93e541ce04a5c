/** What a value is, for a sentence: `null`, `a list`, `undefined`, `a function`, `an object of class Tensor`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object Generator]' || tag === '[object AsyncGenerator]') return 'a generator';
  const name = value.constructor?.name;
  return name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`;
}
