import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goalOf, parseScript } from '#handler/review/script/tree/parse-script.js';
import type { ScriptTree } from '#handler/review/script/tree/script-tree.js';

/** A tree as `Name(inner inner)`, names with their words. */
function outline(tree: ScriptTree, node = 0): string {
  const inner = tree.children(node).map((child) => outline(tree, child));
  const words = inner.length === 0 ? `:${tree.words(node)}` : `(${inner.join(' ')})`;
  return `${tree.name(node)}${words}`;
}
const of = (text: string): string => outline(parseScript(text)).slice('Script('.length, -1);

for (const [text, expected] of [
  ['a.b', 'ExpressionStatement(MemberExpression(VariableName:a PropertyName:b))'],
  [
    'a?.b[0] /* ? */ ?. (c, ...d)',
    'ExpressionStatement(CallExpression(MemberExpression(MemberExpression(VariableName:a PropertyName:b) [:[ Number:0) ' +
      'ArgList(VariableName:c Spread:... VariableName:d)))',
  ],
  [
    'if (a) { b() } else c = 1',
    'IfStatement(ParenthesizedExpression(VariableName:a) Block(ExpressionStatement(CallExpression(VariableName:b ArgList:()))) ' +
      'ExpressionStatement(AssignmentExpression(VariableName:c Equals:= Number:1)))',
  ],
  [
    'for (const [, a = 1] of b) f: { break f }',
    'ForStatement(ForOfSpec(ArrayPattern([:[ ,:, VariableDefinition:a Equals:= Number:1) VariableName:b) ' +
      'LabeledStatement(Label:f Block(BreakStatement(Label:f))))',
  ],
  [
    'async function* f({ a, ["b"]: c, ...d }, e = 1) { yield* a; await b }',
    'FunctionDeclaration(Star:* VariableDefinition:f ParamList(ObjectPattern(PatternProperty(VariableDefinition:a) ' +
      'PatternProperty([:[ String:"b" VariableDefinition:c) PatternProperty(Spread:... VariableDefinition:d)) VariableDefinition:e Equals:= Number:1) ' +
      'Block(ExpressionStatement(YieldExpression(yield:yield Star:* VariableName:a)) ExpressionStatement(AwaitExpression(await:await VariableName:b))))',
  ],
  [
    'class A extends B { static #a = 1; get b() {} static { c } [d]() {} }',
    'ClassDeclaration(VariableDefinition:A extends:extends VariableName:B ClassBody(PropertyDeclaration(static:static PrivatePropertyDefinition:#a Equals:= Number:1) ' +
      'MethodDeclaration(get:get PropertyDefinition:b ParamList:() Block:{}) StaticBlock(static:static Block(ExpressionStatement(VariableName:c))) ' +
      'MethodDeclaration([:[ VariableName:d ParamList:() Block:{})))',
  ],
  [
    'import a, { b as c, default as d } from "e" with { type: "json" }; export * as f from "g"; export default class {}',
    'ImportDeclaration(VariableDefinition:a ImportGroup(VariableName:b as:as VariableDefinition:c default:default as:as VariableDefinition:d) String:"e") ' +
      'ExportDeclaration(Star:* as:as VariableName:f String:"g") ExportDeclaration(default:default ClassDeclaration(ClassBody:{}))',
  ],
  [
    `(a) => \`x\${b}\`, async (c) => ({ d, e() {}, ...f })`,
    'ExpressionStatement(SequenceExpression(ArrowFunction(ParamList(VariableDefinition:a) Arrow:=> TemplateString(Interpolation(VariableName:b))) ' +
      'ArrowFunction(ParamList(VariableDefinition:c) Arrow:=> ParenthesizedExpression(ObjectExpression(Property(PropertyDefinition:d) ' +
      'Property(PropertyDefinition:e ParamList:() Block:{}) Property(Spread:... VariableName:f))))))',
  ],
  [
    'try { a } catch { switch (b) { case 1: default: new C } } finally {}',
    'TryStatement(Block(ExpressionStatement(VariableName:a)) CatchClause(Block(SwitchStatement(ParenthesizedExpression(VariableName:b) ' +
      'SwitchBody(CaseLabel(Number:1) DefaultLabel(default:default) ExpressionStatement(NewExpression(VariableName:C)))))) FinallyClause(Block:{}))',
  ],
  [
    'for (var i = 0; i < 1; i++) typeof -i ? i : x ||= 2',
    'ForStatement(ForSpec(VariableDeclaration(VariableDefinition:i Equals:= Number:0) BinaryExpression(VariableName:i CompareOp:< Number:1) ' +
      'PostfixExpression(VariableName:i ArithOp:++)) ExpressionStatement(ConditionalExpression(UnaryExpression(typeof:typeof UnaryExpression(ArithOp:- VariableName:i)) ' +
      'LogicOp:? VariableName:i LogicOp:: AssignmentExpression(VariableName:x UpdateOp:||= Number:2))))',
  ],
  [
    '[a.b, c] = d; \\u0061wait\\u{31}.\\u0065val("\\x61")',
    'ExpressionStatement(AssignmentExpression(ArrayPattern([:[ MemberExpression(VariableName:a PropertyName:b) ,:, VariableDefinition:c) Equals:= VariableName:d)) ' +
      'ExpressionStatement(CallExpression(MemberExpression(VariableName:await1 PropertyName:eval) ArgList(String:"a")))',
  ],
] as const)
  test(`the nodes of a script stand in the order in which they begin: ${text}`, () => {
    assert.equal(of(text), expected);
  });

test('a script is parsed as what Node runs it as', () => {
  assert.equal(of('a; <!-- b\n--> c\n/x/'), 'ExpressionStatement(VariableName:a) ExpressionStatement(RegExp:/x/)');
  assert.equal(of('return a'), 'ReturnStatement(VariableName:a)');
  assert.equal(of('#!/usr/bin/env node\na'), 'Hashbang:#!/usr/bin/env node ExpressionStatement(VariableName:a)');
  assert.equal(
    of('import "a"; await b'),
    'ImportDeclaration(String:"a") ExpressionStatement(AwaitExpression(await:await VariableName:b))',
  );
  assert.equal(of('await b'), 'ExpressionStatement(AwaitExpression(await:await VariableName:b))');
  assert.equal(
    of('await(b)\rreturn'),
    'ExpressionStatement(CallExpression(VariableName:await ArgList(VariableName:b))) ReturnStatement:return',
  );
  assert.throws(() => parseScript('return', goalOf('a.mjs')), SyntaxError);
  assert.throws(() => parseScript('await b', goalOf('a.cjs')), SyntaxError);
  // As a script a comment, as a module a call.
  assert.equal(outline(parseScript('a<!--b().c', goalOf('a.CJS'))), 'Script(ExpressionStatement(VariableName:a))');
  assert.match(outline(parseScript('a<!--b().c', goalOf('a.mjs'))), /CallExpression/);
  assert.throws(() => parseScript('a<!--b().c', goalOf('a.js')), /means one thing as a script and another as a module/);
  assert.match(outline(parseScript('import "x"; a<!--b().c', goalOf('a.js'))), /CallExpression/);
  assert.throws(
    () => parseScript('await /"/; b(); /"/g', goalOf('a.js')),
    /means one thing as a script and another as a module/,
  );
});

test('what is no JavaScript is a syntax error, and what is nested too deeply another', () => {
  for (const text of ['let a: b', 'const x = <div/>', '@a class B {}', '{', 'a b', "'"])
    assert.throws(() => parseScript(text), SyntaxError, text);
  for (const text of ['('.repeat(100_000), 'a=>'.repeat(100_000), `${'!'.repeat(100_000)}a`])
    assert.throws(() => parseScript(text), RangeError, text.slice(0, 9));
  // What Node knows of regular expressions grows every year; names that are declared twice take time with the square of their number.
  assert.type(of('/\\p{Script=Later}/u; let a; let a'), 'string');
});

test('a large script is parsed in little memory: no tree of objects is kept', () => {
  const program =
    'import { parseScript } from "#handler/review/script/tree/parse-script.js";' +
    'const text = "!function(){".concat("function f(a){if(a){return g(a.b,[1,2],{c:3})}}".repeat(80000), "}()");' +
    'process.stdout.write(String(parseScript(text).size));';
  const flags = ['--max-old-space-size=64', '--import', import.meta.resolve('tsx'), '--conditions=mar-source'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  assert.equal([stdout, stderr], [String(80_000 * 24 + 9), '']);
});

test.run();
