import type { Archive } from '#archive/archive.js';
import { handlerSources } from '#inspect/handler-sources.js';
import { HANDLER_FACTS, type HandlerFact } from './handler-facts.js';

/** A file of more than this is not written by hand. */
const MOST_BYTES = 512 * 1024;

/** A file without any of it has nothing to do with accelerators, and is not parsed: archives may carry thousands of files of packages. */
const MENTIONS =
  /eia|eimx|EIA|EI_VISIBLE|ACCELERATOR_PRESENT|EIPredictor|target_device|\.gpu\(|bind\(|backward\(|autograd/;

/** A line of the handler that has to do with accelerators. */
export interface HandlerPlace {
  readonly entry: string;
  /** From 1. */
  readonly line: number;
  /** The line itself, without its indentation. */
  readonly code: string;
  readonly fact: HandlerFact;
}

/** All such lines: of every Python file of the archive, and of the author's TypeScript or JavaScript. */
export async function handlerPlaces(archive: Archive): Promise<HandlerPlace[]> {
  const places: HandlerPlace[] = [];
  for (const entry of archive.entries) {
    if (!/\.py$/i.test(entry.path) || entry.size > MOST_BYTES) continue;
    const text = (await archive.bytes(entry)).toString('utf8');
    if (MENTIONS.test(text)) places.push(...(await pythonPlaces(entry.path, text)));
  }
  for (const [path, text] of await handlerSources(archive))
    if (/\.[cm]?[jt]s$/.test(path) && text.length <= MOST_BYTES) places.push(...(await scriptPlaces(path, text)));
  return places;
}

async function pythonPlaces(entry: string, text: string): Promise<HandlerPlace[]> {
  const { codeOnly } = await import('#handler/python/code-lines.js');
  let views: { readonly code: string[]; readonly texts: string[] };
  try {
    views = { code: codeOnly(text, 'code').split('\n'), texts: codeOnly(text, 'texts').split('\n') };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [];
  }
  return find('python', entry, text, views);
}

async function scriptPlaces(entry: string, text: string): Promise<HandlerPlace[]> {
  const { scriptTokens } = await import('#handler/script-tokens.js');
  const tokens = scriptTokens(text, entry);
  return find('script', entry, text, { code: tokens, texts: tokens });
}

function find(
  language: HandlerFact['language'],
  entry: string,
  text: string,
  views: { readonly code: readonly string[]; readonly texts: readonly string[] },
): HandlerPlace[] {
  const lines = text.split('\n');
  const facts = HANDLER_FACTS.filter((fact) => fact.language === language);
  return lines.flatMap((line, index) =>
    facts.flatMap((fact) => {
      const view = fact.inTexts ? views.texts : views.code;
      const own = view[index] ?? '';
      const at = (fact.spans ? wholeCall(view, index) : own).search(fact.pattern);
      return at >= 0 && at < own.length ? [{ entry, line: index + 1, code: line.trim(), fact }] : [];
    }),
  );
}

/** A call is longer than this only where a table stands in it. */
const MOST_LINES = 20;

/** A line with those after it, as one, up to the one that closes its brackets. */
function wholeCall(lines: readonly string[], from: number): string {
  let open = 0;
  let call = '';
  for (const line of lines.slice(from, from + MOST_LINES)) {
    call += call === '' ? line : ` ${line}`;
    for (const sign of line) open += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
    if (open <= 0) return call;
  }
  return call;
}
