import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { InputDeclarations } from '#manifest/declared-inputs.js';
import type { Model } from '../../models/model.js';
import { type Answer, jsonAnswer } from '../server/answer.js';
import { declaredInputs, requestBody } from './declared-request.js';

/** Where an archive keeps the OpenAPI document of its model. */
const OWN_DOCUMENT = 'MAR-INF/openapi.json';

/** Bytes of such a document at most. */
const MAX_DOCUMENT = 1 << 20;

/**
 * What `OPTIONS` on a model answers: the OpenAPI document of its archive, `MAR-INF/openapi.json`, or else one worded as the
 * Multi Model Server does, with the inputs that the handler declares. Throws `ERR_MODEL_DESCRIPTION` when the archive's own is none.
 */
export function modelDescription({ name, files, manifest }: Model): Answer {
  return jsonAnswer(ownDocument(name, files.dir) ?? plainDocument(name, declaredInputs(manifest.extensions)));
}

function ownDocument(name: string, dir: string): unknown {
  try {
    const path = join(dir, OWN_DOCUMENT);
    if (statSync(path).size > MAX_DOCUMENT) throw new RangeError(`it is larger than ${MAX_DOCUMENT} bytes`);
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof document === 'object' && document !== null && 'openapi' in document) return document;
    throw new TypeError('it has no field openapi');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new MarError(`${OWN_DOCUMENT} of model ${name} is not an OpenAPI document: ${messageOf(error)}`, {
      code: 'ERR_MODEL_DESCRIPTION',
      cause: error,
    });
  }
}

/** as Multi Model Server words it; its path is /prediction/NAME, too. */
function plainDocument(name: string, inputs: InputDeclarations | undefined): unknown {
  const error = {
    type: 'object',
    required: ['code', 'type', 'message'],
    properties: {
      code: { type: 'integer', description: 'Error code.' },
      type: { type: 'string', description: 'Error type.' },
      message: { type: 'string', description: 'Error message.' },
    },
  };
  const post = {
    description: `A predict entry point for model: ${name}.`,
    operationId: name,
    parameters: [],
    ...(inputs && { requestBody: requestBody(inputs) }),
    responses: {
      '200': { description: 'OK' },
      '500': { description: 'Internal Server Error', content: { 'application/json': { schema: error } } },
    },
  };
  // Who reads the inputs means to send some: to the address that there is. Base64 inside of JSON has a word since 3.1.
  const path = inputs ? `/predictions/${encodeURIComponent(name)}` : `/prediction/${name}`;
  return {
    openapi: inputs ? '3.1.0' : '3.0.1',
    info: { title: `RESTful API for: ${name}`, version: '1.0.0' },
    paths: { [path]: { post } },
  };
}
