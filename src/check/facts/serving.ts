import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { messageOf } from '#errors/mar-error.js';
import { isObject, type JsonObject } from '#json-object.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';

/** What an archive asks of its server: TorchServe's model-config.yaml. Absent fields are the server's defaults. */
export interface ServingConfig {
  /** Where it is written. */
  readonly entry: string;
  readonly batchSize?: number;
  readonly minWorkers?: number;
  readonly maxWorkers?: number;
}

/** A configuration is a page; a parsed YAML takes many times its text. */
const LIMIT = 64 * 1024;
const MAX_DEPTH = 100;

/** A configuration file as YAML. */
interface ParsedConfig {
  readonly value: JsonObject;
  /** Values at the top that are one word, as they are written, with their quotes. */
  readonly written?: ReadonlyMap<string, string>;
  /** What it is in place of keys with values: `is empty`, `holds a list`, `holds a text`. */
  readonly otherwise?: string;
  readonly fault?: { readonly message: string; readonly line: number; readonly column: number };
}

/** Parses a configuration file; aliases are expanded a few times at most, so that none of them can grow without end. */
export async function parseConfig(archive: Archive, entry: ArchiveEntry): Promise<ParsedConfig> {
  const text = (await archive.bytes(entry, LIMIT)).toString('utf8');
  if (isTooDeep(text)) return broken('it is nested too deeply', { line: 1, col: 1 });
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error) return broken(error.message, lines.linePos(error.pos[0]));
    const value: unknown = document.toJS({ maxAliasCount: 10 });
    return isObject(value)
      ? { value, written: writtenIn(document.contents, text) }
      : { value: {}, otherwise: formOf(value) };
  } catch (error) {
    // An alias that multiplies without end, or nesting that nobody can follow.
    return broken(messageOf(error), { line: 1, col: 1 });
  }
}

function writtenIn(contents: unknown, text: string): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { key, value } of isMap(contents) ? contents.items : [])
    if (isScalar(key) && isScalar(value) && value.range)
      words.set(String(key.value), text.slice(...value.range.slice(0, 2)));
  return words;
}

function formOf(value: unknown): string {
  if (value === null || value === undefined) return 'is empty';
  return Array.isArray(value) ? 'holds a list' : 'holds a text';
}

/** The YAML library recurses: more than 100 open brackets, or as many `-` and `?` at the start of one line, are refused before it. */
function isTooDeep(text: string): boolean {
  let open = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') open++;
    else if ((sign === ']' || sign === '}') && open > 0) open--;
    if (open > MAX_DEPTH) return true;
  }
  return text.split('\n').some((line) => (/^[-?:\s]*/.exec(line)?.[0].replace(/\s+/g, '').length ?? 0) > MAX_DEPTH);
}

function broken(message: string, { line, col }: { line: number; col: number }): ParsedConfig {
  return { value: {}, fault: { message, line, column: col } };
}

/** The configuration file that the manifest names, where it can be read. */
export async function readServing(archive: Archive, manifest: ManifestDocument): Promise<ServingConfig | undefined> {
  const named = manifest.model['configFile'];
  const entry = typeof named === 'string' ? archive.get(named) : undefined;
  if (!entry) return undefined;
  const { value } = await parseConfig(archive, entry);
  const numbers = ['batchSize', 'minWorkers', 'maxWorkers'].filter((key) => typeof value[key] === 'number');
  return { entry: entry.path, ...Object.fromEntries(numbers.map((key) => [key, value[key]])) };
}
