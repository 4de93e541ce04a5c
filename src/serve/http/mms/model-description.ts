import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Model } from '../../models/model.js';
import { type Answer, jsonAnswer } from '../server/answer.js';

/** Where an archive keeps the OpenAPI document of its model. */
const OWN_DOCUMENT = 'MAR-INF/openapi.json';

/** Bytes of such a document at most. */
const MAX_DOCUMENT = 1 << 20;

/**
 * What `OPTIONS` on a model answers: the OpenAPI document of its archive, `MAR-INF/openapi.json`, or else one worded as the
 * Multi Model Server does. Throws `ERR_MODEL_DESCRIPTION` when the archive's own is none.
 */
export function modelDescription({ name, files }: Model): Answer {
  return jsonAnswer(ownDocument(name, files.dir) ?? plainDocument(name));
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
function plainDocument(name: string): unknown {
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
    responses: {
      '200': { description: 'OK' },
      '500': { description: 'Internal Server Error', content: { 'application/json': { schema: error } } },
    },
  };
  return {
    openapi: '3.0.1',
    info: { title: `RESTful API for: ${name}`, version: '1.0.0' },
    paths: { [`/prediction/${name}`]: { post } },
  };
}
