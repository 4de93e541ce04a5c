import { PredictionError } from '../prediction-error.js';
import { isBmp } from './bmp.js';

/** The members that hold an image in the requests of TorchServe's, KServe's and TensorFlow Serving's clients, outermost first. */
const MEMBERS = ['instances', 'inputs', 'body', 'data', 'image', 'image_bytes', 'b64', 'bytes_value'];
const MOST_LEVELS = 6;

/**
 * The bytes of the one image in a request: as they are, or base64 (a data URL too) as the text or inside JSON, such as
 * `{"data": "…"}`, `{"instances": [{"image": {"b64": "…"}}]}`; of several fields of a form `data`, `body` or `image`, else the only
 * one that is an image. All else is a `PredictionError` 400.
 */
export function imageBytes(value: unknown): Uint8Array {
  return find(value, 0);
}

function find(value: unknown, level: number): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.length === 0) throw refuse('the input is empty');
    return value;
  }
  if (typeof value === 'string') return decode(value);
  if (value === undefined) throw refuse('the input is missing');
  if (level >= MOST_LEVELS || typeof value !== 'object' || value === null)
    throw refuse(`the input is ${value === null ? 'null' : typeof value}`);
  if (Array.isArray(value)) {
    if (value.length !== 1) throw refuse(`the input is a list of ${value.length}`);
    return find(value[0], level + 1);
  }
  const members = new Map<string, unknown>(Object.entries(value));
  const name = MEMBERS.find((member) => members.has(member)) ?? onlyImage(members);
  if (name !== undefined) return find(members.get(name), level + 1);
  if (members.size === 0) throw refuse('the input is missing');
  throw refuse(`the input has ${[...members.keys()].join(', ')}`);
}

/** The only member, or the only one whose bytes are an image. */
function onlyImage(members: ReadonlyMap<string, unknown>): string | undefined {
  const names =
    members.size === 1 ? [...members.keys()] : [...members].flatMap(([name, value]) => (isImage(value) ? [name] : []));
  return names.length === 1 ? names[0] : undefined;
}

/** True for bytes that begin as one of the formats that are read: JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP. */
export function isImage(value: unknown): value is Uint8Array {
  if (!(value instanceof Uint8Array)) return false;
  const text = Buffer.from(value.subarray(0, 12)).toString('latin1');
  return (
    /^(\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|RIFF.{4}WEBP|.{4}ftyp(avif|avis|mif1|heic))/s.test(text) || isBmp(value)
  );
}

function decode(text: string): Uint8Array {
  const base64 = text.replace(/^\s*data:[^,]*;base64,/i, '').trim();
  const bytes = /^[\w+/\s-]*={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
  if (bytes.length === 0) throw refuse(`the input is ${text === '' ? 'an empty text' : 'a text that is not base64'}`);
  return bytes;
}

function refuse(found: string): PredictionError {
  return new PredictionError(
    `${found}, expected an image: its bytes as the body or a field of a form, or base64 in JSON as {"data": "…"}`,
    400,
  );
}
