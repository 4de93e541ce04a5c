import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generatedPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** A file of NODE_V8_COVERAGE, as far as it is used here. */
interface Coverage {
  readonly result: readonly Script[];
  readonly 'source-map-cache'?: Readonly<Record<string, CachedMap>>;
}
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface CachedMap {
  /** Of the code that ran, without the ends of lines. */
  readonly lineLengths: readonly number[];
  readonly data: ConstructorParameters<typeof TraceMap>[0] | null;
}

/** A place of a source file: its line from 1, its column from 0. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What the processes of one test ran, by the coverage that they left; one that was killed left none. */
export class Reach {
  readonly #scripts = new Map<string, { readonly ranges: readonly Range[]; readonly map: CachedMap | undefined }[]>();
  readonly #root: string;

  /** `directory` is what NODE_V8_COVERAGE named; places are relative to `root`. */
  constructor(directory: string, root: string) {
    this.#root = root;
    const prefix = pathToFileURL(`${root}/`).href;
    for (const name of readdirSync(directory)) {
      const coverage: Coverage = JSON.parse(readFileSync(join(directory, name), 'utf8'));
      for (const { url, functions } of coverage.result) {
        const address = url.replace(/\?.*$/, '');
        if (!address.startsWith(prefix)) continue;
        const known = this.#scripts.get(address) ?? [];
        const ranges = functions.flatMap((one) => one.ranges);
        this.#scripts.set(address, [...known, { ranges, map: coverage['source-map-cache']?.[url] }]);
      }
    }
  }

  /** Whether this place ran. Where that cannot be told, it may have. */
  has({ file, line, column }: Place): boolean {
    if (this.#scripts.size === 0) return true;
    const scripts = this.#scripts.get(pathToFileURL(join(this.#root, file)).href) ?? [];
    return scripts.some(({ ranges, map }) => {
      const offset = map === undefined ? undefined : offsetOf(map, line, column);
      return offset === undefined || countAt(ranges, offset) > 0;
    });
  }
}

/** Where a place of the source is in the code that ran. */
function offsetOf({ lineLengths, data }: CachedMap, line: number, column: number): number | undefined {
  if (data === null) return undefined;
  const map = new TraceMap(data);
  const [source] = map.sources;
  if (typeof source !== 'string') return undefined;
  const found = generatedPositionFor(map, { source, line, column });
  if (found.line === null) return undefined;
  return lineLengths.slice(0, found.line - 1).reduce((sum, length) => sum + length + 1, found.column);
}

/** How often the code at an offset ran: the smallest range around it says so. */
function countAt(ranges: readonly Range[], offset: number): number {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset);
  const [smallest] = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
  return smallest?.count ?? 1;
}
