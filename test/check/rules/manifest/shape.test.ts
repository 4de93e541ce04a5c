import { test } from 'uvu';
import { SHAPE_RULES } from '#check/rules/manifest/shape.js';
import { EIA, type Files, pythonFiles, scriptFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

const legacy = (text: string): Files => ({ 'MANIFEST.json': text, 's.py': 'x = 1\n' });

await tellRules(SHAPE_RULES, [
  ['a good manifest', pythonFiles({}, { modelVersion: '1', extensions: { mine: [1] } }, { userData: { any: 1 } }), []],
  [
    'a list where text belongs, read by both',
    pythonFiles({}, { description: ['a'] }),
    [
      'MAR220 /model/description is a list, not a string @ MAR-INF/MANIFEST.json#/model/description 6:5; found a list; expected a string',
    ],
  ],
  [
    'an object where text belongs, read by MMS',
    pythonFiles({}, {}, { license: {} }),
    [
      'MAR220 /license is an object, not a string @ MAR-INF/MANIFEST.json#/license 3:3; found an object; expected a string [mms, sagemaker]',
    ],
  ],
  [
    'a list where text belongs, read by TorchServe',
    pythonFiles({}, { envelope: [] }),
    [
      'MAR220 /model/envelope is a list, not a string @ MAR-INF/MANIFEST.json#/model/envelope 6:5; found a list; expected a string [torchserve]',
    ],
  ],
  [
    'a text where an object belongs',
    pythonFiles({}, {}, { engine: 'MXNet', publisher: 5 }),
    [
      'MAR220 /engine is the string MXNet, not an object @ MAR-INF/MANIFEST.json#/engine 3:3; found the string MXNet; expected an object [mms, sagemaker]',
      'MAR220 /publisher is the number 5, not an object @ MAR-INF/MANIFEST.json#/publisher 4:3; found the number 5; expected an object [mms, sagemaker]',
    ],
  ],
  ['a list where an object belongs that nobody reads', pythonFiles({}, {}, { userData: [] }), []],
  ['null is nothing', pythonFiles({}, { description: null }, { engine: null }), []],
  [
    'a number where text belongs',
    pythonFiles({}, { modelVersion: 1.1 }),
    [
      'MAR221 /model/modelVersion is the number 1.1, not a string @ MAR-INF/MANIFEST.json#/model/modelVersion 6:5; found the number 1.1; expected a string',
    ],
  ],
  [
    'a boolean where text belongs, read by MMS',
    pythonFiles({}, {}, { license: true }),
    [
      'MAR221 /license is the boolean true, not a string @ MAR-INF/MANIFEST.json#/license 3:3; found the boolean true; expected a string [mms, sagemaker]',
    ],
  ],
  [
    'a number that only TorchServe reads',
    pythonFiles({}, {}, { createdOn: 5 }),
    [
      'MAR221 /createdOn is the number 5, not a string @ MAR-INF/MANIFEST.json#/createdOn 3:3; found the number 5; expected a string [torchserve]',
    ],
  ],
  ['a number that nobody reads', pythonFiles({}, { serializedFile: 5 }), []],
  [
    'a misspelt field of the model',
    pythonFiles({}, { modelVersoin: '1' }),
    [
      "MAR222 no server knows /model/modelVersoin (did you mean 'modelVersion'?) @ MAR-INF/MANIFEST.json#/model/modelVersoin 6:5",
    ],
  ],
  [
    'fields that are nothing like known ones',
    pythonFiles({}, { zzzzzzzz: 1 }, { 'a/b~c': 1, publisher: { phone: '1' } }),
    [
      'MAR222 no server knows /a~1b~0c @ MAR-INF/MANIFEST.json#/a~1b~0c 3:3',
      'MAR222 no server knows /model/zzzzzzzz @ MAR-INF/MANIFEST.json#/model/zzzzzzzz 10:5',
      'MAR222 no server knows /publisher/phone @ MAR-INF/MANIFEST.json#/publisher/phone 5:5',
    ],
  ],
  [
    'a field twice',
    pythonFiles({
      'MAR-INF/MANIFEST.json':
        '{\n  "runtime": "python",\n  "model": { "modelName": "a", "handler": "service:handle", "modelName": "b" },\n  "runtime": "python3"\n}',
    }),
    [
      'MAR223 /model/modelName occurs twice @ MAR-INF/MANIFEST.json#/model/modelName 3:61',
      'MAR223 /runtime occurs twice @ MAR-INF/MANIFEST.json#/runtime 4:3',
    ],
  ],
  [
    '0.4: a list where text belongs',
    legacy('{ "Model": { "Model-Name": "cats", "Service": "s.py", "Description": [] } }'),
    [
      'MAR220 /Model/Description is a list, not a string @ MANIFEST.json#/Model/Description 1:55; found a list; expected a string',
    ],
  ],
  [
    '0.4: numbers and unknown fields are usual',
    legacy('{ "Model-Archive-Version": 0.1, "Unknown": 1, "Model": { "Model-Name": "cats", "Service": "s.py" } }'),
    [],
  ],
  [
    'what our archiver recorded: no object',
    scriptFiles({}, { handler: 'service.mjs' }),
    [
      'MAR225 /model/extensions/modelArchiver/handler must be object @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/handler 9:9',
    ],
  ],
  [
    'what our archiver recorded: a digest that is none',
    scriptFiles({}, { entries: { 'service.mjs': { size: 1, sha256: 'x' } } }),
    [
      'MAR225 /model/extensions/modelArchiver/entries/service.mjs/sha256 must match pattern "^[0-9a-f]{64}$" @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/entries/service.mjs/sha256 17:13',
    ],
  ],
  [
    'declared inputs out of their form: our runner does not load the handler',
    scriptFiles({}, { inputs: { a: { type: 'number', minimum: 1, default: 0 } } }),
    [
      'MAR225 /model/extensions/modelArchiver/inputs/a/default must be >= 1 @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/inputs/a/default 18:13',
    ],
  ],
  ['an accelerator with a field too many', pythonFiles({}, { extensions: { eia: { ...EIA, colour: 'red' } } }), []],
  [
    'an accelerator without its contexts',
    pythonFiles({}, { extensions: { eia: { ...EIA, contexts: undefined } } }),
    ["MAR225 /model/extensions/eia lacks 'contexts' @ MAR-INF/MANIFEST.json#/model/extensions/eia 7:7"],
  ],
]);

test.run();
