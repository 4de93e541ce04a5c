import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { isGoldenCase, requestEntry } from '#conventions/golden-cases.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { schemaCheck } from '#schema.js';
import type { ModelRequest } from './ask.js';
import { contentTypeOf } from './content-type.js';
import type { GoldenCase } from './golden-case.js';

/** Largest request file of a golden case: 1 GiB. */
const LARGEST_REQUEST = 1024 ** 3;

/** The golden cases of an archive, in order of their paths. */
export function goldenCaseEntries(archive: Archive): ArchiveEntry[] {
  return archive.entries
    .filter(({ path }) => isGoldenCase(path))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A case, or what is wrong with its file. */
export type ParsedCase =
  | { readonly golden: GoldenCase; readonly problems?: never }
  | { readonly golden?: never; readonly problems: readonly string[] };

/** Parses a case and holds it to schemas/golden-case.schema.json. */
export function parseGoldenCase(bytes: Buffer): ParsedCase {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { problems: [`the case is not JSON: ${messageOf(error)}`] };
  }
  const problems = schemaCheck('golden-case')(value);
  if (problems.length === 0) return { golden: value as GoldenCase };
  return { problems: problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`) };
}

/** The request of a case, its file read from the archive. */
export async function goldenRequest(archive: Archive, request: GoldenCase['request']): Promise<ModelRequest> {
  const { file, text, contentType, headers } = request;
  const shared = headers ? { headers } : {};
  if (file !== undefined) {
    const body = await requestFile(archive, file);
    return { ...shared, body, contentType: contentType ?? contentTypeOf(body, file) };
  }
  if ('json' in request) {
    const body = Buffer.from(JSON.stringify(request.json));
    return { ...shared, body, contentType: contentType ?? 'application/json' };
  }
  const type = contentType ?? (text === undefined ? '' : 'text/plain');
  return { ...shared, body: Buffer.from(text ?? ''), contentType: type };
}

async function requestFile(archive: Archive, file: string): Promise<Buffer> {
  const path = requestEntry(file);
  const entry = path === undefined ? undefined : archive.get(path);
  if (entry) return archive.bytes(entry, LARGEST_REQUEST);
  throw new MarError(`the request file ${path ?? file} is not in the archive`, { code: 'ERR_GOLDEN_CASE' });
}
