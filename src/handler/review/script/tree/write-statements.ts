import type {
  AnyNode,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  SwitchCase,
  SwitchStatement,
  TryStatement,
  VariableDeclaration,
} from 'acorn';
import { KIND } from './kinds.js';
import { writeClass, writeFunction } from './write-functions.js';
import { writeExport, writeImport } from './write-modules.js';
import { bracketed, inside, name, Packed, token, type Writer } from './writer.js';

/** A statement; one that was written down before only says where it lies. */
export function writeStatement(w: Writer, node: AnyNode): void {
  if (node instanceof Packed) {
    w.records.refer(node.piece);
    return;
  }
  switch (node.type) {
    case 'EmptyStatement':
      return;
    case 'ExpressionStatement':
      inside(w, KIND.ExpressionStatement, node, () => w.expression(node.expression));
      return;
    case 'VariableDeclaration':
      writeVariables(w, node, node.end);
      return;
    case 'FunctionDeclaration':
      writeFunction(w, node);
      return;
    case 'ClassDeclaration':
      writeClass(w, node);
      return;
    case 'ImportDeclaration':
      writeImport(w, node);
      return;
    case 'ExportAllDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportNamedDeclaration':
      writeExport(w, node);
      return;
    case 'BlockStatement':
      inside(w, KIND.Block, node, () => writeAll(w, node.body));
      return;
    case 'ReturnStatement':
      inside(w, KIND.ReturnStatement, node, () => {
        if (node.argument) w.expression(node.argument);
      });
      return;
    case 'ThrowStatement':
      inside(w, KIND.ThrowStatement, node, () => w.expression(node.argument));
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
      inside(w, node.type === 'BreakStatement' ? KIND.BreakStatement : KIND.ContinueStatement, node, () => {
        if (node.label) name(w, KIND.Label, node.label);
      });
      return;
    case 'DebuggerStatement':
      w.records.open(KIND.DebuggerStatement, node.start, node.end);
      return;
    case 'LabeledStatement':
      inside(w, KIND.LabeledStatement, node, () => {
        name(w, KIND.Label, node.label);
        w.statement(node.body);
      });
      return;
    case 'TryStatement':
      inside(w, KIND.TryStatement, node, () => writeTry(w, node));
      return;
    default:
      writeControl(w, node);
  }
}

/** What is run under a condition, or again and again. */
function writeControl(w: Writer, node: AnyNode): void {
  switch (node.type) {
    case 'IfStatement':
      inside(w, KIND.IfStatement, node, () => {
        bracketed(w, node.start + 'if'.length, node.test);
        w.statement(node.consequent);
        if (node.alternate) w.statement(node.alternate);
      });
      return;
    case 'WhileStatement':
      inside(w, KIND.WhileStatement, node, () => {
        bracketed(w, node.start + 'while'.length, node.test);
        w.statement(node.body);
      });
      return;
    case 'WithStatement':
      inside(w, KIND.WithStatement, node, () => {
        bracketed(w, node.start + 'with'.length, node.object);
        w.statement(node.body);
      });
      return;
    case 'DoWhileStatement':
      inside(w, KIND.DoStatement, node, () => {
        w.statement(node.body);
        bracketed(w, w.skip(node.body.end) + 'while'.length, node.test);
      });
      return;
    case 'SwitchStatement':
      inside(w, KIND.SwitchStatement, node, () => writeSwitch(w, node));
      return;
    case 'ForStatement':
      inside(w, KIND.ForStatement, node, () => {
        writeFor(w, node);
        w.statement(node.body);
      });
      return;
    case 'ForInStatement':
    case 'ForOfStatement':
      inside(w, KIND.ForStatement, node, () => {
        writeForEach(w, node);
        w.statement(node.body);
      });
      return;
    default:
      throw new Error(`the parser brought what is not known here: ${node.type}`);
  }
}

function writeAll(w: Writer, list: readonly AnyNode[]): void {
  for (const one of list) w.statement(one);
}

/** `to` lies behind the semicolon, which acorn leaves out where a loop begins with it. */
function writeVariables(w: Writer, node: VariableDeclaration, to: number): void {
  inside(w, KIND.VariableDeclaration, { start: node.start, end: to }, () => writeDeclared(w, node));
}

/** What stands in a declaration, beside its word. */
function writeDeclared(w: Writer, { kind, start, declarations }: VariableDeclaration): void {
  const isAwaited = kind === 'await using';
  if (isAwaited) token(w, KIND.await, start, 5);
  if (isAwaited || kind === 'using') token(w, KIND.using, isAwaited ? w.skip(start + 5) : start, 5);
  for (const { id, init } of declarations) {
    w.pattern(id);
    if (!init) continue;
    token(w, KIND.Equals, w.skip(id.end), 1);
    w.expression(init);
  }
}

function writeTry(w: Writer, { block, handler, finalizer }: TryStatement): void {
  w.statement(block);
  if (handler)
    inside(w, KIND.CatchClause, handler, () => {
      if (handler.param) w.pattern(handler.param);
      w.statement(handler.body);
    });
  if (finalizer) {
    const start = w.skip((handler ?? block).end);
    inside(w, KIND.FinallyClause, { start, end: finalizer.end }, () => w.statement(finalizer));
  }
}

function writeSwitch(w: Writer, node: SwitchStatement): void {
  const start = w.skip(bracketed(w, node.start + 'switch'.length, node.discriminant));
  inside(w, KIND.SwitchBody, { start, end: node.end }, () => {
    for (const one of node.cases) {
      writeLabel(w, one);
      writeAll(w, one.consequent);
    }
  });
}

function writeLabel(w: Writer, { start, test }: SwitchCase): void {
  const end = w.skip(test?.end ?? start + 'default'.length) + 1;
  inside(w, test ? KIND.CaseLabel : KIND.DefaultLabel, { start, end }, () => {
    if (test) w.expression(test);
    else token(w, KIND.default, start, 'default'.length);
  });
}

function writeFor(w: Writer, { start, init, test, update }: ForStatement): void {
  const from = w.skip(start + 'for'.length);
  const at = w.records.open(KIND.ForSpec, from, from);
  const first = w.skip(init?.end ?? from + 1) + 1;
  if (init?.type === 'VariableDeclaration') writeVariables(w, init, first);
  else if (init) w.expression(init);
  if (test) w.expression(test);
  const second = w.skip(test?.end ?? first) + 1;
  if (update) w.expression(update);
  w.records.endAt(at, w.skip(update?.end ?? second) + 1);
  w.records.close(at);
}

function writeForEach(w: Writer, node: ForInStatement | ForOfStatement): void {
  let from = w.skip(node.start + 'for'.length);
  if (node.type === 'ForOfStatement' && node.await) {
    token(w, KIND.await, from, 5);
    from = w.skip(from + 5);
  }
  const { left, right } = node;
  const kind = node.type === 'ForInStatement' ? KIND.ForInSpec : KIND.ForOfSpec;
  inside(w, kind, { start: from, end: w.skip(right.end) + 1 }, () => {
    if (left.type === 'VariableDeclaration') writeDeclared(w, left);
    else if (left.type === 'Identifier') w.expression(left);
    else w.pattern(left);
    if (kind === KIND.ForInSpec) token(w, KIND.in, w.skip(left.end), 2);
    w.expression(right);
  });
}
