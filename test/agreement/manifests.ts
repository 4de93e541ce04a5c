import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Files, manifest, PYTHON_HANDLER, SCRIPT_HANDLER, scriptFiles, zip } from '../check/sample-archives.js';

/** An archive made by hand around one manifest, and how far it gets on every command. */
export interface Sample {
  readonly files: Files;
  /** `loads`, or the code of its refusal. */
  readonly expect: string;
  /** Laid out as a directory instead of a zip. */
  readonly directory?: true;
  /** How validate differs all the same, and why that is meant. */
  readonly but?: { readonly differs: RegExp; readonly because: string };
}

type Fields = Readonly<Record<string, unknown>>;

/** A manifest of Multi Model Server 0.4; a field of undefined is left out. */
const old = (model: Fields = {}, top: Fields = {}): string =>
  JSON.stringify({ Engine: { MXNet: 0.12 }, Model: { 'Model-Name': 'old', Service: 'service.py', ...model }, ...top });
const python = (text: string | Buffer): Files => ({ 'MAR-INF/MANIFEST.json': text, 'service.py': PYTHON_HANDLER });
const node = (text: string | Buffer): Files => ({ 'MAR-INF/MANIFEST.json': text, 'service.mjs': SCRIPT_HANDLER });
const fields = (model: Fields = {}, top: Fields = {}): Files => python(manifest(model, top));
const inFolder = (name: string, text = old()): Files => ({
  [`model/${name}`]: text,
  'model/service.py': PYTHON_HANDLER,
  'readme.txt': 'beside it',
});
const NODE = manifest({}, { runtime: 'nodejs' });

/** Where a manifest may lie, what its text may be, and what its fields. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  'place-current': { files: fields(), expect: 'loads' },
  'place-both': { files: { ...fields(), 'MANIFEST.json': '{not even json' }, expect: 'loads' },
  'place-old-top': { files: { 'MANIFEST.json': old(), 'service.py': PYTHON_HANDLER }, expect: 'loads' },
  'place-old-folder': { files: inFolder('MANIFEST.json'), expect: 'loads' },
  'place-old-folder-lower': { files: inFolder('manifest.json'), expect: 'loads' },
  'place-old-top-lower': {
    files: { 'manifest.json': old(), 'service.py': PYTHON_HANDLER },
    expect: 'ERR_MANIFEST_MISSING',
  },
  'place-lower': { files: { 'MAR-INF/manifest.json': manifest() }, expect: 'ERR_MANIFEST_MISSING' },
  'place-too-deep': { files: { 'a/b/MANIFEST.json': old() }, expect: 'ERR_MANIFEST_MISSING' },
  'place-two-folders': {
    files: { 'b/MANIFEST.json': '[]', 'a/MANIFEST.json': old(), 'a/service.py': PYTHON_HANDLER },
    expect: 'loads',
  },
  'place-none': { files: { 'service.py': PYTHON_HANDLER }, expect: 'ERR_MANIFEST_MISSING' },
  'directory-current': { files: fields(), expect: 'loads', directory: true },
  'directory-old-top': {
    files: { 'MANIFEST.json': old(), 'service.py': PYTHON_HANDLER },
    expect: 'loads',
    directory: true,
  },
  'directory-old-folder': { files: inFolder('manifest.json'), expect: 'loads', directory: true },

  'old-current-fields': {
    files: { 'MANIFEST.json': manifest(), 'service.py': PYTHON_HANDLER },
    expect: 'ERR_MANIFEST_NO_MODEL',
  },
  'old-no-name': { files: inFolder('MANIFEST.json', old({ 'Model-Name': undefined })), expect: 'ERR_MANIFEST_NO_NAME' },
  'old-no-service': {
    files: inFolder('MANIFEST.json', old({ Service: undefined })),
    expect: 'ERR_MANIFEST_NO_SERVICE',
  },
  'old-empty-service': { files: inFolder('MANIFEST.json', old({ Service: '' })), expect: 'ERR_MANIFEST_NO_HANDLER' },
  'old-list-service': { files: inFolder('MANIFEST.json', old({ Service: [] })), expect: 'ERR_MANIFEST_INVALID' },
  'old-number-license': { files: inFolder('MANIFEST.json', old({}, { License: 2 })), expect: 'loads' },
  'old-service-absent': {
    files: { 'model/MANIFEST.json': old(), 'service.py': PYTHON_HANDLER },
    expect: 'ERR_WORKER_LOAD',
  },

  'text-empty': { files: python(''), expect: 'ERR_MANIFEST_JSON' },
  'text-comment': { files: python(`// by hand\n${manifest()}`), expect: 'ERR_MANIFEST_JSON' },
  'text-trailing': { files: python(`${manifest()} x`), expect: 'ERR_MANIFEST_JSON' },
  'text-bom': { files: python(`\ufeff${manifest()}`), expect: 'ERR_MANIFEST_JSON' },
  'text-bom-node': { files: node(`\ufeff${NODE}`), expect: 'ERR_MANIFEST_JSON' },
  'text-latin1': {
    files: python(Buffer.from(manifest({ description: 'café' }), 'latin1')),
    expect: 'ERR_MANIFEST_JSON',
  },
  'text-latin1-node': {
    files: node(Buffer.from(manifest({ description: 'café' }, { runtime: 'nodejs' }), 'latin1')),
    expect: 'ERR_MANIFEST_JSON',
  },
  'text-utf16': { files: python(Buffer.from(manifest(), 'utf16le')), expect: 'ERR_MANIFEST_JSON' },
  'text-replacement-character': { files: fields({ description: '\ufffd' }), expect: 'loads' },
  'text-deep': {
    files: fields({}, { userData: JSON.parse('['.repeat(600) + ']'.repeat(600)) }),
    expect: 'ERR_MANIFEST_JSON',
  },
  'text-duplicate': {
    files: python('{"model":{"modelName":"a","modelName":"b","handler":"service:handle"}}'),
    expect: 'loads',
  },
  'text-list': { files: python('[]'), expect: 'ERR_MANIFEST_INVALID' },
  'text-null': { files: python('null'), expect: 'ERR_MANIFEST_INVALID' },
  'text-string': { files: python('"cats"'), expect: 'ERR_MANIFEST_INVALID' },

  'model-absent': { files: python('{}'), expect: 'ERR_MANIFEST_NO_NAME' },
  'model-null': { files: python('{"model":null}'), expect: 'ERR_MANIFEST_NO_MODEL' },
  'model-list': { files: python('{"model":[]}'), expect: 'ERR_MANIFEST_INVALID' },
  'model-text': { files: python('{"model":"cats"}'), expect: 'ERR_MANIFEST_INVALID' },
  'name-absent': { files: fields({ modelName: undefined }), expect: 'ERR_MANIFEST_NO_NAME' },
  'name-empty': { files: fields({ modelName: '' }), expect: 'ERR_MANIFEST_NO_NAME' },
  'name-null': { files: fields({ modelName: null }), expect: 'ERR_MANIFEST_NO_NAME' },
  'name-number': { files: python('{"model":{"modelName":1.10,"handler":"service:handle"}}'), expect: 'loads' },
  'name-boolean': { files: fields({ modelName: true }), expect: 'loads' },
  'name-object': { files: fields({ modelName: {} }), expect: 'ERR_MANIFEST_INVALID' },
  'name-half-a-character': { files: fields({ modelName: 'cat\ud83d' }), expect: 'ERR_MANIFEST_NAME' },
  'handler-absent': { files: fields({ handler: null }), expect: 'ERR_MANIFEST_NO_HANDLER' },
  'handler-empty': { files: fields({ handler: '' }), expect: 'ERR_MANIFEST_NO_HANDLER' },
  'handler-list': { files: fields({ handler: ['service', 'handle'] }), expect: 'ERR_MANIFEST_INVALID' },
  'handler-number': { files: { ...fields({ handler: 5 }), '5.py': PYTHON_HANDLER }, expect: 'loads' },
  'handler-not-there': { files: fields({ handler: 'absent:handle' }), expect: 'ERR_WORKER_LOAD' },
  'runtime-absent': { files: python('{"model":{"modelName":"cats","handler":"service:handle"}}'), expect: 'loads' },
  'runtime-null': { files: fields({}, { runtime: null }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-unknown': { files: fields({}, { runtime: 'java' }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-upper': { files: fields({}, { runtime: 'Python' }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-number': { files: fields({}, { runtime: 3 }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-boolean': { files: fields({}, { runtime: true }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-object': { files: fields({}, { runtime: {} }), expect: 'ERR_MANIFEST_INVALID' },
  'runtime-lsp': { files: fields({}, { runtime: 'LSP' }), expect: 'ERR_MANIFEST_RUNTIME' },
  'runtime-node': { files: node(NODE), expect: 'loads' },
  'engine-unnamed': { files: fields({}, { engine: { engineVersion: '1' } }), expect: 'ERR_MANIFEST_NO_ENGINE_NAME' },
  'engine-empty-name': { files: fields({}, { engine: { engineName: '' } }), expect: 'loads' },
  'engine-null': { files: fields({}, { engine: null }), expect: 'loads' },
  'description-object': { files: fields({}, { description: {} }), expect: 'ERR_MANIFEST_INVALID' },
  'version-number': { files: fields({ modelVersion: 1.5 }), expect: 'loads' },
  'unknown-fields': { files: fields({ modelnmae: 'x' }, { surprise: [1] }), expect: 'loads' },
  'device-unclear': { files: scriptFiles({}, { device: { model: 'tpu:0', data: 'cpu' } }), expect: 'ERR_WORKER_LOAD' },
  'device-text': { files: scriptFiles({}, { device: 'gpu' }), expect: 'ERR_WORKER_LOAD' },
  'device-unclear-python': {
    files: fields({ extensions: { eia: {} } }),
    expect: 'loads',
    but: {
      differs: /^validate: MAR225/,
      because: 'Python handlers choose their device themselves; validate holds the declaration to its form',
    },
  },
  'device-absent-cpu': { files: scriptFiles({}, { device: { model: 'gpu:7', data: 'cpu' } }), expect: 'loads' },
};

/** Writes a sample to a path. */
export function plantSample({ files, directory }: Sample, path: string): void {
  if (!directory) {
    writeFileSync(path, zip(files));
    return;
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
}
