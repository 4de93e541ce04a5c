import { test } from 'uvu';
import { PRESENCE_RULES } from '#check/rules/manifest/presence.js';
import { type Files, manifest, PYTHON_HANDLER, pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

const written = (text: string | Buffer): Files => pythonFiles({ 'MAR-INF/MANIFEST.json': text });
const LEGACY = '{ "Model": { "Model-Name": "cats", "Service": "service.py" } }';

await tellRules(PRESENCE_RULES, [
  ['a good manifest', pythonFiles(), []],
  [
    'no manifest',
    { 'service.py': PYTHON_HANDLER },
    ['MAR201 there is no MAR-INF/MANIFEST.json; expected MAR-INF/MANIFEST.json'],
  ],
  [
    'a manifest one folder too deep',
    { 'cats/MAR-INF/MANIFEST.json': manifest(), 'cats/service.py': PYTHON_HANDLER },
    ['MAR201 there is no MAR-INF/MANIFEST.json; found cats/MAR-INF/MANIFEST.json; expected MAR-INF/MANIFEST.json'],
  ],
  [
    'a manifest in lower case',
    { 'mar-inf/manifest.json': manifest(), 'service.py': PYTHON_HANDLER },
    [
      'MAR205 mar-inf/manifest.json is a manifest of MMS 0.4, or not where a manifest belongs @ mar-inf/manifest.json; expected MAR-INF/MANIFEST.json',
    ],
  ],
  ['an empty manifest', written(''), ['MAR202 MAR-INF/MANIFEST.json is empty @ MAR-INF/MANIFEST.json 1:1']],
  ['a manifest of blanks', written(' \n '), ['MAR202 MAR-INF/MANIFEST.json is empty @ MAR-INF/MANIFEST.json 2:2']],
  [
    'a comma too many',
    written('{\n  "runtime": "python",\n}'),
    ['MAR202 MAR-INF/MANIFEST.json is not JSON: property name expected @ MAR-INF/MANIFEST.json 3:1'],
  ],
  [
    'cut off',
    written('{ "runtime": "python"'),
    ['MAR202 MAR-INF/MANIFEST.json is not JSON: close brace expected @ MAR-INF/MANIFEST.json 1:22'],
  ],
  [
    'bytes that are no text',
    written(Buffer.from('{ "runtime": "\xff" }', 'latin1')),
    ['MAR202 MAR-INF/MANIFEST.json is not UTF-8 text @ MAR-INF/MANIFEST.json'],
  ],
  [
    'a list',
    written('[]'),
    [
      'MAR203 MAR-INF/MANIFEST.json is not a JSON object @ MAR-INF/MANIFEST.json# 1:1; found a list; expected an object',
    ],
  ],
  [
    'null',
    written('null'),
    ['MAR203 MAR-INF/MANIFEST.json is not a JSON object @ MAR-INF/MANIFEST.json# 1:1; found null; expected an object'],
  ],
  [
    'a number',
    written('5'),
    [
      'MAR203 MAR-INF/MANIFEST.json is not a JSON object @ MAR-INF/MANIFEST.json# 1:1; found a number; expected an object',
    ],
  ],
  [
    'a text',
    written('"cats"'),
    [
      'MAR203 MAR-INF/MANIFEST.json is not a JSON object @ MAR-INF/MANIFEST.json# 1:1; found a string; expected an object',
    ],
  ],
  [
    'a byte order mark',
    written(`\ufeff${manifest()}`),
    ['MAR204 MAR-INF/MANIFEST.json begins with a byte order mark @ MAR-INF/MANIFEST.json 1:1'],
  ],
  [
    'a manifest of 0.4',
    { 'MANIFEST.json': LEGACY, 'service.py': PYTHON_HANDLER },
    [
      'MAR205 MANIFEST.json is a manifest of MMS 0.4, or not where a manifest belongs @ MANIFEST.json; expected MAR-INF/MANIFEST.json',
    ],
  ],
  ['a manifest of 0.4 where that of 1.0 belongs', written(LEGACY), []],
]);

test.run();
