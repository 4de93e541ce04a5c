import { createRequire } from 'node:module';
import type { JSONVisitor } from 'jsonc-parser';
import { pointerPart } from '#json-object.js';

/** Needed for places only: every worker and server reads a manifest, and few of them have a fault to show. */
const parser = (): typeof import('jsonc-parser') => createRequire(import.meta.url)('jsonc-parser');

/** A place in a text: line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface JsonFault {
  readonly message: string;
  readonly at: Position;
}

const FOUND = Symbol('found');
const START: Position = { line: 1, column: 1 };
const MOST_DUPLICATES = 50;
/** Python and Gson give up on JSON at about 1,000 levels; a manifest has six. */
const MAX_DEPTH = 500;

/**
 * A JSON text that can tell where its values stand. Strict JSON: comments and trailing commas are errors. Places are looked
 * up by walking the text again, so that a large document costs no memory for them.
 */
export class JsonDocument {
  readonly text: string;
  /** What `JSON.parse` makes of it; undefined when it is not JSON. */
  readonly value: unknown;
  /** The first syntax error in words and its place; undefined when it is JSON. */
  readonly fault: JsonFault | undefined;

  constructor(text: string) {
    this.text = text;
    if (isTooDeep(text)) {
      this.fault = { message: `it is nested deeper than ${MAX_DEPTH} levels`, at: START };
      return;
    }
    try {
      this.value = JSON.parse(text);
    } catch {
      this.fault = this.#findFault();
    }
  }

  /** Where the value of a JSON pointer stands (its key, for a member); where it is missing, its nearest parent. */
  locate(pointer: string): Position {
    const path = pointer.split('/').slice(1).map(unescapeSegment);
    let best = START;
    let matched = 0;
    const isNext = (own: string | number) => matched < path.length && String(own) === path[matched];
    const take = (line: number, character: number, parent: readonly (string | number)[]) => {
      if (parent.length !== matched || parent.some((segment, index) => String(segment) !== path[index])) return;
      matched++;
      best = { line: line + 1, column: character + 1 };
      if (matched === path.length) throw FOUND;
    };
    const element = (line: number, character: number, supply: () => readonly (string | number)[]) => {
      if (!/^\d+$/.test(path[matched] ?? '')) return;
      const whole = supply();
      const own = whole.at(-1);
      if (typeof own === 'number' && isNext(own)) take(line, character, whole.slice(0, -1));
    };
    if (this.fault) return best;
    this.#visit({
      onObjectProperty: (key, _offset, _length, line, character, supply) => {
        if (isNext(key)) take(line, character, supply());
      },
      onObjectBegin: (_offset, _length, line, character, supply) => element(line, character, supply),
      onArrayBegin: (_offset, _length, line, character, supply) => element(line, character, supply),
      onLiteralValue: (_value, _offset, _length, line, character, supply) => element(line, character, supply),
    });
    return best;
  }

  /** Keys that occur more than once in one object, 50 at most, with the pointer of the member. */
  duplicateKeys(): { readonly pointer: string; readonly at: Position }[] {
    const found: { pointer: string; at: Position }[] = [];
    const open: Set<string>[] = [];
    this.#visit({
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      onObjectProperty: (key, _offset, _length, line, character, supply) => {
        const seen = open.at(-1);
        if (seen?.has(key) && found.length < MOST_DUPLICATES) {
          const pointer = [...supply(), key].map((segment) => `/${pointerPart(String(segment))}`).join('');
          found.push({ pointer, at: { line: line + 1, column: character + 1 } });
        }
        seen?.add(key);
      },
    });
    return found;
  }

  /** The value of a JSON pointer as it is written: `1.10` where `value` has 1.1. Undefined where there is none. */
  source(pointer: string): string | undefined {
    const { findNodeAtLocation, parseTree } = parser();
    const tree = parseTree(this.text);
    const node = tree && findNodeAtLocation(tree, pointer.split('/').slice(1).map(unescapeSegment));
    return node && this.text.slice(node.offset, node.offset + node.length);
  }

  #findFault(): JsonFault {
    const { printParseErrorCode } = parser();
    let fault: JsonFault | undefined;
    this.#visit({
      onError: (error, _offset, _length, line, character) => {
        const words = printParseErrorCode(error)
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .toLowerCase();
        fault ??= { message: words, at: { line: line + 1, column: character + 1 } };
      },
    });
    return fault ?? { message: 'it is not a JSON value', at: START };
  }

  /** Walks the text until its end, or until the visitor throws FOUND: the walk has no other way to stop. */
  #visit(visitor: JSONVisitor): void {
    if (isTooDeep(this.text)) return;
    try {
      parser().visit(this.text, visitor, { disallowComments: true, allowTrailingComma: false });
    } catch (thrown) {
      if (thrown !== FOUND) throw thrown;
    }
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) inString = !inString;
    else if (inString && code === 0x5c) at++;
    else if (!inString && (code === 0x5b || code === 0x7b) && ++depth > MAX_DEPTH) return true;
    else if (!inString && (code === 0x5d || code === 0x7d)) depth--;
  }
  return false;
}

function unescapeSegment(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
