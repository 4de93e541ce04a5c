import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analysePython, findMentions } from '#handler/python/analyse-python.js';
import { type PythonFunction, positionalRange } from '#handler/python/python-module.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';

function only(text: string): PythonFunction {
  const [found] = analysePython(text).module.functions;
  if (!found) throw new Error('no function');
  return found;
}
const python2 = (text: string) => analysePython(text).python2.map((fault) => `${fault.line}: ${fault.message}`);
const invalid = (text: string) => analysePython(text).invalid?.line;

test('functions and classes with their parameters, also below if, try and decorators', () => {
  const { functions, classes, names } = analysePython(
    'import os.path, sys as system\nfrom a import b as c, d\nX = Y = 1\nif X:\n    def one(a, b=1, *args, c, d=2, **kw): pass\ntry:\n    @wrap(1)\n    def two(self): pass\nexcept E as e:\n    pass\nclass S(Base, metaclass=M):\n    def handle(self, data, context): pass\n    @staticmethod\n    def make(): pass\n',
  ).module;
  assert.equal(
    functions.map(({ name, line }) => [name, line]),
    [
      ['one', 5],
      ['two', 8],
    ],
  );
  assert.equal(
    functions[0]?.parameters.map(({ name, kind, hasDefault }) => `${kind} ${name}${hasDefault ? '=' : ''}`),
    ['positional a', 'positional b=', 'args args', 'keyword c', 'keyword d=', 'kwargs kw'],
  );
  assert.equal(functions[1]?.decorators, ['wrap(1)']);
  assert.equal(
    classes.map(({ name, bases, methods }) => [name, bases, methods.map((method) => method.name)]),
    [['S', ['Base'], ['handle', 'make']]],
  );
  assert.equal([...names].sort(), ['S', 'X', 'Y', 'c', 'd', 'e', 'one', 'os', 'system', 'two']);
});

test('how many values a call may pass', () => {
  const range = (list: string) => Object.values(positionalRange(only(`def f(${list}): pass`).parameters));
  assert.equal(range('a, b'), [2, 2]);
  assert.equal(range('a, b=1, *, c'), [1, 2]);
  assert.equal(range('a: int, b: str = "x"'), [1, 2]);
  assert.equal(range('*args'), [0, Number.POSITIVE_INFINITY]);
});

test('returned values, those of inner functions apart', () => {
  const kinds = (body: string) =>
    only(`def f(data):\n${body.replace(/^/gm, '    ')}\n`).returns.map(({ kind, length }) =>
      length === undefined ? kind : `${kind} ${length}`,
    );
  assert.equal(kinds('return [1, 2]'), ['list 2']);
  assert.equal(kinds('return [x for x in data]'), ['list']);
  assert.equal(kinds('return [*data]'), ['list']);
  assert.equal(kinds('if x:\n    return\nreturn {"a": 1}'), ['none', 'dict']);
  assert.equal(kinds('return 1, 2'), ['tuple']);
  assert.equal(kinds('return ["x"] * len(data)'), ['unknown']);
  assert.equal(kinds('def g():\n    return 1\nreturn g'), ['unknown']);
  assert.equal(kinds('return f"{data}"'), ['string']);
});

test('what the call that loads a handler can only fail with', () => {
  const fails = (body: string) =>
    only(`def handle(data, context):\n${body.replace(/^/gm, '    ')}\n`).alwaysFails?.message;
  assert.is(fails('raise ValueError("x")'), 'raise ValueError("x")');
  assert.is(fails('"""Doc."""\nx = 1\nsys.exit(1)'), 'sys.exit(1)');
  assert.is(fails('if data is None:\n    os._exit(9)\nreturn []'), 'os._exit(9)');
  assert.is(fails('if not data:\n    raise E\nreturn []'), 'raise E');
  assert.is(fails('if data is None:\n    return None\nraise E'), undefined);
  assert.is(fails('if data:\n    return []\nraise E'), undefined);
  assert.is(fails('try:\n    load()\nexcept E:\n    pass\nraise E'), undefined);
});

test('the data used before anything could have noticed that it is None', () => {
  const uses = (body: string) => only(`def handle(data, context):\n${body.replace(/^/gm, '    ')}\n`).usesNone?.message;
  assert.is(uses('return [row for row in data]'), '[row for row in data]');
  assert.is(uses('for row in data:\n    pass'), 'data');
  assert.is(uses('n = len(data)\nreturn n'), 'len(data)');
  assert.is(uses('x = data[0]'), 'data[0]');
  assert.is(uses('if data is None:\n    return None\nreturn [row for row in data]'), undefined);
  assert.is(uses('data = data or []\nreturn [row for row in data]'), undefined);
  assert.is(uses('return [row for row in data] if data else None'), undefined);
  assert.is(uses('try:\n    return data[0]\nexcept TypeError:\n    return None'), undefined);
  assert.is(uses('return run(data)'), undefined);
  assert.is(uses('f = lambda: data[0]\nreturn f'), undefined);
});

test('imports: module, level, and whether their failure can be met', () => {
  const { imports, starImport } = analysePython(
    'import numpy as np, os.path\nfrom . import x\nfrom ..a.b import *\ntry:\n    import c\nexcept ImportError:\n    pass\ndef f():\n    import d\n',
  ).module;
  assert.equal(
    imports.map(({ module, level, optional }) => `${'.'.repeat(level)}${module}${optional ? '?' : ''}`),
    ['numpy', 'os.path', '.', '..a.b', 'c?', 'd?'],
  );
  assert.ok(starImport);
});

test('Python 2 syntax, each kind in its line', () => {
  assert.equal(python2('print "a"\n'), ['1: the print statement']);
  assert.equal(python2('raise E, "m"\n'), ['1: raise with a comma']);
  assert.equal(python2('try:\n    pass\nexcept E, e:\n    pass\n').length, 1);
  assert.equal(python2('x = 0777\n'), ['1: an octal number without 0o']);
  assert.equal(python2('x = 10L\n'), ['1: a long number']);
  assert.equal(python2('if a <> b:\n    pass\n'), ['1: the operator <>']);
  assert.equal(python2('exec "a = 1"\n'), ['1: the exec statement']);
  assert.equal(python2('x = ur"a"\n'), ['1: a ur"" string']);
  assert.equal(python2('x = `y`\n'), ['1: backquotes']);
  assert.equal(python2('def f((a, b)):\n    pass\n'), ['1: a parameter list inside the parameters']);
  assert.equal(
    python2(
      'print("a")\nprint\nx = 0\ny = 0o777\nraise E("m") from e\nexec("a")\ntry:\n    pass\nexcept (E, F):\n    pass\n',
    ),
    [],
  );
});

test('syntax errors in the line where something is missing, and none in valid but rare Python', () => {
  assert.is(invalid('def handle(data, context)\n    return []\n'), 1);
  assert.is(invalid('x = (1,\n\n\ny = 2\n'), 4);
  assert.is(invalid('def f():\n    x = [1, 2\n    return x\n'), 2);
  for (const valid of [
    'def f():\n    x = yield\n    yield\n',
    'x = 1. + 2.\ny = 1.e5\nz = 3.j\n',
    'with (open("a") as a, open("b") as b):\n    pass\n',
    'match x:\n    case Point():\n        pass\n    case {"a": 1, **rest}:\n        pass\n',
    'if (n := len(a)) > 1:\n    pass\n',
    'def f(a, /, b, *, c): pass\n',
    'async def f():\n    async with a as b:\n        await c\n    return [x async for x in y]\n',
    'print(f"{x!r:>{width}} {y[\'a\']}")\n',
    'x: dict[str, int] = {}\nlambda *a, **k: (a, k)\n',
    '',
    '# only a comment',
    'with f() as (a, b):\n    pass\nprint = log\nprint\n',
    'f(g(c) for c, *d in e)\nx = rf"(\\{{a)({b})"\n',
    'x = {a for a, *_ in b}\n',
  ])
    assert.is(invalid(valid), undefined, valid);
});

testUnless(missingPeer('mms'), test, 'the sources of a large Python library (numpy) raise no false alarm', () => {
  const python = peerPython('mms') ?? '';
  const root = join(python, '..', '..', 'lib');
  const library = readdirSync(root)
    .map((name) => join(root, name, 'site-packages', 'numpy'))
    .find(existsSync);
  const files =
    library === undefined
      ? []
      : readdirSync(library, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
  assert.ok(files.length > 100, `${files.length} files below ${library}`);
  const alarms = files.filter((name) => {
    const { invalid: fault, python2: old } = analysePython(readFileSync(join(library ?? '', name), 'utf8'));
    return fault !== undefined || old.length > 0;
  });
  assert.equal(alarms, []);
});

test('mentions of a path with their places', () => {
  assert.equal(findMentions('import mxnet as mx\nctx = mx.gpu(0)\nother.mx.gpu\n', /^mx\.gpu$/), [
    { path: 'mx.gpu', line: 2, column: 7 },
  ]);
});

test('any text is analysed, never a crash', () => {
  const token = fc.constantFrom(
    'def',
    'f',
    '(',
    ')',
    ':',
    '\n',
    '    ',
    'return',
    '[',
    ']',
    'class',
    'if',
    'None',
    'data',
    ',',
    '*',
    'import',
    'from',
    '"',
    '#',
    '\\',
    'print',
    '`',
    '1.',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
      analysePython(tokens.join(' '));
    }),
    { numRuns: 500 },
  );
});

test.run();
