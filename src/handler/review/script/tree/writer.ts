import type {
  AnyNode,
  EmptyStatement,
  Identifier,
  Literal,
  Pattern,
  PrivateIdentifier,
  Program,
  Statement,
} from 'acorn';
import { KIND } from './kinds.js';
import type { Piece, Records } from './records.js';

/** What stands in acorn's tree for a statement that is written down already. */
export class Packed implements EmptyStatement {
  readonly type = 'EmptyStatement';
  readonly start: number;
  readonly end: number;
  readonly piece: Piece;

  constructor({ start, end }: Pick<Statement, 'start' | 'end'>, piece: Piece) {
    this.start = start;
    this.end = end;
    this.piece = piece;
  }
}

/** What the parts of the writer of nodes do for each other. */
export interface Writer {
  readonly text: string;
  readonly records: Records;
  /** The place of the next token: behind blanks and comments. */
  skip(from: number): number;
  statement(node: AnyNode): void;
  expression(node: AnyNode): void;
  pattern(node: Pattern): void;
}

/** A sign or a word. */
export function token(w: Writer, kind: number, from: number, length: number): void {
  w.records.open(kind, from, from + length);
}

/** A name, by what it is used for. */
export function name(w: Writer, kind: number, node: Identifier | PrivateIdentifier): void {
  const at = w.records.open(kind, node.start, node.end);
  const whole = node.type === 'PrivateIdentifier' ? `#${node.name}` : node.name;
  if (whole.length !== node.end - node.start) w.records.callIt(at, whole);
}

/** A literal. */
export function literal(w: Writer, node: Literal): void {
  w.records.open(kindOfLiteral(node), node.start, node.end);
}

function kindOfLiteral({ value, regex, bigint }: Literal): number {
  if (regex) return KIND.RegExp;
  if (typeof value === 'string') return KIND.String;
  if (typeof value === 'boolean') return KIND.BooleanLiteral;
  return typeof value === 'number' || bigint ? KIND.Number : KIND.null;
}

/** What stands in brackets behind a word, as a condition: its own brackets are no node of acorn's. Returns the place behind them. */
export function bracketed(w: Writer, behind: number, inner: AnyNode): number {
  const from = w.skip(behind);
  const to = w.skip(inner.end) + 1;
  const at = w.records.open(KIND.ParenthesizedExpression, from, to);
  w.expression(inner);
  w.records.close(at);
  return to;
}

/** A node with what `write` writes into it. */
export function inside(
  w: Writer,
  kind: number,
  { start, end }: { start: number; end: number },
  write: () => void,
): void {
  const at = w.records.open(kind, start, end);
  write();
  w.records.close(at);
}

/** All that a program consists of. */
export function program(w: Writer, node: Program): Piece {
  const from = w.records.size;
  const at = w.records.open(KIND.Script, 0, w.text.length);
  if (w.text.startsWith('#!'))
    token(w, KIND.Hashbang, 0, (/[\n\r\u2028\u2029]/.exec(w.text)?.index ?? w.text.length) - 0);
  for (const statement of node.body) w.statement(statement);
  w.records.close(at);
  return { from, to: w.records.size };
}
