import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

export type JsonObject = { readonly [key: string]: unknown };

/** A place in a text: line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Line and column of an offset into a text. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

/** A JSON text that remembers where its values stand. Strict JSON: comments and trailing commas are errors. */
export class JsonDocument {
  readonly text: string;
  /** What `JSON.parse` makes of it; undefined when it is not JSON. */
  readonly value: unknown;
  readonly #root: Node | undefined;
  readonly #errors: ParseError[] = [];

  constructor(text: string) {
    this.text = text;
    this.#root = parseTree(text, this.#errors, { disallowComments: true, allowTrailingComma: false });
    this.value = this.#parse();
  }

  /** The first syntax error in words and its place. */
  get fault(): { readonly message: string; readonly at: Position } | undefined {
    const error = this.#errors[0];
    if (error === undefined)
      return this.value === undefined ? { message: 'no JSON value', at: positionAt(this.text, 0) } : undefined;
    const words = printParseErrorCode(error.error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase();
    return { message: words, at: positionAt(this.text, error.offset) };
  }

  /** Where the value of a JSON pointer stands; where it is missing, its nearest parent. */
  locate(pointer: string): Position {
    const path = segments(pointer);
    for (let length = path.length; length >= 0; length--) {
      const node = this.#root && findNodeAtLocation(this.#root, path.slice(0, length));
      if (node) return positionAt(this.text, node.parent?.type === 'property' ? node.parent.offset : node.offset);
    }
    return { line: 1, column: 1 };
  }

  /** Keys that occur more than once in one object, with the pointer of the object. */
  duplicateKeys(): { readonly pointer: string; readonly key: string; readonly at: Position }[] {
    const found: { pointer: string; key: string; at: Position }[] = [];
    const walk = (node: Node, pointer: string): void => {
      const seen = new Set<string>();
      for (const [index, child] of (node.children ?? []).entries()) {
        if (node.type === 'array') walk(child, `${pointer}/${index}`);
        if (node.type !== 'object') continue;
        const key = String(child.children?.[0]?.value);
        if (seen.has(key)) found.push({ pointer, key, at: positionAt(this.text, child.offset) });
        seen.add(key);
        const value = child.children?.[1];
        if (value) walk(value, `${pointer}/${escapeSegment(key)}`);
      }
    };
    if (this.#root) walk(this.#root, '');
    return found;
  }

  #parse(): unknown {
    if (this.#errors.length > 0) return undefined;
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}

function segments(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function escapeSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
