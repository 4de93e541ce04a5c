import { test } from 'uvu';
import { HANDLER_RULES } from '#check/rules/handler.js';
import { type Files, PYTHON_HANDLER, pythonFiles, SCRIPT_HANDLER, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const python = (body: string, handler = 'service:handle'): Files => pythonFiles({ 'service.py': body }, { handler });
const script = (body: string): Files => scriptFiles({ 'service.mjs': body });
const service = (body: string): string => `class Service:\n    def initialize(self, context):\n        pass\n${body}`;
const METHOD = '    def handle(self, data, context):\n        return list(data)\n';

await tellRules(HANDLER_RULES, [
  ['good handlers', pythonFiles(), []],
  ['a good class', python(service(METHOD)), []],
  [
    'no file',
    pythonFiles({ 'service.py': undefined }),
    [
      "MAR301 the handler 'service:handle' is not in the archive @ MAR-INF/MANIFEST.json#/model/handler 5:5; found no Python or JavaScript file; expected service/__init__.py or service.py",
    ],
  ],
  [
    'a misspelt file',
    pythonFiles({ 'service.py': undefined, 'servce.py': PYTHON_HANDLER }),
    [
      "MAR301 the handler 'service:handle' is not in the archive (did you mean 'servce.py'?) @ MAR-INF/MANIFEST.json#/model/handler 5:5; found servce.py; expected service/__init__.py or service.py",
    ],
  ],
  [
    'no file for a built-in handler of TorchServe',
    pythonFiles({ 'service.py': undefined }, { handler: 'image_classifier' }),
    [
      "MAR319 the handler 'image_classifier' is not in the archive: it comes with TorchServe @ MAR-INF/MANIFEST.json#/model/handler; found image_classifier",
    ],
  ],
  [
    'no file in 0.4',
    { 'MANIFEST.json': '{\n  "Model": { "Model-Name": "cats", "Service": "gone.py" }\n}' },
    [
      "MAR301 the handler 'gone.py' is not in the archive @ MANIFEST.json#/Model/Service 2:36; found no Python or JavaScript file; expected gone/__init__.py or gone.py",
    ],
  ],
  [
    'a folder that only our runner searches',
    pythonFiles({ 'service.py': undefined, 'code/service.py': service(METHOD) }, { handler: 'code/service.py' }),
    [
      "MAR301 only our runner finds the handler 'code/service.py': the servers search a folder only where a function is named @ MAR-INF/MANIFEST.json#/model/handler 5:5; found code/service.py; expected code/service:handle [mms, torchserve, sagemaker]",
    ],
  ],
  [
    'a folder that all search',
    pythonFiles({ 'service.py': undefined, 'code/service.py': PYTHON_HANDLER }, { handler: 'code/service.py:handle' }),
    [],
  ],
  [
    'a colon that is missing',
    python('def handle(data, context)\n    return []\n'),
    ['MAR302 service.py is not Python: invalid syntax @ service.py 1:26'],
  ],
  [
    'a script that does not parse',
    script('export function handle(batch) {\n  return [;\n}\n'),
    [
      'MAR302 service.mjs is not JavaScript: Expression or comma expected. @ service.mjs 2:11',
      'MAR302 service.mjs is not JavaScript: Expression or comma expected. @ service.mjs 3:1',
    ],
  ],
  [
    'Python 2',
    python(`print "one"\nexec "two"\n${PYTHON_HANDLER}`),
    [
      'MAR303 service.py uses the exec statement, which Python 3 does not know @ service.py 2:1',
      'MAR303 service.py uses the print statement, which Python 3 does not know @ service.py 1:1',
    ],
  ],
  [
    'Python 2 where it is asked for',
    pythonFiles({ 'service.py': `print "one"\n${PYTHON_HANDLER}` }, {}, { runtime: 'python2' }),
    [],
  ],
  [
    'no such function',
    python(PYTHON_HANDLER, 'service:handel'),
    [
      "MAR304 service.py has neither a function handel nor a class (did you mean 'handle'?) @ service.py; found handle; expected handel",
    ],
  ],
  [
    'no function and no class',
    python('x = 1\n'),
    ['MAR304 service.py has neither a function handle nor a class @ service.py; found x; expected handle'],
  ],
  [
    'several classes',
    python('class A:\n    pass\nclass B:\n    pass\n'),
    [
      'MAR304 service.py has no function handle, and 2 classes to choose from @ service.py; found A, B; expected handle',
    ],
  ],
  [
    'no name behind the colon',
    python(PYTHON_HANDLER, 'service:'),
    [
      "MAR304 the handler 'service:' names no function after its colon, and Multi Model Server looks for just that @ MAR-INF/MANIFEST.json#/model/handler 5:5; found service:; expected service:handle [mms, sagemaker]",
    ],
  ],
  [
    'no such export',
    script('export function other(batch) {\n  return batch;\n}\nexport const more = 1;\n'),
    [
      'MAR304 service.mjs exports neither handle nor a default nor one class with handle @ service.mjs; found other, more; expected handle',
    ],
  ],
  ['a value', python('handle = 5\n'), ['MAR305 handle is a value, not a function @ service.py']],
  [
    'an object',
    script('export const handle = { top: 5 };\n'),
    ['MAR305 the export handle is neither a function nor a class @ service.mjs 1:23'],
  ],
  [
    'a class without handle',
    python('class Service:\n    def initialize(self, context):\n        pass\n'),
    ['MAR305 the class Service has no method handle @ service.py 1:7'],
  ],
  [
    'a class of nothing but object without handle',
    python('class Service(object):\n    pass\n'),
    ['MAR305 the class Service has no method handle @ service.py 1:7'],
  ],
  ['a class whose base may have handle', python('import base\nclass Service(object, base.Service):\n    pass\n'), []],
  [
    'a script class without handle',
    script('export class Service {\n  run() {}\n}\n'),
    ['MAR305 the class Service has no method handle @ service.mjs 1:1'],
  ],
  [
    'one parameter',
    python('def handle(data):\n    return list(data or [])\n'),
    ['MAR306 handle(data) cannot be called with (data, context) @ service.py 1:5; expected (data, context)'],
  ],
  [
    'three parameters',
    python('def handle(data, context, more):\n    return list(data or [])\n'),
    [
      'MAR306 handle(data, context, more) cannot be called with (data, context) @ service.py 1:5; expected (data, context)',
    ],
  ],
  [
    'three, one of them with a default',
    python('def handle(data, context, more=1):\n    return list(data or [])\n'),
    [],
  ],
  [
    'a keyword that must be given',
    python('def handle(data, context, *, more):\n    return list(data or [])\n'),
    [
      'MAR306 handle(data, context, more) cannot be called with (data, context) @ service.py 1:5; expected (data, context)',
    ],
  ],
  [
    'a method of one parameter',
    python(service('    def handle(self, data):\n        return list(data)\n')),
    ['MAR306 handle(self, data) cannot be called with (data, context) @ service.py 4:9; expected (data, context)'],
  ],
  [
    'a static method',
    python(service('    @staticmethod\n    def handle(data, context):\n        return list(data)\n')),
    [],
  ],
  [
    'a coroutine',
    python('async def handle(data, context):\n    return list(data or [])\n'),
    ['MAR307 handle is a coroutine @ service.py 1:11'],
  ],
  [
    'a generator',
    python('def handle(data, context):\n    yield list(data or [])\n'),
    ['MAR307 handle is a generator @ service.py 1:5'],
  ],
  [
    'a class without initialize',
    python(`x = 1\nclass Service(object):\n${METHOD}`),
    ['MAR308 the class Service has no method initialize @ service.py 2:7'],
  ],
  ['a class that may inherit it', python(`from base import Base\nclass Service(Base):\n${METHOD}`), []],
  [
    'data is used at once',
    python('def handle(data, context):\n    x = 1\n    return [row["body"] for row in data]\n'),
    ['MAR309 [row["body"] for row in data] fails when data is None @ service.py 3:12'],
  ],
  [
    'its length is taken at once',
    python('def handle(data, context):\n    return ["ok"] * len(data)\n'),
    ['MAR309 len(data) fails when data is None @ service.py 2:21'],
  ],
  [
    'data is used at once, in a method',
    python(service('    def handle(self, data, context):\n        return [row for row in data]\n')),
    [],
  ],
  ['a good script', script(SCRIPT_HANDLER), []],
]);

test.run();
