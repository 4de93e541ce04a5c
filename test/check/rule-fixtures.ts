import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { contentDigest, type Verification, verificationBeside } from '#conventions/verification.js';
import { providedVersion } from '#handler/provided.js';
import { CORPUS } from '../hostile/corpus.js';
import { forgeTgz } from '../hostile/forge-tar.js';
import { forgeZip } from '../hostile/forge-zip.js';
import { text } from '../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec } from '../models/onnx/encode-onnx.js';
import {
  bridgedFiles,
  eiaFiles,
  type Files,
  manifest,
  modelFiles,
  PYTHON_HANDLER,
  pythonFiles,
  SCRIPT_HANDLER,
  scriptFiles,
  zip,
} from './sample-archives.js';

/** What plants an archive at a path. */
export type Plant = (path: string) => void;
export interface RuleFixture {
  /** An archive on which the rule speaks. */
  readonly fires: Files | Plant;
  /** An archive that is right where the other is wrong. */
  readonly silent: Files | Plant;
  /** With `--run`. */
  readonly run?: true;
}

/** A member of the hostile corpus. */
export function attack(name: string): Plant {
  const found = CORPUS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no attack ${name}: ${CORPUS.map((one) => one.name).join(', ')}`);
  return found.plant;
}

const good = pythonFiles();
const handler = (body: string) => pythonFiles({ 'service.py': body });
const script = (body: string) => scriptFiles({ 'service.mjs': body });
const digest = (sha256: string, path = 'service.mjs') => ({
  entries: { [path]: { size: SCRIPT_HANDLER.length, sha256 } },
});
const REAL_DIGEST = createHash('sha256').update(SCRIPT_HANDLER).digest('hex');
/** A tensor of two numbers. */
const safetensors = Buffer.concat([
  Buffer.from([56, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.padEnd(56)),
  Buffer.alloc(8),
]);
const CASE = JSON.stringify({ request: { json: {} }, expect: { text: 'ok' } });

/** A handler that answers with this, and two golden cases that hold it to nothing but the status. */
const answering = (results: string) =>
  scriptFiles({
    'service.mjs': `let kept;
const REFUSAL = Object.assign(new Error('not a list'), { status: 400, [Symbol.for('model-archiver.PredictionError')]: true });
export function handle(batch, context) {
  return ${results};
}
`,
    'MAR-INF/tests/a.json': '{ "request": { "json": [1] }, "expect": {} }',
    'MAR-INF/tests/b.json': '{ "request": { "json": [2] }, "expect": {} }',
  });

/** An archive with a record of its verification, in an entry or beside it, over what is right of its content. */
function attested(where: string, over: Readonly<Record<string, unknown>> = {}): Plant {
  const files = scriptFiles({ 'MAR-INF/tests/a.json': CASE });
  const entries = Object.entries(files).map(([path, data]) => ({
    path,
    size: data.length,
    sha256: createHash('sha256').update(data).digest('hex'),
  }));
  const verification: Verification = {
    content: { ...contentDigest(entries), ...over },
    verifiedAt: '2026-01-01T00:00:00.000Z',
    tool: { name: 'model-archiver', version: '2.0.0' },
    versions: { node: '20.15.0' },
    platform: 'linux-x64',
    runtime: 'nodejs',
    targets: [{ target: 'local', errors: 0, warnings: 0, notes: 0 }],
    ignored: 0,
    run: { cases: 1, passed: 1, seconds: 1 },
  };
  const text = JSON.stringify(verification);
  return (path) => {
    writeFileSync(path, zip(where === 'beside' ? files : { ...files, [where]: text }));
    if (where === 'beside') writeFileSync(verificationBeside(path), text);
  };
}

const SYMBOL = '{ "nodes": [{ "op": "null", "name": "data" }], "arg_nodes": [0], "heads": [[0, 0, 0]] }';
const PARAMS = Buffer.from('1201000000000000', 'hex');
const SCALE = [{ name: 'scale', dims: [], raw: Buffer.alloc(4) }];
const mxnet = (over: Readonly<Record<string, string>>) =>
  pythonFiles({ 'cats-symbol.json': SYMBOL, 'cats-0000.params': PARAMS, ...over });
/** `os.system("id")` in protocol 0, an ordered dictionary in protocol 2, and PyTorch's zip around the latter. */
const ATTACK = Buffer.from('cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.', 'latin1');
const FOREST = Buffer.from('\x80\x02csklearn.ensemble._forest\nRandomForestClassifier\n)\x81.', 'latin1');
const NET = Buffer.from('\x80\x02cnets\nNet\n)\x81.', 'latin1');
const HARMLESS = Buffer.from('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.', 'latin1');
const STATE_DICT = forgeZip([
  { name: 'state/data.pkl', data: HARMLESS },
  { name: 'state/version', data: '3' },
]);

/** An archive of a built-in service with a model that takes images of 8x8. */
function builtin(name: string, config: Readonly<Record<string, unknown>>): Files {
  const model = encodeOnnx({ inputs: [{ name: 'input', dims: ['batch', 3, 8, 8] }] });
  const files = { 'service.py': undefined, 'model.onnx': model, 'service.json': JSON.stringify(config) };
  return pythonFiles(files, { handler: name }, { runtime: 'nodejs' });
}

const tgz: Plant = (path) =>
  writeFileSync(
    path,
    forgeTgz([
      { name: 'MAR-INF/MANIFEST.json', data: manifest() },
      { name: 'service.py', data: PYTHON_HANDLER },
    ]),
  );

const container = (name: string): RuleFixture => ({ fires: attack(name), silent: good });

/** Two archives per rule: one on which it speaks, one that is right where the other is wrong. */
const LARGE = [1, 1024, 1024, 256];
/** Needs 2.1 GB for what goes in and comes out. */
const LARGE_MODEL = encodeOnnx({
  inputs: [{ name: 'input', dims: LARGE }],
  outputs: [{ name: 'output', dims: LARGE }],
});

export const FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR101: container('zip-text'),
  MAR102: container('zip-half'),
  MAR103: container('zip-count-low'),
  MAR104: container('zip-split'),
  MAR105: container('zip-zip64-contradicts'),
  MAR106: container('zip-end-in-comment'),
  MAR107: container('zip-prefix'),
  MAR108: container('zip-suffix'),
  MAR109: container('zip-hidden-entry'),
  MAR110: container('zip-overlap'),
  MAR111: container('zip-local-name'),
  MAR112: container('zip-size-beyond'),
  MAR113: container('zip-encrypted'),
  MAR114: container('zip-method-bzip2'),
  MAR115: container('zip-stored-descriptor'),
  MAR116: container('zip-slip'),
  MAR117: container('zip-absolute'),
  MAR118: container('zip-nul'),
  MAR119: container('zip-windows-device'),
  MAR120: container('zip-link'),
  MAR121: container('zip-pipe'),
  MAR122: container('zip-duplicate'),
  MAR123: container('zip-case-clash'),
  MAR124: container('zip-deflate-longer'),
  MAR125: container('zip-crc-stored'),
  MAR126: container('zip-deflate-broken'),
  MAR127: container('zip-zip64-count'),
  MAR128: container('zip-zip64-size'),
  MAR129: container('zip-bomb-ratio'),
  MAR130: container('zip-path-1100'),
  MAR131: { fires: scriptFiles({}, digest('0'.repeat(64))), silent: scriptFiles({}, digest(REAL_DIGEST)) },
  MAR132: { fires: scriptFiles({}, digest(REAL_DIGEST, 'gone.txt')), silent: scriptFiles({}, digest(REAL_DIGEST)) },
  MAR133: {
    fires: scriptFiles({ 'added.txt': 'x' }, digest(REAL_DIGEST)),
    silent: scriptFiles({}, digest(REAL_DIGEST)),
  },
  MAR134: {
    fires: tgz,
    silent: good,
  },
  MAR137: { fires: good, silent: tgz },
  MAR138: {
    fires: handler(`TABLE = '${'x'.repeat(600_000)}'\n${PYTHON_HANDLER}`),
    silent: handler(`TABLE = '${'x'.repeat(60_000)}'\n${PYTHON_HANDLER}`),
  },
  MAR135: container('directory-link-dangling'),
  MAR140: container('zip-link-absolute'),
  MAR141: container('zip-unmarked'),
  MAR136: container('zip-descriptor-empty'),
  MAR139: container('tgz-suffix'),

  MAR201: { fires: { 'service.py': PYTHON_HANDLER }, silent: good },
  MAR202: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': '{ "model": { "modelName": "a", } }' }), silent: good },
  MAR203: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': '[]' }), silent: good },
  MAR204: { fires: pythonFiles({ 'MAR-INF/MANIFEST.json': `\ufeff${manifest()}` }), silent: good },
  MAR205: {
    fires: { 'MANIFEST.json': '{ "Model": { "Model-Name": "a", "Service": "s.py" } }', 's.py': PYTHON_HANDLER },
    silent: good,
  },
  MAR210: { fires: pythonFiles({}, { modelName: undefined }), silent: good },
  MAR211: { fires: pythonFiles({}, { handler: null }), silent: good },
  MAR212: { fires: pythonFiles({}, {}, { runtime: 'pyton3' }), silent: pythonFiles({}, {}, { runtime: 'python3' }) },
  MAR213: { fires: scriptFiles(), silent: good },
  MAR214: { fires: pythonFiles({}, {}, { runtime: 'python2' }), silent: good },
  MAR215: {
    fires: pythonFiles({}, {}, { engine: { engineVersion: '1' } }),
    silent: pythonFiles({}, {}, { engine: { engineName: 'MXNet' } }),
  },
  MAR231: {
    fires: pythonFiles({}, { extensions: { modelArchiver: { inputs: { text: { type: 'string' } } } } }),
    silent: good,
  },
  MAR216: { fires: pythonFiles({}, { modelName: 'my cat' }), silent: pythonFiles({}, { modelName: 'resnet-152' }) },
  MAR228: { fires: pythonFiles({}, { modelName: 'a/b' }), silent: pythonFiles({}, { modelName: 'my cat' }) },
  MAR217: { fires: good, silent: pythonFiles({}, { modelVersion: '1.0' }) },
  MAR218: {
    fires: pythonFiles({}, {}, { specificationVersion: '2.0' }),
    silent: pythonFiles({}, {}, { specificationVersion: '1.0' }),
  },
  MAR219: {
    fires: pythonFiles({}, { modelName: 'cat\ud83d' }),
    silent: pythonFiles({}, { modelName: 'cat\ud83d\udc08' }),
  },
  MAR220: { fires: pythonFiles({}, { description: ['a'] }), silent: pythonFiles({}, { description: 'a' }) },
  MAR221: { fires: pythonFiles({}, { modelVersion: 1.1 }), silent: pythonFiles({}, { modelVersion: '1.10' }) },
  MAR222: { fires: pythonFiles({}, { modelVersoin: '1' }), silent: pythonFiles({}, { extensions: { mine: 1 } }) },
  MAR223: {
    fires: pythonFiles({
      'MAR-INF/MANIFEST.json':
        '{ "runtime": "python", "runtime": "python3", "model": { "modelName": "a", "handler": "service:handle" } }',
    }),
    silent: good,
  },
  MAR224: {
    fires: pythonFiles({}, { serializedFile: 'model.pt' }),
    silent: pythonFiles({ 'labels.bin': 'x' }, { serializedFile: 'labels.bin' }),
  },
  MAR225: { fires: scriptFiles({}, { handler: 'service.mjs' }), silent: scriptFiles() },

  MAR226: {
    fires: pythonFiles({ 'c.yaml': 'minWorkers: [1\n' }, { configFile: 'c.yaml' }),
    silent: pythonFiles({ 'c.yaml': 'minWorkers: 1\n' }, { configFile: 'c.yaml' }),
  },
  MAR229: { fires: bridgedFiles(), silent: good },
  MAR230: { fires: bridgedFiles({ 'mar_bridge/__init__.py': undefined }), silent: bridgedFiles() },
  MAR227: {
    fires: pythonFiles({ 'requirements.txt': '-r base.txt\n' }, { requirementsFile: 'requirements.txt' }),
    silent: pythonFiles(
      { 'requirements.txt': '-r base.txt\n', 'base.txt': '--no-index\n' },
      { requirementsFile: 'requirements.txt' },
    ),
  },

  MAR301: { fires: pythonFiles({ 'service.py': undefined, 'servce.py': PYTHON_HANDLER }), silent: good },
  MAR302: { fires: handler('def handle(data, context)\n    return []\n'), silent: good },
  MAR303: { fires: handler(`print "hello"\n${PYTHON_HANDLER}`), silent: handler(`print("hello")\n${PYTHON_HANDLER}`) },
  MAR304: { fires: pythonFiles({}, { handler: 'service:handel' }), silent: good },
  MAR305: { fires: script('export const handle = { top: 5 };\n'), silent: scriptFiles() },
  MAR306: { fires: handler('def handle(data):\n    return list(data or [])\n'), silent: good },
  MAR307: { fires: handler('async def handle(data, context):\n    return data and list(data)\n'), silent: good },
  MAR308: {
    fires: handler('class Service(object):\n    def handle(self, data, context):\n        return list(data)\n'),
    silent: handler(
      'class Service(object):\n    def initialize(self, context):\n        pass\n    def handle(self, data, context):\n        return list(data)\n',
    ),
  },
  MAR309: { fires: handler('def handle(data, context):\n    return [row["body"] for row in data]\n'), silent: good },
  MAR310: {
    fires: handler(
      'def handle(data, context):\n    if not data:\n        raise RuntimeError("no")\n    return list(data)\n',
    ),
    silent: handler(
      'def handle(data, context):\n    if data is None:\n        return None\n    raise RuntimeError("no")\n',
    ),
  },
  MAR311: {
    fires: handler(
      'class S:\n    def initialize(self, context):\n        raise ValueError("x")\n    def handle(self, data, context):\n        return list(data)\n',
    ),
    silent: handler(
      'class S:\n    def initialize(self, context):\n        if context is None:\n            raise ValueError("x")\n    def handle(self, data, context):\n        return list(data)\n',
    ),
  },
  MAR312: {
    fires: script(`process.exit(1);\n${SCRIPT_HANDLER}`),
    silent: script(`if (process.env.X) process.exitCode = 1;\n${SCRIPT_HANDLER}`),
  },
  MAR313: { fires: script('export function handle() {\n  return { label: "cat" };\n}\n'), silent: scriptFiles() },
  MAR314: {
    fires: script('export function handle(b) {\n  if (!b) return "no";\n  return b.map(String);\n}\n'),
    silent: scriptFiles(),
  },
  MAR315: { fires: script('export function handle() {\n  return ["ok"];\n}\n'), silent: scriptFiles() },
  MAR316: {
    fires: script(`import _ from "lodash";\n${SCRIPT_HANDLER}`),
    silent: scriptFiles({
      'service.mjs': `import fs from "node:fs";\nimport sharp from "sharp";\nimport fast from "@own/fast/quick";\n${SCRIPT_HANDLER}`,
      'node_modules/@own/fast/package.json': '{}',
    }),
  },
  MAR317: {
    fires: scriptFiles({}, { provided: { sharp: '0.1.0' } }),
    silent: scriptFiles({}, { provided: { sharp: providedVersion('sharp') } }),
  },
  MAR318: {
    fires: scriptFiles({ 'service.mjs.map': '{"version":3,' }),
    silent: scriptFiles({ 'service.mjs.map': '{"version":3,"sources":["service.ts"],"mappings":"AAAA"}' }),
  },
  MAR319: {
    fires: pythonFiles({ 'service.py': undefined, 'model.pt': STATE_DICT }, { handler: 'image_classifier' }),
    silent: pythonFiles({ 'image_classifier.py': PYTHON_HANDLER }, { handler: 'image_classifier' }),
  },
  MAR320: {
    fires: handler(`import pandas\n${PYTHON_HANDLER}`),
    silent: pythonFiles({
      'service.py': `import os, pandas, tools\n${PYTHON_HANDLER}`,
      'requirements.txt': 'Pandas==2.2\n',
      'tools/__init__.py': '',
    }),
  },
  MAR321: {
    fires: handler(`import cPickle\n${PYTHON_HANDLER}`),
    silent: handler(`try:\n    import cPickle\nexcept ImportError:\n    import pickle\n${PYTHON_HANDLER}`),
  },
  MAR322: {
    fires: handler(`from .tools import x\n${PYTHON_HANDLER}`),
    silent: pythonFiles({ 'service.py': `from tools import x\n${PYTHON_HANDLER}`, 'tools.py': 'x = 1\n' }),
  },
  MAR323: { fires: pythonFiles({ 'json.py': '' }), silent: pythonFiles({ 'json_tools.py': '' }) },
  MAR324: {
    fires: handler(PYTHON_HANDLER.replace('return', 'context.get_header(0, "accept")\n    return')),
    silent: handler(PYTHON_HANDLER.replace('return', 'context.get_request_header(0, "accept")\n    return')),
  },
  MAR325: {
    fires: handler(
      'class S:\n    def handle(self, data, context):\n        return list(data)\n    def get_insights(self, data):\n        return data\n',
    ),
    silent: good,
  },
  MAR326: {
    fires: handler(PYTHON_HANDLER.replace('["ok"] * len(data)', '[sum(one["body"]) for one in data]')),
    silent: handler(PYTHON_HANDLER.replace('["ok"] * len(data)', '[sum(json.loads(one["body"])) for one in data]')),
  },
  MAR330: {
    fires: pythonFiles({ 'service.py': `import os\n${PYTHON_HANDLER}\nA = os.environ` }),
    silent: pythonFiles({ 'service.py': `import os\n${PYTHON_HANDLER}\nA = os.sep` }),
  },
  MAR331: {
    fires: pythonFiles({ 'a.py': 'import os\nos.system("x")' }),
    silent: pythonFiles({ 'a.py': 'import os\nos.getpid()' }),
  },
  MAR332: {
    fires: pythonFiles({ 'a.py': 'import os\ndef f():\n    os.system("x")' }),
    silent: pythonFiles({ 'a.py': 'import os\ndef f():\n    os.getpid()' }),
  },
  MAR333: {
    fires: pythonFiles({ 'requirements.txt': '-i http://x/' }),
    silent: pythonFiles({ 'requirements.txt': 'numpy==1.26.4' }),
  },
  MAR334: {
    fires: pythonFiles({ 'requirements.txt': 'numpy' }),
    silent: pythonFiles({ 'requirements.txt': 'numpy==1.26.4' }),
  },
  MAR338: {
    fires: pythonFiles({ 'a.py': `#${'('.repeat(3000)}\nimport os\nos.system("x")` }),
    silent: pythonFiles({ 'a.py': `#${'('.repeat(300)}\nimport os\nos.getpid()` }),
  },
  MAR339: {
    fires: pythonFiles({ 'fast.so': Buffer.from(`\x7fELF${'\0'.repeat(64)}`, 'latin1') }),
    silent: pythonFiles({ 'fast.so': 'ELF' }),
  },
  MAR335: { fires: pythonFiles({ 'sitecustomize.py': '' }), silent: pythonFiles({ 'site.txt': '' }) },
  MAR337: { fires: pythonFiles({ 'a.pyc': '' }), silent: pythonFiles({ 'a.pyc': '', 'a.py': '' }) },
  MAR336: { fires: pythonFiles({ '.netrc': '' }), silent: pythonFiles({ 'netrc.md': '' }) },

  MAR401: { fires: modelFiles(Buffer.from('version https://git-lfs.github.com/spec/v1\n')), silent: modelFiles({}) },
  MAR402: { fires: modelFiles({ opsets: { '': 27 } }), silent: modelFiles({ opsets: { '': 26 } }) },
  MAR403: { fires: modelFiles({ opsets: { '': 5 } }), silent: modelFiles({ opsets: { '': 7 } }) },
  MAR404: { fires: modelFiles({ ir: 14 }), silent: modelFiles({ ir: 13 }) },
  MAR405: {
    fires: modelFiles({ initializers: [{ name: 'w', dims: [4], external: { location: 'w.bin' } }] }),
    silent: modelFiles(
      { initializers: [{ name: 'w', dims: [4], external: { location: 'w.bin' } }] },
      { 'w.bin': Buffer.alloc(16) },
    ),
  },
  MAR406: {
    fires: modelFiles({ nodes: [{ op: 'Rulu', inputs: ['input'], outputs: ['output'] }] }),
    silent: modelFiles({}),
  },
  MAR407: {
    fires: modelFiles({ nodes: [{ op: 'Relu', inputs: ['nothing'], outputs: ['output'] }] }),
    silent: modelFiles({}),
  },
  MAR408: {
    fires: modelFiles({}, { 'synset.txt': 'a\nb\n' }),
    silent: modelFiles({}, { 'synset.txt': 'a\nb\nc\nd\n' }),
  },
  MAR409: {
    fires: pythonFiles(fixedBatch(1), { configFile: 'model-config.yaml' }),
    silent: pythonFiles(fixedBatch('batch'), { configFile: 'model-config.yaml' }),
  },
  MAR410: {
    fires: modelFiles({ inputs: [{ name: 'input', type: 16, dims: ['batch', 4] }] }),
    silent: modelFiles({ inputs: [{ name: 'input', type: 10, dims: ['batch', 4] }] }),
  },

  MAR411: {
    fires: builtin('image_classifier', { image: { widht: 224 } }),
    silent: builtin('image_classifier', { image: { width: 8 } }),
  },
  MAR412: { fires: builtin('tensor', { model: 'modle.onnx' }), silent: builtin('tensor', { model: 'model.onnx' }) },
  MAR413: {
    fires: builtin('image_classifier', { image: { width: 9 } }),
    silent: builtin('image_classifier', { image: { width: 8 } }),
  },
  MAR414: {
    fires: builtin('image_classifier', { classes: { output: 'logit' } }),
    silent: builtin('image_classifier', { classes: { output: 'output' } }),
  },
  MAR415: {
    fires: builtin('image_classifier', { classes: { labels: 'names.txt' } }),
    silent: builtin('image_classifier', { classes: { labels: ['a', 'b', 'c', 'd'] } }),
  },
  MAR416: {
    fires: modelFiles({ nodes: [{ op: 'CumSum', inputs: ['input', 'input'], outputs: ['output'] }] }),
    silent: modelFiles({}),
  },
  MAR417: { fires: modelFiles(withSequence('sequence')), silent: modelFiles(withSequence('tensor')) },
  MAR418: {
    fires: modelFiles({ inputs: [{ name: 'input', dims: ['batch', 4] }, { name: 'scale' }], initializers: SCALE }),
    silent: modelFiles({ initializers: SCALE }),
  },
  MAR419: { fires: modelFiles(normalizer('LOWER')), silent: modelFiles(normalizer('NONE')) },
  MAR420: { fires: mxnet({ 'cats-symbol.json': '{}' }), silent: mxnet({}) },
  MAR421: { fires: mxnet({ 'cats-0000.params': 'text' }), silent: mxnet({}) },
  MAR422: { fires: pythonFiles({ 'cats-symbol.json': SYMBOL }), silent: mxnet({}) },
  MAR423: {
    fires: pythonFiles({ 'dogs-symbol.json': SYMBOL, 'dogs-0000.params': PARAMS, 'mxnet_model_service.py': '' }),
    silent: mxnet({ 'mxnet_model_service.py': '' }),
  },
  MAR424: {
    fires: pythonFiles({ 'model.safetensors': safetensors.subarray(0, -1) }),
    silent: pythonFiles({ 'model.safetensors': safetensors }),
  },
  MAR425: {
    fires: modelFiles({
      inputs: [{ name: 'input', type: 5, dims: ['batch', 4] }],
      outputs: [{ name: 'output', type: 5, dims: ['batch', 4] }],
      nodes: [{ op: 'Max', inputs: ['input', 'input'], outputs: ['output'] }],
    }),
    silent: modelFiles({ nodes: [{ op: 'Max', inputs: ['input', 'input'], outputs: ['output'] }] }),
  },
  MAR430: {
    fires: pythonFiles({ 'model.pt': 'version https://git-lfs' }),
    silent: pythonFiles({ 'model.pt': STATE_DICT }),
  },
  MAR431: { fires: pythonFiles({ 'model.pkl': ATTACK }), silent: pythonFiles({ 'model.pkl': HARMLESS }) },
  MAR432: { fires: pythonFiles({ 'model.pkl': FOREST }), silent: pythonFiles({ 'model.pt': STATE_DICT }) },
  MAR433: {
    fires: pythonFiles({ 'model.pt': STATE_DICT }, { handler: 'image_classifier', serializedFile: 'model.pt' }),
    silent: pythonFiles({ 'model.pt': STATE_DICT }, { handler: 'service:handle', serializedFile: 'model.pt' }),
  },
  MAR434: { fires: pythonFiles({ 'model.pkl': NET }), silent: pythonFiles({ 'model.pkl': HARMLESS }) },
  MAR435: {
    fires: pythonFiles({ 'model.pkl.zst': Buffer.from('28b52ffd', 'hex') }),
    silent: pythonFiles({ 'model.pkl': HARMLESS }),
  },
  MAR437: {
    fires: pythonFiles({
      'model.pkl': Array.from({ length: 12 }).reduce<Buffer>((inner) => gzipSync(inner), HARMLESS),
    }),
    silent: pythonFiles({ 'model.pkl': gzipSync(HARMLESS) }),
  },
  MAR436: {
    fires: pythonFiles({ 'a.npy': Buffer.from('\x93NUMPY\x01\x00\x06\x00exit()', 'latin1') }),
    silent: pythonFiles({ 'a.npy': Buffer.from('\x93NUMPY\x01\x00\x02\x00{}', 'latin1') }),
  },

  MAR501: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': '{ "reqest": {} }' }),
    silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }),
  },
  MAR502: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': '{ "request": { "file": "cat.png" }, "expect": {} }' }),
    silent: scriptFiles({
      'MAR-INF/tests/a.json': '{ "request": { "file": "cat.png" }, "expect": {} }',
      'MAR-INF/tests/cat.png': 'x',
    }),
  },
  MAR503: { fires: scriptFiles(), silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }) },
  MAR510: { fires: script(`throw new Error("no");\n${SCRIPT_HANDLER}`), silent: scriptFiles(), run: true },
  MAR512: {
    fires: script(
      `import { spawnSync } from 'node:child_process';\nspawnSync(process.execPath, ['--version']);\n${SCRIPT_HANDLER}`,
    ),
    silent: scriptFiles(),
    run: true,
  },
  MAR511: {
    fires: scriptFiles({ 'MAR-INF/tests/a.json': CASE.replace('ok', 'other') }),
    silent: scriptFiles({ 'MAR-INF/tests/a.json': CASE }),
    run: true,
  },
  MAR513: {
    fires: answering('batch.map(() => Math.random())'),
    silent: answering('batch.map(({ body }) => body)'),
    run: true,
  },
  MAR514: {
    fires: answering('batch.map(({ body }) => body).reverse()'),
    silent: answering('batch.map(({ body }) => body)'),
    run: true,
  },
  MAR515: { fires: answering('[batch[0].body]'), silent: answering('batch.map(({ body }) => body)'), run: true },
  MAR516: {
    fires: answering('batch.map(({ body }) => { if (!Array.isArray(body)) throw REFUSAL; return body; })'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR517: {
    fires: answering('batch.map(({ body }) => (Array.isArray(body) ? body : process.exit(3)))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR518: {
    fires: answering('batch.map(({ body }) => body.at(0))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },
  MAR523: {
    fires: answering('batch.map(({ body }) => (JSON.stringify(body).length > 1e6 ? Buffer.alloc(65 << 20) : body))'),
    silent: answering('batch.map(({ body }) => (JSON.stringify(body).length > 1e6 ? REFUSAL : body))'),
    run: true,
  },
  MAR519: {
    fires: answering('batch.map(({ body }) => (Array.isArray(body) ? (kept ?? body) : ((kept = [9]), REFUSAL)))'),
    silent: answering('batch.map(({ body }) => (Array.isArray(body) ? body : REFUSAL))'),
    run: true,
  },

  MAR520: {
    fires: attested('MAR-INF/verification.json', { sha256: '0'.repeat(64) }),
    silent: attested('MAR-INF/verification.json'),
  },
  MAR521: { fires: attested('beside', { sha256: '0'.repeat(64) }), silent: attested('beside') },
  MAR522: {
    fires: scriptFiles({ 'MAR-INF/verification.json': '{ "verified": true }' }),
    silent: attested('MAR-INF/verification.json'),
  },

  MAR601: { fires: eiaFiles({}), silent: good },
  MAR602: { fires: eiaFiles({ acceleratorType: 'eia1.medum' }), silent: eiaFiles({}) },
  MAR603: { fires: eiaFiles({ ordinals: [1] }), silent: eiaFiles({ ordinals: [1], count: 2 }) },
  MAR604: { fires: eiaFiles({ contexts: { model: 'eia:0', data: 'eia:0' } }), silent: eiaFiles({}) },
  MAR605: { fires: eiaFiles({ contexts: { model: 'tpu:0', data: 'cpu' } }), silent: eiaFiles({}) },
  MAR606: {
    fires: eiaFiles({}, { 'model.onnx': LARGE_MODEL }),
    silent: eiaFiles({ acceleratorType: 'eia2.xlarge' }, { 'model.onnx': LARGE_MODEL }),
  },
  MAR607: {
    fires: eiaFiles({ api: 'mx-context', framework: 'mxnet', frameworkVersion: '1.7.0' }),
    silent: eiaFiles({ api: 'mx-optimize-for', framework: 'mxnet', frameworkVersion: '1.7.0' }),
  },
  MAR608: {
    fires: eiaFiles({}, { 'c.yaml': 'minWorkers: 1\nmaxWorkers: 4\n' }, { configFile: 'c.yaml' }),
    silent: eiaFiles({}, { 'c.yaml': 'minWorkers: 1\nmaxWorkers: 1\n' }, { configFile: 'c.yaml' }),
  },
  MAR609: {
    fires: eiaFiles({}, { 'service.py': `import mxnet as mx\nCONTEXT = mx.gpu(0)\n${PYTHON_HANDLER}` }),
    silent: eiaFiles({}, { 'service.py': `import mxnet as mx\nCONTEXT = mx.eia(0)\n${PYTHON_HANDLER}` }),
  },
};

/** A model with a second output of this kind. */
function withSequence(kind: 'sequence' | 'tensor'): ModelSpec {
  return {
    outputs: [
      { name: 'output', dims: ['batch', 4] },
      { name: 'parts', kind },
    ],
    nodes: [
      { op: 'Relu', inputs: ['input'], outputs: ['output'] },
      { op: 'SplitToSequence', inputs: ['input'], outputs: ['parts'] },
    ],
  };
}

function normalizer(change: string): ModelSpec {
  const attributes = [text('case_change_action', change)];
  return { nodes: [{ op: 'StringNormalizer', inputs: ['input'], outputs: ['output'], attributes }] };
}

function fixedBatch(first: number | string): Readonly<Record<string, string | Buffer>> {
  const model = encodeOnnx({ inputs: [{ name: 'input', dims: [first, 4] }] });
  return { 'model.onnx': model, 'model-config.yaml': 'minWorkers: 1\nbatchSize: 8\n' };
}
