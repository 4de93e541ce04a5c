import { test } from 'uvu';
import { MODEL_RULES } from '#check/rules/manifest/model.js';
import { type Files, pythonFiles } from '../../sample-archives.js';
import { tellRules } from '../tell-rules.js';

type Fields = Readonly<Record<string, unknown>>;

/** An archive with a version, so that MAR217 is silent unless asked for. */
const files = (model: Fields, top: Fields = {}): Files => pythonFiles({}, { modelVersion: '1.0', ...model }, top);
const legacy = (model: Fields): Files => ({
  'MANIFEST.json': JSON.stringify({ Model: model }, null, 2),
  's.py': 'x = 1\n',
});

await tellRules(MODEL_RULES, [
  ['a good manifest', files({}), []],
  [
    'no name',
    files({ modelName: undefined }),
    ['MAR210 model.modelName is missing @ MAR-INF/MANIFEST.json#/model/modelName 3:3; expected a name'],
  ],
  [
    'an empty name',
    files({ modelName: '' }),
    ['MAR210 model.modelName is missing @ MAR-INF/MANIFEST.json#/model/modelName 4:5; expected a name'],
  ],
  [
    'a name that is null',
    files({ modelName: null }),
    ['MAR210 model.modelName is missing @ MAR-INF/MANIFEST.json#/model/modelName 4:5; expected a name'],
  ],
  [
    'no name in 0.4',
    legacy({ Service: 's.py' }),
    ['MAR210 Model.Model-Name is missing @ MANIFEST.json#/Model/Model-Name 2:3; expected a name'],
  ],
  [
    'no handler',
    files({ handler: null }),
    ['MAR211 model.handler is missing @ MAR-INF/MANIFEST.json#/model/handler 3:3; expected file:function'],
  ],
  [
    'an empty handler',
    files({ handler: '' }),
    ['MAR211 model.handler is missing @ MAR-INF/MANIFEST.json#/model/handler 5:5; expected file:function'],
  ],
  [
    'no service in 0.4',
    legacy({ 'Model-Name': 'cats' }),
    ['MAR211 Model.Service is missing @ MANIFEST.json#/Model/Service 2:3; expected file.py'],
  ],
  [
    'an empty service in 0.4',
    legacy({ 'Model-Name': 'cats', Service: '' }),
    ['MAR211 Model.Service is empty @ MANIFEST.json#/Model/Service 4:5; expected file.py'],
  ],
  [
    'a name with a slash',
    files({ modelName: 'a/b' }),
    [
      'MAR228 the model name "a/b" has a slash, which divides addresses @ MAR-INF/MANIFEST.json#/model/modelName 4:5; found a/b; expected [A-Za-z0-9][A-Za-z0-9_.-]*',
    ],
  ],
  [
    'a name that begins with a dot',
    files({ modelName: '.cats' }),
    [
      'MAR216 the model name ".cats" is awkward in a URL @ MAR-INF/MANIFEST.json#/model/modelName 4:5; found .cats; expected [A-Za-z0-9][A-Za-z0-9_.-]*',
    ],
  ],
  [
    'a name with a line break at its end',
    files({ modelName: 'cats\n' }),
    [
      'MAR228 the model name "cats\\n" has control characters @ MAR-INF/MANIFEST.json#/model/modelName 4:5; found cats\n; expected [A-Za-z0-9][A-Za-z0-9_.-]*',
    ],
  ],
  ['a name of every character that is allowed', files({ modelName: 'A0-b_9.z' }), []],
  [
    'no version',
    files({ modelVersion: undefined }),
    ['MAR217 model.modelVersion is missing @ MAR-INF/MANIFEST.json#/model 3:3'],
  ],
  [
    'another specification',
    files({}, { specificationVersion: '2.0' }),
    [
      'MAR218 specificationVersion 2.0 is unknown @ MAR-INF/MANIFEST.json#/specificationVersion 3:3; found 2.0; expected 1.0',
    ],
  ],
  ['a specification that is a number', files({}, { specificationVersion: 1.1 }), []],
  [
    'a specification that only begins with 1',
    files({}, { specificationVersion: '10.0' }),
    [
      'MAR218 specificationVersion 10.0 is unknown @ MAR-INF/MANIFEST.json#/specificationVersion 3:3; found 10.0; expected 1.0',
    ],
  ],
  ['a specification that is null', files({}, { specificationVersion: null }), []],
  [
    'half a character in the name',
    files({ modelName: 'cat\ud83d' }),
    ['MAR219 model.modelName is not Unicode text @ MAR-INF/MANIFEST.json#/model/modelName 4:5; found "cat\\ud83d"'],
  ],
]);

test.run();
