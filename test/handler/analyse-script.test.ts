import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyseScript } from '#handler/analyse-script.js';
import { ScriptAnalyst } from '#handler/script-analyst.js';
import type { ScriptExport } from '#handler/script-module.js';

const analyse = (text: string, path = 'service.mjs') => analyseScript(text, path);
function only(text: string, path?: string): ScriptExport {
  const [found, ...rest] = analyse(text, path).exports;
  if (!found || rest.length > 0) throw new Error('not one export');
  return found;
}
const kinds = (text: string) => only(text).call?.returns.map((found) => found.kind);

test('exports, however they are written', () => {
  const cases: [string, string, ScriptExport['kind']][] = [
    ['export function handle(b, c) {}', 'handle', 'function'],
    ['export const handle = async (b) => b;', 'handle', 'function'],
    ['const h = function (b) {}; export { h as handle };', 'handle', 'function'],
    ['export default (b) => b;', 'default', 'function'],
    ['export default function () {}', 'default', 'function'],
    ['var S = class { handle(b) {} }; export { S as default };', 'default', 'class'],
    ['export default class {}', 'default', 'class'],
    ['class S {} export { S };', 'S', 'class'],
    ['export const handle = 5;', 'handle', 'value'],
    ['export const handle = { top: 5 };', 'handle', 'object'],
    ['export const handle = make();', 'handle', 'unknown'],
    ["export { handle } from './other.mjs';", 'handle', 'unknown'],
  ];
  for (const [text, name, kind] of cases) {
    const found = only(text);
    assert.equal([found.name, found.kind], [name, kind], text);
  }
  assert.ok(analyse("export * from './other.mjs';").reexportsAll);
});

test('CommonJS exports', () => {
  for (const text of [
    'module.exports = { handle(b) {} };',
    'exports.handle = (b) => b;',
    'module.exports = { handle: async (b) => b };',
    'function handle(b) {} module.exports = { handle };',
  ])
    assert.equal([only(text, 'service.cjs').name, only(text, 'service.cjs').kind], ['handle', 'function'], text);
  assert.is(only('module.exports = class {};', 'service.cjs').kind, 'class');
});

test('classes: their methods, also inherited in the file, and the outer base', () => {
  const found = only(
    'class Base { handle(b, c, d) { return 1; } } var S = class extends Base { initialize() {} }; export { S as default };',
  );
  assert.equal(found.methods, ['initialize', 'handle']);
  assert.is(found.call?.required, 3);
  assert.is(found.base, undefined);
  assert.is(
    only("import { OnnxService } from 'model-archiver/service'; export default class extends OnnxService {}").base,
    'OnnxService',
  );
  const own = only('export class S { handle = async (b) => b; }');
  assert.equal([own.methods, own.properties], [[], ['handle']]);
});

test('required parameters leave out defaults and rest', () => {
  const required = (text: string) => only(`export function handle(${text}) {}`).call?.required;
  assert.equal(['', 'a', 'a, b', 'a, b = 1', 'a, ...b', 'a, b, c'].map(required), [0, 1, 2, 1, 1, 3]);
});

test('returned values, those of inner functions apart', () => {
  assert.equal(kinds('export function handle(b) { return b.map((x) => { return { x }; }); }'), ['unknown']);
  assert.equal(kinds('export function handle(b) { if (!b) return; if (b.x) return "s"; return [1, 2]; }'), [
    'none',
    'string',
    'list',
  ]);
  assert.equal(kinds('export const handle = () => ({ a: 1 });'), ['object']);
  assert.equal(kinds('export const handle = async () => await [1];'), ['list']);
  assert.equal(only('export const handle = () => [1, 2];').call?.returns[0]?.length, 2);
  assert.is(only('export const handle = (b) => [...b];').call?.returns[0]?.length, undefined);
});

test('imports: optional where their failure can be met', () => {
  const { imports } = analyse(
    "import a from 'a'; export * from 'b'; const c = require('c'); import('d'); function f() { require('e'); } try { require('g'); } catch {}",
  );
  assert.equal(
    imports.map(({ specifier, optional }) => `${specifier}${optional ? '?' : ''}`),
    ['a', 'b', 'c', 'd?', 'e?', 'g?'],
  );
});

test('what keeps a module from loading', () => {
  const blocking = (text: string) => analyse(text).blocking.map((fault) => `${fault.line}: ${fault.message}`);
  assert.equal(blocking('let a;\nthrow new Error("no");'), ['2: throws']);
  assert.equal(blocking('process.exit(1);'), ['1: ends the process']);
  assert.equal(blocking('while (true) {}'), ['1: loops for ever']);
  assert.equal(blocking('http.createServer().listen(80);'), ['1: opens a server']);
  assert.equal(
    blocking(
      'while (true) { if (x) break; }\nif (a) process.exit(1);\nfunction f() { process.exit(1); }\ng(() => process.exit(1));',
    ),
    [],
  );
});

test('syntax errors with their place', () => {
  const [first] = analyse('export function handle(b {\n').syntaxErrors;
  assert.is(first?.line, 1);
  assert.equal(analyse('export const handle = (b) => b?.map(String) ?? [];').syntaxErrors, []);
});

test('any text is analysed, never a crash', () => {
  const token = fc.constantFrom(
    'export',
    'default',
    'class',
    'function',
    '{',
    '}',
    '(',
    ')',
    '=>',
    'return',
    '[',
    ']',
    'handle',
    '"x"',
    ';',
    '\n',
    'import',
    'from',
    'await',
    '...',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
      analyse(tokens.join(' '));
    }),
    { numRuns: 60 },
  );
});

test('the analyst answers as analyseScript does, question after question, and leaves no process', async () => {
  const analyst = new ScriptAnalyst();
  const texts = ['export function handle(b) { return b; }', 'export default class {', ''];
  const answers = await Promise.all(texts.map((text) => analyst.analyse(text, 'service.mjs')));
  assert.equal(
    answers,
    texts.map((text) => analyse(text)),
  );
  await analyst.close();
  await analyst.close();
});

test.run();
