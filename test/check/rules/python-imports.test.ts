import { test } from 'uvu';
import { PYTHON_IMPORT_RULES } from '#check/rules/python-imports.js';
import { type Files, PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const importing = (lines: string, more: Readonly<Record<string, string | undefined>> = {}, top = {}): Files =>
  pythonFiles({ 'service.py': `${lines}\n${PYTHON_HANDLER}`, ...more }, {}, top);

await tellRules(PYTHON_IMPORT_RULES, [
  ['modules of Python', importing('import os, json\nfrom collections import abc'), []],
  [
    'a package that nobody brings',
    importing('import os, pandas.io as p'),
    ['MAR320 service.py imports pandas, which is not packed @ service.py 1:1; found pandas'],
  ],
  ['a package that the requirements bring', importing('import pandas', { 'requirements.txt': 'Pandas==2.2\n' }), []],
  [
    'a package of another name',
    importing('import cv2, sklearn', { 'requirements.txt': 'opencv_python\n' }),
    ['MAR320 service.py imports sklearn, which is not packed @ service.py 1:1; found sklearn'],
  ],
  [
    'a package of the archive, and a file of it',
    importing('import tools, more', { 'tools/__init__.py': '', 'more.py': '' }),
    [],
  ],
  [
    'packages of the servers',
    importing('import torch\nimport numpy\nimport mms\nimport PIL'),
    [
      'MAR320 service.py imports PIL, which is not packed @ service.py 4:1; found PIL [local]',
      'MAR320 service.py imports mms, which is not packed @ service.py 3:1; found mms [local, torchserve]',
      'MAR320 service.py imports numpy, which is not packed @ service.py 2:1; found numpy [local, mms]',
      'MAR320 service.py imports torch, which is not packed @ service.py 1:1; found torch [local, mms, sagemaker]',
    ],
  ],
  ['an import that may fail', importing('try:\n    import pandas\nexcept ImportError:\n    pandas = None'), []],
  [
    'modules of Python 2',
    importing('import cPickle\nimport urllib2'),
    [
      'MAR321 Python 3 has no module cPickle @ service.py 1:1; found cPickle; expected pickle',
      'MAR321 Python 3 has no module urllib2 @ service.py 2:1; found urllib2; expected urllib.request',
    ],
  ],
  [
    'a module of Python 2 that may fail',
    importing('try:\n    import cPickle\nexcept ImportError:\n    import pickle'),
    [],
  ],
  ['a module of Python 2 in the archive', importing('import cPickle', { 'cPickle.py': '' }), []],
  ['modules of Python 2 where it is asked for', importing('import cPickle, pandas', {}, { runtime: 'python2' }), []],
  [
    'a relative import',
    importing('from . import x\nfrom .tools import y'),
    [
      'MAR322 service.py is not part of a package @ service.py 1:1',
      'MAR322 service.py is not part of a package @ service.py 2:1',
    ],
  ],
  [
    'a relative import that may fail',
    importing('try:\n    from . import x\nexcept ImportError:\n    import x', { 'x.py': '' }),
    [],
  ],
  [
    'a relative import in a package',
    pythonFiles({
      'service.py': undefined,
      'service/__init__.py': `from . import x\n${PYTHON_HANDLER}`,
      'service/x.py': '',
    }),
    [],
  ],
  [
    'files with names of Python',
    importing('import os', { 'json.py': '', 'lib/os.py': '', 'service2.py': '' }),
    ['MAR323 json.py hides the standard module json @ json.py'],
  ],
  [
    'the handler with a name of Python',
    pythonFiles({ 'service.py': undefined, 'json.py': PYTHON_HANDLER }, { handler: 'json:handle' }),
    [],
  ],
]);

test.run();
