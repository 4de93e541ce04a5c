import { readFileSync } from 'node:fs';
import type { Model } from '../model.js';
import { type Answer, jsonAnswer } from './answer.js';
import type { Apis } from './exchange.js';

interface OpenApi {
  readonly openapi: string;
  readonly info: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: unknown;
}

/** The OpenAPI document of a listener: schemas/openapi/*.json, put together where it serves both APIs. */
export function apiDescription(apis: Apis): Answer {
  const documents: OpenApi[] = [];
  if (apis.inference) documents.push(readDocument('inference'));
  if (apis.management) documents.push(readDocument('management'));
  const [first] = documents;
  return jsonAnswer({ ...first, paths: Object.assign({}, ...documents.map(({ paths }) => paths)) });
}

/** The OpenAPI document of one model, worded as the peers do (their path is /prediction/NAME, too). */
export function modelDescription({ name }: Model): Answer {
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
  return jsonAnswer({
    openapi: '3.0.1',
    info: { title: `RESTful API for: ${name}`, version: '1.0.0' },
    paths: { [`/prediction/${name}`]: { post } },
  });
}

const cache = new Map<string, OpenApi>();

function readDocument(name: 'inference' | 'management'): OpenApi {
  const known = cache.get(name);
  if (known) return known;
  const file = new URL(`../../../schemas/openapi/${name}.json`, import.meta.url);
  const document: OpenApi = JSON.parse(readFileSync(file, 'utf8'));
  cache.set(name, document);
  return document;
}
