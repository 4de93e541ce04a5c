import { test } from 'uvu';
import { RUNTIME_RULES } from '#check/rules/manifest/runtime.js';
import { pythonFiles, scriptFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

const files = (top: Readonly<Record<string, unknown>>) => pythonFiles({}, {}, top);

await tellRules(RUNTIME_RULES, [
  ['no runtime', files({ runtime: undefined }), []],
  ['python', files({ runtime: 'python' }), []],
  ['python3', files({ runtime: 'python3' }), []],
  [
    'a runtime that nobody knows',
    files({ runtime: 'java' }),
    [
      "MAR212 the runtime 'java' is unknown @ MAR-INF/MANIFEST.json#/runtime 2:3; found java; expected python, python2, python3, nodejs, LSP",
    ],
  ],
  [
    'a misspelt one',
    files({ runtime: 'pyton3' }),
    [
      "MAR212 the runtime 'pyton3' is unknown (did you mean 'python3'?) @ MAR-INF/MANIFEST.json#/runtime 2:3; found pyton3; expected python, python2, python3, nodejs, LSP",
    ],
  ],
  [
    'one in capitals',
    files({ runtime: 'Python' }),
    [
      "MAR212 the runtime 'Python' is unknown (did you mean 'python'?) @ MAR-INF/MANIFEST.json#/runtime 2:3; found Python; expected python, python2, python3, nodejs, LSP",
    ],
  ],
  [
    'null',
    files({ runtime: null }),
    ['MAR212 the runtime is null @ MAR-INF/MANIFEST.json#/runtime 2:3; expected python, python2, python3, nodejs, LSP'],
  ],
  [
    'a number',
    files({ runtime: 3 }),
    [
      "MAR212 the runtime '3' is unknown @ MAR-INF/MANIFEST.json#/runtime 2:3; found 3; expected python, python2, python3, nodejs, LSP",
    ],
  ],
  [
    'nodejs',
    scriptFiles(),
    [
      'MAR213 Node handlers run in our own runner only @ MAR-INF/MANIFEST.json#/runtime 2:3; found nodejs; expected python [mms, torchserve, sagemaker]',
    ],
  ],
  [
    'inputs that are declared for Python',
    pythonFiles({}, { extensions: { modelArchiver: { inputs: { text: { type: 'string' } } } } }),
    [
      'MAR231 the inputs are declared, and no server checks them for a handler in python @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/inputs 8:9',
    ],
  ],
  [
    'python2',
    files({ runtime: 'python2' }),
    [
      'MAR213 TorchServe has no Python 2 @ MAR-INF/MANIFEST.json#/runtime 2:3; found python2; expected python or python3 [torchserve]',
      'MAR214 the runtime is python2 @ MAR-INF/MANIFEST.json#/runtime 2:3; found python2; expected python3',
    ],
  ],
  [
    'LSP',
    files({ runtime: 'LSP' }),
    ['MAR213 LSP is known to TorchServe only @ MAR-INF/MANIFEST.json#/runtime 2:3; found LSP [local, mms, sagemaker]'],
  ],
  [
    'an engine without a name',
    files({ engine: { engineVersion: '1.2' } }),
    ['MAR215 engine.engineName is missing @ MAR-INF/MANIFEST.json#/engine 3:3; expected a name'],
  ],
  [
    'an engine whose name is null',
    files({ engine: { engineName: null } }),
    ['MAR215 engine.engineName is missing @ MAR-INF/MANIFEST.json#/engine 3:3; expected a name'],
  ],
  ['an engine with a name', files({ engine: { engineName: 'MXNet' } }), []],
]);

test.run();
