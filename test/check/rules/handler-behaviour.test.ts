import { test } from 'uvu';
import { BEHAVIOUR_RULES } from '#check/rules/handler-behaviour.js';
import { type Files, PYTHON_HANDLER, pythonFiles, SCRIPT_HANDLER, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const python = (body: string): Files => pythonFiles({ 'service.py': body });
const script = (body: string): Files => scriptFiles({ 'service.mjs': body });
const service = (created: string, initialize: string): Files =>
  python(
    `class S:\n    def __init__(self):\n        ${created}\n    def initialize(self, context):\n        ${initialize}\n    def handle(self, data, context):\n        return list(data)\n`,
  );
const answering = (lines: string): Files =>
  python(`def handle(data, context):\n    if data is None:\n        return None\n${lines}`);

await tellRules(BEHAVIOUR_RULES, [
  ['a good handler', python(PYTHON_HANDLER), []],
  [
    'a function that raises',
    python('def handle(data, context):\n    x = 1\n    raise RuntimeError("no")\n'),
    ['MAR310 the call that loads the handler reaches `raise RuntimeError("no")` @ service.py 3:5'],
  ],
  [
    'a function that raises on a condition',
    python(
      'def handle(data, context):\n    if context is None:\n        raise RuntimeError("no")\n    return list(data)\n',
    ),
    [],
  ],
  [
    'a class that cannot be created',
    service('raise ValueError("x")', 'pass'),
    ['MAR310 the call that loads the handler reaches `raise ValueError("x")` @ service.py 3:9'],
  ],
  [
    'a class that cannot be initialized',
    service('pass', 'raise ValueError("x")'),
    ['MAR311 every call reaches `raise ValueError("x")` @ service.py 5:9'],
  ],
  ['a class that can', service('pass', 'pass'), []],
  [
    'a class that wants arguments',
    python(
      'class S:\n    def __init__(self, name, size=1, *, kind):\n        pass\n    def initialize(self, context):\n        pass\n    def handle(self, data, context):\n        return list(data)\n',
    ),
    ['MAR310 the class S is created without arguments, and its __init__ needs name, kind @ service.py 2:9'],
  ],
  [
    'a class that takes some',
    python(
      'class S:\n    def __init__(self, name="m", *rest, **more):\n        pass\n    def initialize(self, context):\n        pass\n    def handle(self, data, context):\n        return list(data)\n',
    ),
    [],
  ],
  [
    'a script that ends the process',
    script(`process.exit(1);\n${SCRIPT_HANDLER}`),
    ['MAR312 the module ends the process while it is loaded @ service.mjs 1:1'],
  ],
  [
    'a script that throws',
    script(`const x = 1;\nthrow new Error("no");\n${SCRIPT_HANDLER}`),
    ['MAR312 the module throws while it is loaded @ service.mjs 2:1'],
  ],
  [
    'a module that exits',
    python(`import sys\nsys.exit(1)\n${PYTHON_HANDLER}`),
    ['MAR312 importing service.py always reaches `sys.exit(1)` @ service.py 2:1'],
  ],
  [
    'a script that never ends',
    script(`while (true) {}\n${SCRIPT_HANDLER}`),
    ['MAR312 the module loops for ever while it is loaded @ service.mjs 1:1'],
  ],
  [
    'a dictionary',
    answering('    return {"label": "cat"}\n'),
    ['MAR313 handle returns a dict, not a list @ service.py 4:5; found dict; expected list'],
  ],
  [
    'an object',
    script('export function handle() {\n  return { label: "cat" };\n}\n'),
    ['MAR313 handle returns an object, not a list @ service.mjs 2:3; found object; expected list'],
  ],
  [
    'nothing',
    script('export function handle(batch) {\n  batch.map(String);\n}\n'),
    ['MAR313 handle returns nothing, not a list @ service.mjs 1:1; found nothing; expected list'],
  ],
  ['nothing yet', script('export function handle() {\n  throw new Error("to be written");\n}\n'), []],
  [
    'a generator',
    script('export function* handle(batch) {\n  yield* batch;\n}\n'),
    ['MAR313 handle returns a generator, not a list @ service.mjs 1:1; found generator; expected list'],
  ],
  [
    'an asynchronous generator',
    script('export class S {\n  async *handle(batch) {\n    yield* batch;\n  }\n}\n'),
    ['MAR313 S returns a generator, not a list @ service.mjs 2:3; found generator; expected list'],
  ],
  [
    'a text on one path',
    answering('    if not data:\n        return "no"\n    return list(data)\n'),
    ['MAR314 handle returns a string here @ service.py 5:9; found string; expected list'],
  ],
  [
    'three of four wrong paths',
    answering(
      '    if context:\n        return "a"\n    if data:\n        return {}\n    if len(data) > 1:\n        return 1\n    if len(data) > 2:\n        return "b"\n    return list(data)\n',
    ),
    [
      'MAR314 handle returns a dict here @ service.py 7:9; found dict; expected list',
      'MAR314 handle returns a number here @ service.py 9:9; found number; expected list',
      'MAR314 handle returns a string here @ service.py 5:9; found string; expected list',
    ],
  ],
  [
    'a text on one path of a script',
    script('export function handle(b) {\n  if (!b) return "no";\n  return b.map(String);\n}\n'),
    ['MAR314 handle returns a string here @ service.mjs 2:11; found string; expected list'],
  ],
  [
    'one result',
    script('export function handle() {\n  return ["ok"];\n}\n'),
    ['MAR315 handle always returns 1 result @ service.mjs 2:3'],
  ],
  ['two results', answering('    return ["a", "b"]\n'), ['MAR315 handle always returns 2 results @ service.py 4:5']],
  ['as many as there are requests', answering('    return ["a" for row in data]\n'), []],
  [
    'modules that are not there',
    script(`import _ from "lodash";\nimport x from "./lib/x.mjs";\nimport s from "sharpp";\n${SCRIPT_HANDLER}`),
    [
      "MAR316 cannot find the module './lib/x.mjs' @ service.mjs 2:1; found ./lib/x.mjs; expected a file of the archive, a module of Node, or model-archiver/service, onnxruntime-node, sharp",
      "MAR316 cannot find the module 'lodash' @ service.mjs 1:1; found lodash; expected a file of the archive, a module of Node, or model-archiver/service, onnxruntime-node, sharp",
      "MAR316 cannot find the module 'sharpp' (did you mean 'sharp'?) @ service.mjs 3:1; found sharpp; expected a file of the archive, a module of Node, or model-archiver/service, onnxruntime-node, sharp",
    ],
  ],
  [
    'modules that are there',
    scriptFiles({
      'service.mjs': `import fs from "node:fs";\nimport path from "path";\nimport sharp from "sharp";\nimport x from "./lib/my%20x.mjs";\n${SCRIPT_HANDLER}`,
      'lib/my x.mjs': 'export default 1;\n',
    }),
    [],
  ],
  [
    'a module that is not provided',
    scriptFiles({}, { provided: { sharpp: '1.0.0' } }),
    [
      "MAR317 the runner does not provide 'sharpp' (did you mean 'sharp'?) @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/provided 14:9; found sharpp; expected model-archiver/service, onnxruntime-node, sharp",
    ],
  ],
  [
    'an old version of a provided one',
    scriptFiles({}, { provided: { sharp: '0.1.0' } }),
    [
      'MAR317 the handler needs sharp 0.1.0, and this runner has 0.35.5 @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/provided 14:9; found 0.1.0; expected 0.35.5',
    ],
  ],
  ['versions that are no texts', scriptFiles({}, { provided: { sharp: 1 } }), []],
  [
    'a source map with half its bytes',
    scriptFiles({ 'service.mjs.map': '{"version":3,' }),
    ['MAR318 the source map cannot be read @ service.mjs'],
  ],
  [
    'a source map that is recorded and gone',
    scriptFiles(
      {},
      { handler: { source: 's.ts', module: 'service.mjs', entryPoint: 'handle', sourceMap: 'service.mjs.map' } },
    ),
    ['MAR318 the source map service.mjs.map is not in the archive @ service.mjs'],
  ],
]);

test.run();
