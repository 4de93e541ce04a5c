import type { ModelRequest } from '../ask.js';

/** A body that a model cannot mean to be asked with. */
export interface BadBody {
  /** For sentences: `an empty body`. */
  readonly name: string;
  readonly request: ModelRequest;
}

/** The largest body that the servers let in unless told otherwise. */
const LARGEST = 6_553_500;

/**
 * Bodies that are of another type than a right request, empty, and as large as the servers let in; first those that reach a handler
 * whatever it takes.
 */
export function badBodies(right: ModelRequest | undefined): BadBody[] {
  // Without its fields a form is another thing than an empty body.
  const isForm = /^(multipart\/|application\/x-www-form)/i.test(right?.contentType ?? '');
  const contentType = isForm ? '' : (right?.contentType ?? '');
  const isJson = /^application\/json/i.test(contentType);
  const huge = isJson ? `[0${',0'.repeat((LARGEST - 3) / 2)}]` : 'huge'.repeat(LARGEST / 4);
  return [
    { name: 'JSON', request: { body: Buffer.from('{"no":"input"}'), contentType: 'application/json' } },
    { name: 'a text', request: { body: Buffer.from('no input of this model'), contentType: 'text/plain' } },
    { name: 'bytes', request: { body: Buffer.alloc(64, 0xfe), contentType: 'application/octet-stream' } },
    { name: 'an empty body', request: { body: Buffer.alloc(0), contentType } },
    { name: `a body of ${(LARGEST / 1e6).toFixed(1)} MB`, request: { body: Buffer.from(huge), contentType } },
  ];
}
