import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewTogether } from '#handler/review/review-together.js';

const SETUP = 'import subprocess\ndef setup():\n    subprocess.run(["x"])\n';
const CLASS = 'import os\nclass Helper:\n    def __init__(self):\n        os.system("x")\n';

/** The gravest kind that is said of each source. */
function kinds(sources: Readonly<Record<string, string>>): Record<string, string> {
  const found = [...reviewTogether(new Map(Object.entries(sources)))];
  return Object.fromEntries(
    found.map(([path, remarks]) => [
      path,
      remarks.find(({ kind }) => kind === 'attack')?.kind ?? remarks[0]?.kind ?? '',
    ]),
  );
}

for (const [what, sources, expected] of [
  [
    'a module that is imported',
    { 'h.py': 'import helper\nhelper.setup()', 'helper.py': SETUP },
    { 'helper.py': 'attack' },
  ],
  [
    'a name of it, under another one',
    { 'h.py': 'from helper import setup as s\ns()', 'helper.py': SETUP },
    { 'helper.py': 'attack' },
  ],
  ['all of it', { 'h.py': 'from helper import *\nsetup()', 'helper.py': SETUP }, { 'helper.py': 'attack' }],
  ['a class of it', { 'h.py': 'import helper\nx = helper.Helper()', 'helper.py': CLASS }, { 'helper.py': 'attack' }],
  [
    'a package',
    { 'h.py': 'import p\np.setup()', 'p/__init__.py': 'from .m import setup', 'p/m.py': SETUP },
    { 'p/m.py': 'attack' },
  ],
  [
    'a module beside it in a package',
    { 'p/a.py': 'from . import b\nb.setup()', 'p/b.py': SETUP },
    { 'p/b.py': 'attack' },
  ],
  [
    'a module of the package above',
    { 'p/q/a.py': 'from ..b import setup\nsetup()', 'p/b.py': SETUP },
    { 'p/b.py': 'attack' },
  ],
  [
    'a module in between',
    { 'h.py': 'import a\na.go()', 'a.py': 'import b\ndef go():\n    b.setup()', 'b.py': SETUP },
    { 'b.py': 'attack' },
  ],
  [
    'two that import each other',
    { 'a.py': 'import b\nb.setup()', 'b.py': `import a\na.x()\n${SETUP}` },
    { 'b.py': 'attack' },
  ],
] as const) {
  test(`a function that another source calls while it is imported runs then: ${what}`, () => {
    assert.equal(kinds(sources), expected);
  });
}

for (const [what, sources] of [
  ['nobody calls it', { 'h.py': 'import helper\nhelper.other()', 'helper.py': SETUP }],
  ['it is called in a function', { 'h.py': 'import helper\ndef f():\n    helper.setup()', 'helper.py': SETUP }],
  ['another module has it', { 'h.py': 'import other\nother.setup()', 'helper.py': SETUP }],
  [
    'a source that cannot be parsed calls it',
    { 'h.py': `#${'('.repeat(3000)}\nimport helper\nhelper.setup()`, 'helper.py': SETUP },
  ],
] as const) {
  test(`a function that starts a program is a risk, and no attack, where ${what}`, () => {
    assert.is(kinds(sources)['helper.py'], 'shell');
  });
}

test('sources without anything to say are left out', () => {
  assert.equal(kinds({ 'a.py': 'x = 1', 'b.py': 'import json' }), {});
});

test.run();
