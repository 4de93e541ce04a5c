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
  ...(
    [
      ['', 'is empty'],
      ['# nothing\n', 'is empty'],
      ['- a\n', 'holds a list'],
      ['words\n', 'holds a text'],
    ] as const
  ).map(
    ([text, what]) =>
      [
        `a configuration that ${what}: ${JSON.stringify(text)}`,
        pythonFiles({ 'c.yaml': text }, { configFile: 'c.yaml' }),
        [`MAR226 c.yaml ${what}, and TorchServe wants keys with values in it @ c.yaml [torchserve]`],
      ] as const,
  ),
  ...(
    [
      ['not json', `is not JSON: Unexpected token 'o', "not json" is not valid JSON`],
      ['"a"', 'is not an object of labels by class number'],
      ['{"0": "a", "1": 5}', 'has 5 for the class 1, expected a text'],
      ['{"0": ["a", null]}', 'has ["a",null] for the class 0, expected a text'],
    ] as const
  ).map(
    ([text, what]) =>
      [
        `labels of TorchServe: ${text}`,
        pythonFiles({ 'index_to_name.json': text }, { handler: 'text_classifier' }),
        [`MAR233 index_to_name.json ${what} @ index_to_name.json`],
      ] as const,
  ),
  [
    'labels as TorchServe wrote them once',
    pythonFiles({ 'index_to_name.json': '{"object_type_names": ["a"]}' }, { handler: 'object_detector' }),
    [],
  ],
  [
    'labels with several names for a class',
    pythonFiles({ 'index_to_name.json': '{"0": ["n01", "tench"], "1": "owl"}' }, { handler: 'image_classifier' }),
    [],
  ],
  // What TorchServe 0.12 described of models that were registered with these values.
  [
    'values of a configuration that TorchServe ignores',
    pythonFiles(
      {
        'c.yaml':
          'minWorkers: two\nmaxWorkers: 1.0\nbatchSize: 0\nmaxBatchDelay: 1e2\nresponseTimeout: "9"\nother: "1"\n',
      },
      { configFile: 'c.yaml' },
    ),
    [
      'MAR234 c.yaml has minWorkers: two, expected a whole number from 0 @ c.yaml',
      'MAR234 c.yaml has maxWorkers: 1.0, expected a whole number from 0 @ c.yaml',
      'MAR234 c.yaml has batchSize: 0, expected a whole number from 1 @ c.yaml',
      'MAR234 c.yaml has maxBatchDelay: 1e2, expected a whole number from 1 @ c.yaml',
      'MAR234 c.yaml has responseTimeout: "9", expected a whole number from 1 @ c.yaml',
    ],
  ],
  [
    'more workers at least than at most',
    pythonFiles({ 'c.yaml': 'minWorkers: 3\nmaxWorkers: 1\n' }, { configFile: 'c.yaml' }),
    ['MAR234 c.yaml has maxWorkers: 1 below minWorkers: 3 @ c.yaml'],
  ],
  [
    'values that it takes',
    pythonFiles(
      { 'c.yaml': 'minWorkers: 1  # one\nmaxWorkers: 1\nbatchSize: 3\nmaxBatchDelay: 7\nresponseTimeout: 9\n' },
      { configFile: 'c.yaml' },
    ),
    [],
  ],
]);

test.run();
