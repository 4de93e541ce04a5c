import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewPython } from '#handler/review/review-python.js';

const attacks = (source: string): string[] =>
  reviewPython(source)
    .filter(({ kind }) => kind === 'attack')
    .map(({ message }) => message);
const RUNS = 'runs os.system while it is imported';

// Each of these runs a command when Python imports it, by a name that does not say so.
for (const [way, source] of [
  ['another name', 'x = os\ny = x\ny.system("id")'],
  ['an assignment of several', 'a, b = 1, os\nb.system("id")'],
  ['a walrus', '(x := os).system("id")'],
  ['a loop', 'for m in (os,):\n    m.system("id")'],
  ['a context', 'import contextlib\nwith contextlib.nullcontext(os) as m:\n    m.system("id")'],
  ['a decorator', '@os.system\n@(lambda _: "id")\nclass X: pass'],
  ['a decorator that is called', '@os.system("id")\ndef f(): pass'],
  ['a decorator of a method', 'class A:\n    @os.system\n    @(lambda _: "id")\n    def f(self): pass'],
  ['a lambda as a decorator', '@lambda _: os.system("id")\nclass X: pass'],
  ['the default of a parameter', 'def f(run=os.system):\n    run("id")\nf()'],
  ['a type with a call', 'x: os.system("id") = 1'],
  ['a list', 'd = [os]\nd[0].system("id")'],
  ['a dictionary', 'd = {"x": os}\nd["x"].system("id")'],
  ['an attribute', 'class A: pass\na = A()\na.m = os\na.m.system("id")'],
  ['an attribute of a class', 'class A:\n    m = os\ngetattr(A().m, "sys" + "tem")("id")'],
  ['setattr', 'class A: pass\nsetattr(A, "m", os)\nA.m.system("id")'],
  ['a result', 'def f():\n    return os\nf().system("id")'],
  ['the result of a lambda', 'f = lambda: os\nf().system("id")'],
  ['a parameter', 'def f(m):\n    m.system("id")\nf(os)'],
  ['one of two', '(os if x else None).system("id")'],
  ['an or', '(None or os).system("id")'],
  ['a partial', 'import functools\nfunctools.partial(os.system, "id")()'],
  ['vars', 'vars(os)["system"]("id")'],
  ['its dictionary', 'os.__dict__["sys" + "tem"]("id")'],
  ['its dictionary by a method', 'os.__dict__.get("system")("id")'],
  ['the modules', 'from sys import modules\nmodules["o" + "s"].system("id")'],
  ['the globals', 'globals()["os"].system("id")'],
  ['the globals of a function', 'os.path.join.__globals__["os"].system("id")'],
  ['another module', 'import shutil\nshutil.os.system("id")'],
  ['the hidden name of another module', 'import tempfile\ntempfile._os.system("id")'],
  ['an import from another module', 'from shutil import os as o\no.system("id")'],
  ['an importer with another name', 'i = __import__\ni("os").system("id")'],
  ['a module in a text', 'import importlib\nn = "o" + "s"\nimportlib.import_module(n).system("id")'],
  ['a name with a colon', 'import pkgutil\npkgutil.resolve_name("os:system")("id")'],
  ['an attribute getter', 'from operator import attrgetter as g\ng("sys" + "tem")(os)("id")'],
  ['getattr with another name', 'g = getattr\ng(os, "system")("id")'],
  ['__getattribute__', 'os.__getattribute__("system")("id")'],
  ['__getattribute__ of object', 'object.__getattribute__(os, "system")("id")'],
  ['letters of another shape', 'os.ｓystem("id")'],
  ['a text backwards', 'getattr(os, "metsys"[::-1])("id")'],
  ['a joined text', 'getattr(os, "".join(["sys", "tem"]))("id")'],
  ['a filled text', 'a = "sys"\ngetattr(os, f"{a}tem")("id")'],
  ['a formatted text', 'getattr(os, "{}tem".format("sys"))("id")'],
  ['a replaced text', 'getattr(os, "sysXtem".replace("X", ""))("id")'],
  ['characters', 'getattr(os, chr(115) + "ystem")("id")'],
  ['bytes', 'getattr(os, bytes([115, 121, 115, 116, 101, 109]).decode())("id")'],
  ['bytes in hex', 'getattr(os, bytes.fromhex("73797374656d").decode())("id")'],
  ['base64', 'import base64\ngetattr(os, base64.b64decode("c3lzdGVt").decode())("id")'],
  ['rot13', 'import codecs\ngetattr(os, codecs.decode("flfgrz", "rot13"))("id")'],
  ['escapes', 'getattr(os, "\\x73ystem".lower())("id")'],
  ['a property', 'class A:\n    @property\n    def x(self):\n        os.system("id")\nA().x'],
  ['more names than are kept', `${[...'abcdefghijkl'].map((one) => `m = ${one}`).join('\n')}\nm = os\nm.system("id")`],
] as const) {
  test(`a command by ${way} is seen`, () => {
    const found = attacks(`import os\n${source}`);
    assert.ok(found.includes(RUNS), `${found}`);
  });
}

for (const [what, source] of [
  ['a built-in function', 'g = globals()\nb = g["__buil" + "tins__"]\nb.eval(t)'],
  ['exec as a decorator', '@exec\n@(lambda _: "x")\nclass X: pass'],
  ['an object that is not known', 'import x\nf(x)[0].system("id")'],
  ['a hidden name of an object that is not known', 'import x\nq = x.y()\ngetattr(q, "sys" + "tem")("id")'],
  ['a name that is found by a search', 'import os\nfor n in dir(os):\n    getattr(os, n[0:] + "")("id")'],
  ['the C library', 'import ctypes\nctypes.CDLL(None)["system"](b"id")'],
  [
    'the C library under another name',
    'from ctypes import cdll\nc = cdll.LoadLibrary("libc.so.6")\nr = c.system\nr(b"id")',
  ],
  ['Python from C', 'import ctypes\nctypes.pythonapi.PyRun_SimpleString(b"x")'],
  ['an event loop', 'import asyncio\nasync def m():\n    await loop.subprocess_shell(P, "id")\nasyncio.run(m())'],
  ['every class', 's = [c for c in object.__subclasses__() if c.__name__ == "Popen"][0]\ns(["id"])'],
  ['a frame', 'import inspect\ninspect.currentframe().f_builtins["__import__"]("os").system("id")'],
  ['Cython', 'import pyximport\npyximport.install()'],
  ['other endings', 'import importlib.machinery as m\nm.SOURCE_SUFFIXES.append(".dat")'],
  ['pip', 'from pip._internal import main\nmain(["install", "x"])'],
  ['YAML', 'import yaml\nyaml.unsafe_load(t)'],
  ['an expression of pandas', "import pandas as pd\npd.eval(\"@__import__('os').system('id')\")"],
  [
    'a file with another loader',
    'from importlib.machinery import SourcelessFileLoader as S\nS("x", "x.dat").load_module()',
  ],
  ['a signal', 'import os\nos.kill(1, 9)'],
] as const) {
  test(`code while it is imported is seen: by ${what}`, () => {
    assert.ok(attacks(source).length > 0);
  });
}

test('a type runs nothing: what it names is told as what it is', () => {
  for (const source of [
    'def f(p: Popen) -> None: pass',
    'ps: dict[str, Popen] = {}',
    'class A:\n    p: Popen | None = None',
  ])
    assert.equal(
      reviewPython(`from subprocess import Popen\n${source}`).map(({ kind, message }) => `${kind} ${message}`),
      ['shell uses a program: subprocess.Popen'],
    );
});

test('a name of one function is not that of another', () => {
  assert.equal(attacks('import subprocess\ndef f():\n    run = subprocess.run\ndef run():\n    return 1\nrun()'), []);
});

for (const [what, source] of [
  ['the name of a system', 'import platform\nx = platform.system()'],
  [
    'attributes of modules',
    'import os, torch\nn = "relu"\nf = getattr(torch.nn.functional, n)\nv = vars(torch)\ns = os.sep',
  ],
  ['its own module', 'import sys\nm = sys.modules[__name__]\ngetattr(m, "x" + "y")'],
  ['a system library', 'import ctypes\nctypes.CDLL("libgomp.so.1")'],
  ['endings that are read', 'import importlib.machinery as m\nx = m.EXTENSION_SUFFIXES[0]'],
] as const) {
  test(`nothing is said of ${what}`, () => {
    assert.equal(
      reviewPython(source).filter(({ kind }) => kind !== 'review'),
      [],
    );
  });
}

test('source that leads through more names than anybody follows is not passed', () => {
  const names = Array.from({ length: 400 }, (_, index) => `f${index}(f${index + 1}, x)`);
  const chain = Array.from(
    { length: 30_000 },
    (_, index) => `y${index} = [x.a${index}, x.b${index}, (x or y${index})]`,
  );
  const told = reviewPython(`import os\n${names.join('\n')}\n${chain.join('\n')}\n`);
  assert.ok(told.some(({ kind }) => kind === 'unread'));
});

test('source in an encoding in which comments are code is not passed', () => {
  for (const coding of ['utf-7', 'raw_unicode_escape', 'unicode_escape'])
    assert.equal(
      reviewPython(`#!/usr/bin/python\n# -*- coding: ${coding} -*-\n`).map(({ kind, message }) => `${kind} ${message}`),
      [`unread cannot be reviewed: it is encoded as ${coding}`],
    );
  for (const coding of ['utf-8', 'UTF8', 'latin-1', 'iso-8859-15', 'cp1252', 'ascii'])
    assert.equal(reviewPython(`# coding: ${coding}\n`), []);
});

test.run();
