/** A value of protobuf's text form: a text in quotes, a word or number as it stands, a list, or a message of fields in order. */
export type Field = { readonly text: string } | { readonly word: string | number } | readonly Field[] | Message;

/** Fields by name, in order; what is undefined is left out. */
export interface Message {
  readonly fields: Readonly<Record<string, Field | undefined>>;
}

/** A message in protobuf's text form, as `config.pbtxt` has it. Lists of messages repeat their field. */
export function configText(message: Message, indent = ''): string {
  return Object.entries(message.fields)
    .map(([name, value]) => (value === undefined ? '' : fieldText(name, value, indent)))
    .join('');
}

function fieldText(name: string, value: Field, indent: string): string {
  if (isList(value)) {
    const isScalars = value.every((one) => !isList(one) && !('fields' in one));
    if (isScalars) return `${indent}${name}: [${value.map(scalarText).join(', ')}]\n`;
    return value.map((one) => fieldText(name, one, indent)).join('');
  }
  if ('fields' in value) return `${indent}${name} {\n${configText(value, `${indent}  `)}${indent}}\n`;
  return `${indent}${name}: ${scalarText(value)}\n`;
}

function isList(value: Field): value is readonly Field[] {
  return Array.isArray(value);
}

function scalarText(value: Field): string {
  if (isList(value) || 'fields' in value) throw new TypeError('a list of scalars holds something else');
  return 'text' in value ? quoted(value.text) : String(value.word);
}

/** A text with everything escaped that ends it, and each byte beyond ASCII as an octal number. */
function quoted(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) => {
    const sign = String.fromCharCode(byte);
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : sign;
  });
  return `"${escaped.join('')}"`;
}
