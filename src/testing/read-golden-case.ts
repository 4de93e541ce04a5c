import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { isGoldenCase, requestEntry } from '#conventions/golden-cases.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { schemaCheck } from '#schema.js';
import type { ModelRequest } from './ask.js';
import { contentTypeOf } from './content-type.js';
import { type FormField, formBody } from './form.js';
import type { GoldenCase, GoldenInput } from './golden-case.js';

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

/** The request of a case, its files read from the archive; a missing one is `ERR_GOLDEN_CASE`. */
export function goldenRequest(archive: Archive, request: GoldenCase['request']): Promise<ModelRequest> {
  return requestOf((file) => requestFile(archive, file), request);
}

/** Gives a file that a case sends, by the name that the case gives it. */
type ReadFile = (file: string) => Promise<Buffer>;

/** The request of a case whose files `read` gives. */
export async function requestOf(read: ReadFile, request: GoldenCase['request']): Promise<ModelRequest> {
  const { inputs, headers } = request;
  const shared = headers ? { headers } : {};
  if (!inputs) return { ...shared, ...(await bodyOf(read, request)) };
  const fields = Object.entries(inputs).map(async ([name, input]): Promise<FormField> => {
    const { body, contentType } = await bodyOf(read, input);
    // A text without a type is a plain field, as people type it; everything else has a type to keep.
    const isPlain = input.text !== undefined && input.contentType === undefined;
    return { name, value: body, ...(!isPlain && { contentType }) };
  });
  return { ...shared, ...formBody(await Promise.all(fields)) };
}

async function bodyOf(read: ReadFile, input: GoldenInput): Promise<{ body: Buffer; contentType: string }> {
  const { file, text, contentType } = input;
  if (file !== undefined) {
    const body = await read(file);
    return { body, contentType: contentType ?? contentTypeOf(body, file) };
  }
  if ('json' in input)
    return { body: Buffer.from(JSON.stringify(input.json)), contentType: contentType ?? 'application/json' };
  return { body: Buffer.from(text ?? ''), contentType: contentType ?? (text === undefined ? '' : 'text/plain') };
}

async function requestFile(archive: Archive, file: string): Promise<Buffer> {
  const path = requestEntry(file);
  const entry = path === undefined ? undefined : archive.get(path);
  if (entry) return archive.bytes(entry, LARGEST_REQUEST);
  throw new MarError(`the request file ${path ?? file} is not in the archive`, { code: 'ERR_GOLDEN_CASE' });
}
