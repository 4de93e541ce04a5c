import { gzipSync } from 'node:zlib';
import { forgeZip } from '../../hostile/forge-zip.js';
import { text } from '../../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec } from '../../models/onnx/encode-onnx.js';
import { type Files, modelFiles, pythonFiles } from '../sample-archives.js';
import type { RuleFixture } from './fixture.js';

/** A tensor of two numbers. */
const safetensors = Buffer.concat([
  Buffer.from([56, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.padEnd(56)),
  Buffer.alloc(8),
]);

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

/** Fixtures of the rules about models and the services that read them. */
export const MODELS_FIXTURES: Readonly<Record<string, RuleFixture>> = {
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
    silent: modelFiles({
      inputs: [{ name: 'input', type: 10, dims: ['batch', 4] }],
      outputs: [{ name: 'output', type: 10, dims: ['batch', 4] }],
    }),
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
  return {
    inputs: [{ name: 'input', type: 8, dims: ['batch', 4] }],
    outputs: [{ name: 'output', type: 8, dims: ['batch', 4] }],
    nodes: [{ op: 'StringNormalizer', inputs: ['input'], outputs: ['output'], attributes }],
  };
}

function fixedBatch(first: number | string): Readonly<Record<string, string | Buffer>> {
  const model = encodeOnnx({ inputs: [{ name: 'input', dims: [first, 4] }] });
  return { 'model.onnx': model, 'model-config.yaml': 'minWorkers: 1\nbatchSize: 8\n' };
}
