import { test } from 'uvu';
import { FILE_RULES } from '#check/rules/manifest/files.js';
import { pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

await tellRules(FILE_RULES, [
  [
    'files that are there',
    pythonFiles(
      { 'a.pt': 'x', 'b.pt': 'x', 'm.py': '', 'r.txt': '' },
      { serializedFile: 'a.pt,b.pt', modelFile: 'm.py', requirementsFile: 'r.txt' },
    ),
    [],
  ],
  [
    'no weights',
    pythonFiles({}, { serializedFile: 'model.pt' }),
    [
      'MAR224 model.serializedFile names model.pt, which is not in the archive @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5; found model.pt',
    ],
  ],
  [
    'a misspelt name',
    pythonFiles({ 'model.pth': 'x' }, { serializedFile: 'modle.pth' }),
    [
      "MAR224 model.serializedFile names modle.pth, which is not in the archive (did you mean 'model.pth'?) @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5; found modle.pth",
    ],
  ],
  [
    'one of several weights',
    pythonFiles({ 'a.bin': 'x' }, { serializedFile: 'a.bin,b.dat' }),
    [
      'MAR224 model.serializedFile names b.dat, which is not in the archive @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5; found b.dat',
    ],
  ],
  [
    'no model class',
    pythonFiles({}, { modelFile: 'net.txt' }),
    [
      'MAR224 model.modelFile names net.txt, which is not in the archive @ MAR-INF/MANIFEST.json#/model/modelFile 6:5; found net.txt',
    ],
  ],
  [
    'no requirements',
    pythonFiles({}, { requirementsFile: 'needs.txt' }),
    [
      'MAR224 model.requirementsFile names needs.txt, which is not in the archive @ MAR-INF/MANIFEST.json#/model/requirementsFile 6:5; found needs.txt',
    ],
  ],
  [
    'names that are empty, or not names',
    pythonFiles({}, { serializedFile: '', modelFile: null, requirementsFile: 3, configFile: '' }),
    [],
  ],
  [
    'a comma in a field of one file',
    pythonFiles({ 'a.py': '', 'b.py': '' }, { modelFile: 'a.py,b.py' }),
    [
      'MAR224 model.modelFile names a.py,b.py, which is not in the archive @ MAR-INF/MANIFEST.json#/model/modelFile 6:5; found a.py,b.py',
    ],
  ],
  ['a configuration', pythonFiles({ 'c.yaml': 'minWorkers: 1\n' }, { configFile: 'c.yaml' }), []],
  [
    'no configuration',
    pythonFiles({}, { configFile: 'c.yaml' }),
    [
      'MAR226 model.configFile names c.yaml, which is not in the archive @ MAR-INF/MANIFEST.json#/model/configFile 6:5; found c.yaml',
    ],
  ],
  [
    'a configuration that is not YAML',
    pythonFiles({ 'c.yaml': 'minWorkers: 1\nmaxWorkers: [1\n' }, { configFile: 'c.yaml' }),
    [
      'MAR226 c.yaml is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] @ c.yaml 3:1',
    ],
  ],
  [
    'a configuration with a tab',
    pythonFiles({ 'c.yaml': 'a:\n\tb: 1\n' }, { configFile: 'c.yaml' }),
    ['MAR226 c.yaml is not YAML: Tabs are not allowed as indentation @ c.yaml 2:1'],
  ],
]);

test.run();
