import type { AnyNode, Options, Pattern } from 'acorn';
import { Parser } from 'acorn';
import { type Nodes, Records } from './records.js';
import { writeExpression } from './write-expressions.js';
import { writePattern } from './write-patterns.js';
import { writeStatement } from './write-statements.js';
import { Packed, program, type Writer } from './writer.js';

/** Nodes of a script that there is room for at first, of each character. */
const NODES_EACH = 0.5;
const FEWEST = 1024;

/** Blanks, and beginnings of comments, between tokens. */
const BLANK = /[\s\ufeff]/;
const LINE_END = /[\n\r\u2028\u2029]/g;

type Method = (self: object, args: readonly unknown[]) => unknown;

/** A method of acorn's parser that is given another meaning here, as its plugins do. */
function original(name: string): Method {
  const method: unknown = Reflect.get(Parser.prototype, name);
  if (typeof method !== 'function') throw new Error(`acorn's parser has no method ${name}`);
  return (self, args) => Reflect.apply(method, self, args);
}

const parseStatement = original('parseStatement');
const parseExportDeclaration = original('parseExportDeclaration');
for (const name of ['declareName', 'checkLocalExport', 'validateRegExpFlags', 'validateRegExpPattern']) original(name);

/**
 * Acorn's parser, that keeps no tree: each statement becomes numbers as soon as it ends. What is not asked of a script that is read and not run
 * is left out: whether names are declared twice (which takes time with the square of their number), and what regular expressions mean (of
 * which Node knows more every year).
 */
export class ScriptParser extends Parser {
  readonly #writer: TreeWriter;
  #isExported = false;

  constructor(text: string, options: Options) {
    super(options, text);
    this.#writer = new TreeWriter(text, options.sourceType !== 'module');
  }

  /** The nodes of the script; throws a SyntaxError where it has none, and a RangeError where it is nested too deeply. */
  nodes(): Nodes {
    const { records } = this.#writer;
    return records.gather(program(this.#writer, this.parse()));
  }

  parseStatement(...args: readonly unknown[]): unknown {
    const isExported = this.#isExported;
    this.#isExported = false;
    const node = parseStatement(this, args);
    // Of what is exported, and of `'use strict'`, acorn asks what it is.
    return isExported || !isNode(node) || isDirective(node) ? node : this.#writer.packed(node);
  }

  parseExportDeclaration(...args: readonly unknown[]): unknown {
    this.#isExported = true;
    return parseExportDeclaration(this, args);
  }

  declareName(): void {}

  checkLocalExport(): void {}

  validateRegExpFlags(): void {}

  validateRegExpPattern(): void {}
}

const isNode = (node: unknown): node is AnyNode => typeof node === 'object' && node !== null && 'type' in node;

const isDirective = (node: AnyNode): boolean =>
  node.type === 'ExpressionStatement' && node.expression.type === 'Literal';

/** Writes acorn's nodes down as numbers. */
class TreeWriter implements Writer {
  readonly text: string;
  readonly records: Records;
  readonly #hasHtml: boolean;

  constructor(text: string, hasHtml: boolean) {
    this.text = text;
    this.records = new Records(Math.max(FEWEST, Math.ceil(NODES_EACH * text.length)));
    this.#hasHtml = hasHtml;
  }

  packed(node: AnyNode): Packed {
    const from = this.records.size;
    this.statement(node);
    return new Packed(node, { from, to: this.records.size });
  }

  statement(node: AnyNode): void {
    writeStatement(this, node);
  }

  expression(node: AnyNode): void {
    writeExpression(this, node);
  }

  pattern(node: Pattern): void {
    writePattern(this, node);
  }

  skip(from: number): number {
    const { text } = this;
    let at = from;
    for (let isLineStart = false; ; ) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 9) at += 1;
      else if (code === 10) {
        at += 1;
        isLineStart = true;
      } else if (code === 47 && text[at + 1] === '*') {
        const end = text.indexOf('*/', at + 2) + 2;
        isLineStart ||= end - at < 2 ** 16 ? text.slice(at, end).includes('\n') : true;
        at = end;
      } else if (code === 47 && text[at + 1] === '/') at = lineEnd(text, at);
      else if (this.#hasHtml && code === 60 && text.startsWith('<!--', at)) at = lineEnd(text, at);
      else if (this.#hasHtml && code === 45 && isLineStart && text.startsWith('-->', at)) at = lineEnd(text, at);
      else if (code < 128 ? code === 11 || code === 12 || code === 13 : BLANK.test(text[at] ?? '')) {
        isLineStart ||= code === 0x2028 || code === 0x2029;
        at += 1;
      } else return at;
    }
  }
}

function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.exec(text)?.index ?? text.length;
}
