import { forgeTgz } from '../hostile/forge-tar.js';
import { descriptor, type ForgedEnd, type ForgedEntry, forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import {
  EIA,
  type Files,
  manifest,
  PYTHON_HANDLER,
  pythonFiles,
  SCRIPT_HANDLER,
  scriptFiles,
  zip,
} from './sample-archives.js';

const handler = (body: string): Buffer => zip(pythonFiles({ 'service.py': body }));
const fields = (model: Record<string, unknown>, top: Record<string, unknown> = {}, files: Files = {}): Buffer =>
  zip(pythonFiles(files, model, top));
const text = (json: string): Buffer => zip(pythonFiles({ 'MAR-INF/MANIFEST.json': json }));

const MANIFEST: ForgedEntry = { name: 'MAR-INF/MANIFEST.json', data: manifest() };
const SERVICE: ForgedEntry = { name: 'service.py', data: PYTHON_HANDLER };
const forged = (more: readonly ForgedEntry[], end?: ForgedEnd): Buffer => forgeZip([MANIFEST, SERVICE, ...more], end);
const GOOD = zip(pythonFiles());
const flipped = (): Buffer => {
  const bytes = forgeZip([MANIFEST, { ...SERVICE, deflate: true }]);
  const at = bytes.indexOf('service.py') + 20;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
};
const descriptorOf = Buffer.from('streamed');

/** Archives for the real servers: good ones, and broken ones of every group. All use the handler service.py unless they say otherwise. */
export const LOADABLE: Readonly<Record<string, Buffer>> = {
  good: GOOD,
  'good-deflated': forgeZip([
    { ...MANIFEST, deflate: true },
    { ...SERVICE, deflate: true },
  ]),
  'good-python3': fields({}, { runtime: 'python3' }),
  'good-without-runtime': text('{ "model": { "modelName": "cats", "handler": "service:handle" } }'),
  'good-versions': fields(
    { modelVersion: '1.0' },
    { specificationVersion: '1.0', implementationVersion: '1.0', modelServerVersion: '1.0' },
  ),
  'good-class': handler(
    'class Service(object):\n    def initialize(self, context):\n        self.ready = True\n    def handle(self, data, context):\n        return ["ok"] * len(data)\n',
  ),
  'good-handler-py': fields({ handler: 'service.py' }),
  'good-handler-py-function': fields({ handler: 'service.py:handle' }),
  'good-other-function': zip(
    pythonFiles({ 'service.py': PYTHON_HANDLER.replace('handle', 'predict') }, { handler: 'service:predict' }),
  ),
  'good-helper': zip(pythonFiles({ 'service.py': `import tools\n${PYTHON_HANDLER}`, 'tools.py': 'X = 1\n' })),
  'good-package': zip(
    pythonFiles({
      'service.py': `from tools.inner import X\n${PYTHON_HANDLER}`,
      'tools/__init__.py': '',
      'tools/inner.py': 'X = 1\n',
    }),
  ),
  'good-onnx': zip(pythonFiles({ 'model.onnx': encodeOnnx() })),
  'good-eia': fields({
    extensions: {
      eia: EIA,
    },
  }),
  'good-optional-import': handler(
    `try:\n    import cPickle\nexcept ImportError:\n    import pickle\n${PYTHON_HANDLER}`,
  ),
  'good-user-data': fields(
    {},
    { userData: { a: 1 }, publisher: { author: 'a', email: 'a@b.c' }, license: 'Apache-2.0', description: 'd' },
  ),
  'good-initialize-raises-late': handler(
    'def handle(data, context):\n    if not data:\n        return None\n    if len(data) > 99:\n        raise ValueError("many")\n    return ["ok"] * len(data)\n',
  ),

  'good-node-default-class': zip(
    scriptFiles({ 'service.mjs': 'export default class { handle(batch) { return batch.map(() => "ok"); } }\n' }),
  ),
  'good-node-only-class': zip(
    scriptFiles({ 'service.mjs': 'export class Cats { handle(batch) { return batch.map(() => "ok"); } }\n' }),
  ),
  'good-node-object': zip(
    scriptFiles({ 'service.mjs': 'export default { handle: (batch) => batch.map(() => "ok") };\n' }),
  ),
  'bad-node-two-classes': zip(
    scriptFiles({
      'service.mjs': 'export class A { handle(b) { return b; } }\nexport class B { handle(b) { return b; } }\n',
    }),
  ),
  'bad-node-other-handler': zip(
    pythonFiles(
      { 'service.py': undefined, 'service.mjs': SCRIPT_HANDLER },
      {
        handler: 'other:nothere',
        extensions: {
          modelArchiver: {
            version: '2.0.0',
            handler: { source: 'service.ts', module: 'service.mjs', entryPoint: 'handle' },
          },
        },
      },
      { runtime: 'nodejs' },
    ),
  ),

  'warn-number-version': fields({ modelVersion: 1.5 }),
  'warn-unknown-field': fields({ modelVersoin: '1' }, { surprise: [1] }),
  'warn-specification-2': fields({}, { specificationVersion: '2.0' }),
  'warn-duplicate-field': text(
    '{ "runtime": "python", "runtime": "python3", "model": { "modelName": "cats", "handler": "service:handle" } }',
  ),
  'warn-named-file-missing': fields({ serializedFile: 'model.pt', requirementsFile: 'requirements.txt' }),
  'bad-duplicate-entry': forged([SERVICE]),
  'bad-link-out': forged([{ name: 'link.txt', data: '/etc/passwd', mode: 0o120777 }]),
  'warn-link': forged([{ name: 'link.txt', data: 'service.py', mode: 0o120777 }]),
  'warn-suffix': forged([], { suffix: Buffer.from('junk') }),
  'warn-windows-name': forged([{ name: 'aux.txt', data: 'x' }]),
  'warn-absolute': forged([{ name: '/tmp/mar-absolute/x.txt', data: 'x' }]),
  'warn-case-clash': forged([
    { name: 'A.txt', data: '1' },
    { name: 'a.txt', data: '2' },
  ]),

  'bad-text': Buffer.from('not an archive at all\n'),
  'bad-empty-file': Buffer.alloc(0),
  'bad-truncated': zip(pythonFiles({ 'service.py': PYTHON_HANDLER.repeat(20) })).subarray(0, 600),
  'bad-flipped': flipped(),
  'bad-crc': forged([{ name: 'a.txt', data: 'x', both: { crc32: 7 } }]),
  'bad-prefix': forged([], { prefix: Buffer.from('#!/bin/sh\n') }),
  'bad-tgz': forgeTgz([
    { name: 'MAR-INF/MANIFEST.json', data: manifest() },
    { name: 'service.py', data: PYTHON_HANDLER },
  ]),
  'bad-slip': forged([{ name: '../../mar-slip.txt', data: 'x' }]),
  'bad-slip-inside': forged([{ name: 'a/../b.txt', data: 'x' }]),
  'bad-encrypted': forged([{ name: 'a.txt', data: 'x', both: { flags: 0x0801 } }]),
  'bad-bzip2': forged([{ name: 'a.txt', data: 'x', both: { method: 12 } }]),
  'bad-stored-descriptor': forged([
    {
      name: 'a.txt',
      data: descriptorOf,
      both: { flags: 0x0808 },
      local: { crc32: 0, size: 0, compressedSize: 0 },
      after: descriptor(descriptorOf, descriptorOf.length),
    },
  ]),
  'bad-hidden-entry': forged([{ name: 'hidden.txt', data: 'x', hidden: true }]),
  'bad-other-name': forged([{ name: 'a.txt', data: 'x', local: { name: Buffer.from('b.txt') } }]),

  'bad-no-manifest': zip({ 'service.py': PYTHON_HANDLER }),
  'bad-nested': zip({ 'inner/MAR-INF/MANIFEST.json': manifest(), 'inner/service.py': PYTHON_HANDLER }),
  'bad-manifest-json': text('{ "model": { "modelName": "cats", } }'),
  'bad-manifest-comment': text(`// made by hand\n${manifest()}`),
  'bad-manifest-empty': text(''),
  'bad-manifest-list': text('[]'),
  'bad-manifest-null': text('null'),
  'bad-manifest-bom': text(`\ufeff${manifest()}`),
  'bad-manifest-latin1': zip(
    pythonFiles({ 'MAR-INF/MANIFEST.json': Buffer.from(manifest({ description: 'caf\u00e9' }), 'latin1') }),
  ),
  'bad-model-null': text('{ "model": null }'),
  'bad-no-name': text('{ "model": { "handler": "service:handle" } }'),
  'bad-no-handler': fields({ handler: null }),
  'bad-runtime': fields({}, { runtime: 'java' }),
  'bad-nodejs': zip(scriptFiles()),
  'bad-engine': fields({}, { engine: { engineVersion: '1' } }),
  'bad-handler-list': fields({ handler: ['service', 'handle'] }),
  'bad-name-object': text('{ "model": { "modelName": {}, "handler": "service:handle" } }'),
  'bad-extensions-text': fields({ extensions: 'none' }),
  'bad-legacy': zip({
    'MANIFEST.json': '{ "Model-Server": 0.4, "Model": { "Model-Name": "cats", "Service": "service.py" } }',
    'service.py': PYTHON_HANDLER,
  }),
  'bad-legacy-place': zip({ 'MANIFEST.json': manifest(), 'service.py': PYTHON_HANDLER }),

  'bad-handler-file': fields({ handler: 'absent:handle' }),
  'bad-function': fields({ handler: 'service:absent' }),
  'bad-two-classes': handler('class A:\n    pass\nclass B:\n    pass\n'),
  'bad-class-without-handle': handler('class A:\n    def initialize(self, context):\n        pass\n'),
  'bad-class-without-initialize': handler(
    'class A:\n    def handle(self, data, context):\n        return ["ok"] * len(data)\n',
  ),
  'bad-syntax': handler('def handle(data, context)\n    return ["x"]\n'),
  'bad-indent': handler('def handle(data, context):\nreturn ["x"]\n'),
  'bad-python2': handler(`print "loading"\n${PYTHON_HANDLER}`),
  'bad-python2-except': handler(
    'def handle(data, context):\n    try:\n        return data\n    except ValueError, e:\n        return None\n',
  ),
  'bad-python2-module': handler(`import ConfigParser\n${PYTHON_HANDLER}`),
  'bad-relative-import': handler(`from . import tools\n${PYTHON_HANDLER}`),
  'bad-arity-one': handler('def handle(data):\n    return data\n'),
  'bad-arity-three': handler('def handle(data, context, extra):\n    return data\n'),
  'bad-method-arity': handler(
    'class A:\n    def initialize(self, context):\n        pass\n    def handle(self, data):\n        return ["ok"]\n',
  ),
  'bad-load-call': handler('def handle(data, context):\n    return [str(row) for row in data]\n'),
  'bad-load-length': handler('def handle(data, context):\n    size = len(data)\n    return ["ok"] * size\n'),
  'bad-raises': handler('def handle(data, context):\n    raise RuntimeError("Initialize failure.")\n'),
  'bad-exits': handler(
    'import os\n\n\ndef handle(data, context):\n    if data is None:\n        os._exit(9)\n    return ["ok"]\n',
  ),
  'bad-init-raises': handler(
    'class A:\n    def __init__(self):\n        raise ValueError("no")\n    def initialize(self, context):\n        pass\n    def handle(self, data, context):\n        return ["ok"]\n',
  ),
  'bad-initialize-raises': handler(
    'class A:\n    def initialize(self, context):\n        raise ValueError("no")\n    def handle(self, data, context):\n        return ["ok"] * len(data)\n',
  ),
  'bad-module-raises': handler(`raise ImportError("not today")\n${PYTHON_HANDLER}`),
  'bad-async': handler('async def handle(data, context):\n    return ["ok"]\n'),
  'bad-not-a-list': handler(
    'def handle(data, context):\n    if data is None:\n        return None\n    return {"label": "cat"}\n',
  ),
  'bad-not-callable': handler('handle = 5\n'),
};
