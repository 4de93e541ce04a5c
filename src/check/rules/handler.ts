import { BUILTIN_SERVICES, TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { didYouMean } from '#nearest.js';
import { defineRule, type Rule } from '../rule.js';

const PYTHON = 'def handle(data, context):\n    if data is None:\n        return None\n    return ["ok"] * len(data)';
const SCRIPT = 'export function handle(batch, context) {\n  return batch.map(() => "ok");\n}';

/** MAR301 to MAR309, and MAR319: is there a handler, and does it load. */
export const HANDLER_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR301',
    name: 'handler-file-missing',
    severity: 'error',
    summary: "the handler's file is not in the archive",
    why: 'Nobody checks it while packing or registering (recorded for Multi Model Server and TorchServe): the model registers, and the first worker fails with 500 "Failed to start workers". Both import the last part of the path from the model directory, and search its folder only where a function is named: `code/echo.py:handle`.',
    remedy: 'Add the file, or correct `--handler`, and pack again.',
    example: { failing: '"handler": "echo:handle" without echo.py', passing: '"handler": "echo:handle" with echo.py' },
    needs: ['reference', 'archive', 'manifest'],
    *check({ reference, archive, manifest }) {
      const { raw, module, candidates, onServers, language, entry, path, entryPoint } = reference;
      if (path !== undefined && !onServers.includes(path))
        yield {
          message: `only our runner finds the handler '${raw}': the servers search a folder only where a function is named`,
          at: manifest.at('/model/handler'),
          found: raw,
          expected: `${module}:${entryPoint}`,
          targets: ['mms', 'torchserve', 'sagemaker'],
        };
      if (entry || (language === 'javascript' && BUILTIN_SERVICES.includes(raw))) return;
      if (language === 'python' && TORCHSERVE_HANDLERS.includes(raw)) return;
      const names = archive.entries.map((entry) => entry.path).filter((path) => /\.(py|[cm]?js)$/.test(path));
      const near = [...candidates, module].map((path) => didYouMean(path, names)).find((hint) => hint !== '') ?? '';
      yield {
        message: `the handler '${raw}' is not in the archive${near}`,
        at: manifest.at('/model/handler'),
        found: names.length > 0 ? names.slice(0, 10).join(', ') : 'no Python or JavaScript file',
        expected: candidates.join(' or '),
      };
    },
  }),
  defineRule({
    id: 'MAR302',
    name: 'handler-syntax',
    severity: 'error',
    summary: 'the handler does not parse',
    why: 'Importing it fails, so no worker starts: 500 "Failed to start workers".',
    remedy: 'Correct the place that is shown and pack again.',
    example: { failing: 'def handle(data, context)\n    return ["x"]', passing: PYTHON },
    needs: ['handlerFaults'],
    *check({ handlerFaults }) {
      for (const { message, shown } of handlerFaults.invalid.slice(0, 5)) yield { message, ...shown };
    },
  }),
  defineRule({
    id: 'MAR303',
    name: 'python2-syntax',
    severity: 'error',
    summary: 'the handler is written for Python 2',
    why: 'The runtimes `python` and `python3` are Python 3 on every server that is still maintained; importing the file fails there.',
    remedy: 'Port the file to Python 3 (2to3 does most of it).',
    example: { failing: 'print "loaded"', passing: 'print("loaded")' },
    needs: ['python', 'manifest'],
    *check({ python, manifest }) {
      if (manifest.runtime === 'python2') return;
      for (const fault of python.analysis.python2.slice(0, 5))
        yield { message: `${python.entry} uses ${fault.message}, which Python 3 does not know`, ...python.show(fault) };
    },
  }),
  defineRule({
    id: 'MAR304',
    name: 'entry-point-missing',
    severity: 'error',
    summary: 'the handler has no such function, and no single class instead',
    why: 'Multi Model Server and TorchServe take the named function, else the only class of the module; with none or several they fail with "Expected only one class in custom service code or a function entry point". Ours takes the named export, else the default one, else the only class with `handle`.',
    remedy: 'Define the function, export it, or correct `--handler`.',
    example: { failing: '"handler": "echo:doesnotexist"', passing: '"handler": "echo:handle"' },
    needs: ['entryPoint', 'reference', 'manifest'],
    *check({ entryPoint, reference, manifest }) {
      const nameless = reference.language === 'python' && reference.raw.endsWith(':');
      if (nameless && entryPoint.kind === 'found' && !entryPoint.service)
        yield {
          message: `the handler '${reference.raw}' names no function after its colon, and Multi Model Server looks for just that`,
          at: manifest.at('/model/handler'),
          found: reference.raw,
          expected: `${reference.raw}${entryPoint.name}`,
          targets: ['mms', 'sagemaker'],
        };
      if (entryPoint.kind !== 'missing') return;
      const { name, known, reason } = entryPoint;
      const list = known.length > 0 ? known.slice(0, 12).join(', ') : 'nothing';
      yield {
        message: `${reason}${didYouMean(name, known)}`,
        at: { entry: entryPoint.entry },
        found: list,
        expected: name,
      };
    },
  }),
  defineRule({
    id: 'MAR305',
    name: 'entry-point-not-callable',
    severity: 'error',
    summary: 'the entry point is not a function or a class with `handle`',
    why: 'The worker cannot call it, so every request fails.',
    remedy:
      'Export a function, or a class with a method `handle(batch, context)`; a class may inherit it from a base of `model-archiver/service`. A class in Python must be the only one of its file, and the reference does not name it: `service:handle`.',
    example: { failing: 'export const handle = { top: 5 };', passing: SCRIPT },
    needs: ['entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind === 'not-callable') yield { message: entryPoint.reason, ...entryPoint.shown };
    },
  }),
  defineRule({
    id: 'MAR306',
    name: 'handler-arity',
    severity: 'error',
    summary: 'the entry point cannot be called with (data, context)',
    why: 'Every server calls it with exactly these two. In Python any other number of required parameters is a TypeError.',
    remedy: 'Take two parameters: the batch and the context.',
    example: { failing: 'def handle(data):\n    return data', passing: PYTHON },
    needs: ['entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind !== 'found' || entryPoint.arityFault === undefined) return;
      yield { message: entryPoint.arityFault, ...entryPoint.shown, expected: '(data, context)' };
    },
  }),
  defineRule({
    id: 'MAR307',
    name: 'handler-async',
    severity: 'error',
    summary: 'the Python entry point is a coroutine or a generator',
    why: 'The workers of both servers call it and do not await it: what comes back is not a list, and each request ends with 503 "Invalid model predict output".',
    remedy: 'Make it a plain function; run asynchronous code with `asyncio.run` inside it.',
    example: { failing: 'async def handle(data, context):\n    return data', passing: PYTHON },
    needs: ['python', 'entryPoint'],
    *check({ entryPoint }) {
      if (entryPoint.kind !== 'found' || entryPoint.python === undefined) return;
      const { isAsync, isGenerator, name } = entryPoint.python;
      if (isAsync || isGenerator)
        yield { message: `${name} is a ${isAsync ? 'coroutine' : 'generator'}`, ...entryPoint.shown };
    },
  }),
  defineRule({
    id: 'MAR308',
    name: 'initialize-missing',
    severity: { local: 'warning', mms: 'error', torchserve: 'error', sagemaker: 'error' },
    summary: 'the Python service class has no `initialize`',
    why: 'Both servers call `initialize(context)` of a class after creating it; without it the worker ends with an AttributeError. Our runner does without.',
    remedy: 'Add `def initialize(self, context)`.',
    example: {
      failing: 'class Service:\n    def handle(self, data, context): ...',
      passing: 'class Service:\n    def initialize(self, context): ...\n    def handle(self, data, context): ...',
    },
    needs: ['python', 'entryPoint'],
    *check({ python, entryPoint }) {
      if (entryPoint.kind !== 'found' || entryPoint.service === undefined) return;
      const { methods, bases, name } = entryPoint.service;
      if (bases.every((base) => base === 'object') && !methods.some((method) => method.name === 'initialize'))
        yield { message: `the class ${name} has no method initialize`, ...python.show(entryPoint.service) };
    },
  }),
  defineRule({
    id: 'MAR309',
    name: 'load-call-fails',
    severity: 'error',
    summary: 'the function does not expect the call that loads it',
    why: 'Both servers call a function handler once with `None` while loading, so that it can initialize. Here it uses the data at once: a TypeError, and 500 "Failed to start workers".',
    remedy: 'Begin with `if data is None: return None`, or move to a class with `initialize`.',
    example: { failing: 'def handle(data, context):\n    return [row["body"] for row in data]', passing: PYTHON },
    needs: ['python', 'entryPoint'],
    *check({ python, entryPoint }) {
      const fault = entryPoint.kind === 'found' && !entryPoint.service ? entryPoint.python?.usesNone : undefined;
      if (fault) yield { message: `${fault.message} fails when data is None`, ...python.show(fault) };
    },
  }),
  defineRule({
    id: 'MAR319',
    name: 'handler-of-torchserve',
    severity: { local: 'warning', mms: 'error', sagemaker: 'error' },
    summary: 'the handler is one that only TorchServe brings',
    why: 'Multi Model Server, and SageMaker with it, look for a module of that name in the archive and start no worker: 500 "Failed to start workers". Our runner takes it from the package torchserve where the interpreter has that, which only running can tell.',
    remedy:
      'Serve it with TorchServe, or install torchserve for the interpreter of `--python`: `mar validate --run --python PATH` shows whether it loads.',
    example: { failing: '"handler": "image_classifier" on Multi Model Server', passing: '"handler": "service:handle"' },
    needs: ['reference'],
    *check({ reference: { raw, entry, language } }) {
      if (entry || language !== 'python' || !TORCHSERVE_HANDLERS.includes(raw)) return;
      yield {
        message: `the handler '${raw}' is not in the archive: it comes with TorchServe`,
        at: { entry: 'MAR-INF/MANIFEST.json', pointer: '/model/handler' },
        found: raw,
      };
    },
  }),
];
