import type { InputDeclaration, TensorDeclaration } from '#manifest/declared-inputs.js';
import { bytesToTensor, listToTensor } from '#service/builtin/read-tensor.js';
import { isImage } from '#service/index.js';
import { decoded, type Given } from './given-values.js';

/** A value that fits the type, or the news that none does. */
export type Converted = { readonly value: unknown } | { readonly refused: true };

const REFUSED: Converted = { refused: true };
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * What a handler gets for a given value, by the type alone; its bounds are for the schema. A list that is no such tensor is a `PredictionError` that says
 * why.
 */
export function convert(name: string, input: InputDeclaration, given: Given): Converted {
  switch (input.type) {
    case 'string':
      return accept(textOf(given), (value) => typeof value === 'string');
    case 'integer':
      return accept(plainOf(given), Number.isSafeInteger);
    case 'number':
      return accept(plainOf(given), Number.isFinite);
    case 'boolean':
      return accept(plainOf(given), (value) => typeof value === 'boolean');
    case 'json':
      return jsonOf(given);
    case 'file':
      return accept(bytesOf(given), Buffer.isBuffer);
    case 'image':
      return accept(bytesOf(given), isImage);
    case 'tensor':
      return tensorOf(name, input, given);
  }
}

function accept(value: unknown, fits: (value: unknown) => boolean): Converted {
  return fits(value) ? { value } : REFUSED;
}

function textOf(given: Given): unknown {
  return 'json' in given ? given.json : decoded(given.bytes);
}

/** A number, true or false: as JSON has it, or written out in a field of a form. */
function plainOf(given: Given): unknown {
  if ('json' in given) return given.json;
  const text = decoded(given.bytes)?.trim() ?? '';
  if (text === 'true' || text === 'false') return text === 'true';
  return NUMBER.test(text) ? Number(text) : undefined;
}

function jsonOf(given: Given): Converted {
  if ('json' in given) return { value: given.json };
  try {
    return { value: JSON.parse(decoded(given.bytes) ?? '') };
  } catch {
    return REFUSED;
  }
}

function bytesOf(given: Given): Buffer | undefined {
  if ('bytes' in given) return given.bytes;
  if (typeof given.json !== 'string') return undefined;
  const base64 = given.json.replace(/^\s*data:[^,]*;base64,/i, '').replaceAll(/\s/g, '');
  return /^[\w+/-]*={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}

function tensorOf(name: string, { elements = 'float32', shape }: TensorDeclaration, given: Given): Converted {
  const input = { name, type: elements, shape: shape.map((extent) => extent ?? '?') };
  const isRaw = 'bytes' in given && given.contentType === 'application/octet-stream';
  const lists = isRaw ? REFUSED : jsonOf(given);
  if ('value' in lists) return { value: listToTensor(lists.value, input) };
  return 'bytes' in given ? { value: bytesToTensor(given.bytes, input) } : REFUSED;
}
