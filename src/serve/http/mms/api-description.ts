import { readFileSync } from 'node:fs';
import { ownFile } from '#own-files.js';
import { type Answer, jsonAnswer } from '../server/answer.js';
import type { Apis } from '../server/exchange.js';

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

const cache = new Map<string, OpenApi>();

function readDocument(name: 'inference' | 'management'): OpenApi {
  const known = cache.get(name);
  if (known) return known;
  const document: OpenApi = JSON.parse(readFileSync(ownFile(`schemas/openapi/${name}.json`), 'utf8'));
  cache.set(name, document);
  return document;
}
