import { MANIFEST_PATH, RUNTIMES } from '#manifest/manifest.js';
import { didYouMean, nearest } from '#nearest.js';
import { schemaCheck } from '#schema.js';
import type { ManifestDocument } from '../facts/manifest.js';
import { isObject } from '../json-document.js';
import { checkFields, type FieldFault } from '../manifest-fields.js';
import { defineRule, type Rule } from '../rule.js';

const GOOD = '{ "runtime": "python", "model": { "modelName": "cats", "handler": "service:handle" } }';

const PRESENCE: readonly Rule[] = [
  defineRule({
    id: 'MAR201',
    name: 'manifest-missing',
    severity: 'error',
    summary: 'the archive has no manifest',
    why: 'Both servers answer 400 "Model name is not defined." unless name and handler are given with the request.',
    remedy: 'Build the archive with `mar build` or `model-archiver`; a plain zip of the folder is not enough.',
    example: { failing: 'service.py and model.onnx only', passing: `${MANIFEST_PATH} beside them` },
    needs: ['archive'],
    *check({ archive }) {
      if (archive.get(MANIFEST_PATH) || archive.entries.some((entry) => /^([^/]+\/)?MANIFEST\.json$/.test(entry.path)))
        return;
      const stray = archive.entries.find((entry) => /(^|\/)manifest\.json$/i.test(entry.path))?.path;
      yield {
        message: 'there is no manifest in the archive',
        expected: MANIFEST_PATH,
        ...(stray !== undefined && { found: stray }),
      };
    },
  }),
  defineRule({
    id: 'MAR202',
    name: 'manifest-not-json',
    severity: 'error',
    summary: 'the manifest is not JSON',
    why: 'Both servers answer 400 "Failed to parse signature.json." (their words for it), or 500 when it is empty.',
    remedy: 'Correct the place that is shown, or pack again. Comments and trailing commas are not JSON.',
    example: { failing: '{not json', passing: GOOD },
    needs: ['manifestText'],
    *check({ manifestText: { entry, json, utf8 } }) {
      if (!utf8) yield { message: `${entry} is not UTF-8 text`, at: { entry } };
      else if (json.fault) {
        const { message, at } = json.fault;
        const empty = json.text.trim() === '';
        yield { message: empty ? `${entry} is empty` : `${entry} is not JSON: ${message}`, at: { entry, ...at } };
      }
    },
  }),
  defineRule({
    id: 'MAR203',
    name: 'manifest-not-an-object',
    severity: 'error',
    summary: 'the manifest is JSON, but not an object',
    why: 'Both servers fail on it: 400 for a list, 500 NullPointerException for null.',
    remedy: 'Pack again with `mar build`.',
    example: { failing: '[]', passing: GOOD },
    needs: ['manifestText'],
    *check({ manifestText: { entry, json } }) {
      if (json.value === undefined || isObject(json.value)) return;
      const found = json.value === null ? 'null' : Array.isArray(json.value) ? 'a list' : `a ${typeof json.value}`;
      yield {
        message: `${entry} is not a JSON object`,
        at: { entry, pointer: '', line: 1, column: 1 },
        found,
        expected: 'an object',
      };
    },
  }),
  defineRule({
    id: 'MAR204',
    name: 'manifest-byte-order-mark',
    severity: 'error',
    summary: 'the manifest begins with a byte order mark',
    why: "Python's json module, with which every worker of both servers reads the manifest, refuses it, so no worker starts.",
    remedy: 'Save the manifest as UTF-8 without byte order mark, or pack again.',
    example: {
      failing: 'a manifest saved by Windows Notepad as "UTF-8 with BOM"',
      passing: 'a manifest that begins with {',
    },
    needs: ['manifestText'],
    *check({ manifestText: { entry, byteOrderMark } }) {
      if (byteOrderMark) yield { message: `${entry} begins with a byte order mark`, at: { entry, line: 1, column: 1 } };
    },
  }),
  defineRule({
    id: 'MAR205',
    name: 'legacy-manifest',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'warning' },
    summary: 'the archive is one of MMS 0.4',
    why: 'Multi Model Server still migrates it while loading; its service needs MXNet. TorchServe does not know the format.',
    remedy: 'Convert it with `model-archiver --convert`.',
    example: { failing: 'MANIFEST.json with "Model-Name" at the top of the archive', passing: MANIFEST_PATH },
    needs: ['manifestText'],
    *check({ manifestText: { entry, legacy } }) {
      if (legacy)
        yield {
          message: `${entry} is a manifest of MMS 0.4, or not where a manifest belongs`,
          at: { entry },
          expected: MANIFEST_PATH,
        };
    },
  }),
];

const FIELDS: readonly Rule[] = [
  defineRule({
    id: 'MAR210',
    name: 'model-name-missing',
    severity: 'error',
    summary: 'the manifest names no model',
    why: 'Both servers answer 400 "Model name is not defined.", or 500 when `model` is null.',
    remedy: 'Give `--model-name` when packing.',
    example: { failing: '{ "model": { "handler": "service:handle" } }', passing: GOOD },
    needs: ['manifest'],
    *check({ manifest }) {
      const name = manifest.model['modelName'];
      if (name === undefined || name === null || name === '')
        yield { message: 'model.modelName is missing', at: manifest.at('/model/modelName'), expected: 'a name' };
    },
  }),
  defineRule({
    id: 'MAR211',
    name: 'handler-not-declared',
    severity: 'error',
    summary: 'the manifest names no handler',
    why: 'Multi Model Server answers 400 "Model handler is not defined."; TorchServe registers the model and then starts no worker.',
    remedy: 'Give `--handler` when packing.',
    example: { failing: '{ "model": { "modelName": "cats" } }', passing: GOOD },
    needs: ['manifest'],
    *check({ manifest }) {
      const handler = manifest.model['handler'];
      if (handler === undefined || handler === null || handler === '')
        yield { message: 'model.handler is missing', at: manifest.at('/model/handler'), expected: 'file:function' };
    },
  }),
  defineRule({
    id: 'MAR212',
    name: 'runtime-unknown',
    severity: 'error',
    summary: 'no server knows the runtime',
    why: 'Both servers answer 400 "Runtime is not defined or invalid.".',
    remedy: 'Use python, python2 or python3, or nodejs for our own runner.',
    example: { failing: '"runtime": "java"', passing: '"runtime": "python3"' },
    needs: ['manifest'],
    *check({ manifest }) {
      const runtime = manifest.value['runtime'];
      if (runtime === null)
        yield { message: 'the runtime is null', at: manifest.at('/runtime'), expected: RUNTIMES.join(', ') };
      if (typeof runtime !== 'string' || RUNTIMES.some((known) => known === runtime) || runtime === 'LSP') return;
      yield {
        message: `the runtime '${runtime}' is unknown${didYouMean(runtime, RUNTIMES)}`,
        at: manifest.at('/runtime'),
        found: runtime,
        expected: RUNTIMES.join(', '),
      };
    },
  }),
  defineRule({
    id: 'MAR213',
    name: 'runtime-unsupported',
    severity: 'error',
    summary: 'this target does not run the runtime',
    why: 'The peers run Python only (TorchServe no Python 2): 400 "Runtime is not defined or invalid.". LSP is a C++ backend of TorchServe that nothing else has.',
    remedy: 'Serve a Node archive with `mar serve-local`, or write the handler in Python for this server.',
    example: { failing: '"runtime": "nodejs" with --target mms', passing: '"runtime": "nodejs" with --target local' },
    needs: ['manifest'],
    *check({ manifest }) {
      const { runtime } = manifest;
      const at = manifest.at('/runtime');
      if (runtime === 'nodejs')
        yield {
          message: 'Node handlers run in our own runner only',
          at,
          found: runtime,
          expected: 'python',
          targets: ['mms', 'torchserve', 'sagemaker'],
        };
      if (runtime === 'python2')
        yield {
          message: 'TorchServe has no Python 2',
          at,
          found: runtime,
          expected: 'python or python3',
          targets: ['torchserve'],
        };
      if (runtime === 'LSP')
        yield {
          message: 'LSP is known to TorchServe only',
          at,
          found: runtime,
          targets: ['local', 'mms', 'sagemaker'],
        };
    },
  }),
  defineRule({
    id: 'MAR214',
    name: 'python2',
    severity: { local: 'warning', mms: 'warning', sagemaker: 'warning' },
    summary: 'the archive asks for Python 2',
    why: 'Python 2 ended in 2020. Where the server has no `python2`, registration blocks for 60 s and ends with 500, and the model stays registered (recorded on MMS).',
    remedy: 'Move the handler to Python 3 and pack with `--runtime python3`.',
    example: { failing: '"runtime": "python2"', passing: '"runtime": "python3"' },
    needs: ['manifest'],
    *check({ manifest }) {
      if (manifest.runtime === 'python2')
        yield { message: 'the runtime is python2', at: manifest.at('/runtime'), found: 'python2', expected: 'python3' };
    },
  }),
  defineRule({
    id: 'MAR215',
    name: 'engine-name-missing',
    severity: { local: 'error', mms: 'error', torchserve: 'note', sagemaker: 'error' },
    summary: 'the manifest has an engine without a name',
    why: 'Multi Model Server answers 400 "engineName is required in <engine>.".',
    remedy: 'Name the engine (`MXNet`, `ONNX`), or remove the whole field.',
    example: { failing: '"engine": { "engineVersion": "1.2" }', passing: '"engine": { "engineName": "MXNet" }' },
    needs: ['manifest'],
    *check({ manifest }) {
      const engine = manifest.value['engine'];
      if (isObject(engine) && (engine['engineName'] === undefined || engine['engineName'] === null))
        yield { message: 'engine.engineName is missing', at: manifest.at('/engine'), expected: 'a name' };
    },
  }),
  defineRule({
    id: 'MAR216',
    name: 'model-name-unusable',
    severity: 'warning',
    summary: 'the name cannot be used in a URL as it is',
    why: 'The servers register it, but a name with `/` can never be addressed, and other characters must be escaped by every client (recorded: %2F is decoded before the path is split).',
    remedy: 'Use letters, digits, `_`, `-` and `.`, and begin with a letter or digit.',
    example: { failing: '"modelName": "na me/with%strange"', passing: '"modelName": "resnet-152"' },
    needs: ['manifest'],
    *check({ manifest }) {
      const name = manifest.model['modelName'];
      if (typeof name === 'string' && name !== '' && !/^[A-Za-z0-9][A-Za-z0-9_\-.]*$/.test(name.replace(/\n$/, '\n\n')))
        yield {
          message: `the model name ${JSON.stringify(name)} is awkward in a URL`,
          at: manifest.at('/model/modelName'),
          found: name,
          expected: '[A-Za-z0-9][A-Za-z0-9_.-]*',
        };
    },
  }),
  defineRule({
    id: 'MAR217',
    name: 'version-missing',
    severity: { torchserve: 'note' },
    summary: 'the model has no version',
    why: 'TorchServe calls it 1.0; a second archive of that name is then refused with 409.',
    remedy: 'Give `--version` when packing.',
    example: { failing: '"model": { "modelName": "cats", … }', passing: '"modelVersion": "1.2"' },
    needs: ['manifest'],
    *check({ manifest }) {
      if (manifest.model['modelVersion'] === undefined)
        yield { message: 'model.modelVersion is missing', at: manifest.at('/model') };
    },
  }),
  defineRule({
    id: 'MAR218',
    name: 'specification-version',
    severity: 'warning',
    summary: 'the manifest follows a specification that nobody knows',
    why: 'The servers load it without looking (recorded), so whatever is new in it is silently ignored.',
    remedy: 'Set specificationVersion to "1.0".',
    example: { failing: '"specificationVersion": "2.0"', passing: '"specificationVersion": "1.0"' },
    needs: ['manifest'],
    *check({ manifest }) {
      const version = manifest.value['specificationVersion'];
      if (version === undefined || version === null || /^1(\.\d+)*$/.test(String(version))) return;
      yield {
        message: `specificationVersion ${String(version)} is unknown`,
        at: manifest.at('/specificationVersion'),
        found: String(version),
        expected: '1.0',
      };
    },
  }),
];

/** A rule about one kind of {@link FieldFault}. */
const fieldRule = (kind: FieldFault['kind'], tell: (fault: FieldFault) => string) => ({
  needs: ['manifest'] as const,
  *check({ manifest }: { manifest: ManifestDocument }) {
    if (manifest.legacy) return;
    for (const fault of checkFields(manifest.value)) {
      if (fault.kind !== kind) continue;
      const { found, expected, pointer, targets } = fault;
      yield { message: tell(fault), at: manifest.at(pointer), targets, ...(kind !== 'unknown' && { found, expected }) };
    }
  },
});

const SHAPE: readonly Rule[] = [
  defineRule({
    id: 'MAR220',
    name: 'field-type',
    severity: 'error',
    summary: 'a field has a value of the wrong kind',
    why: 'Both servers read the fields they know into typed Java fields and answer 400 "Failed to parse signature.json." when an object or list stands where text belongs, or the other way round; each ignores the fields of the other.',
    remedy: 'Correct the field that is shown.',
    example: { failing: '"handler": ["service", "handle"]', passing: '"handler": "service:handle"' },
    ...fieldRule('type', ({ pointer, found, expected }) => `${pointer} is ${found}, not ${expected}`),
  }),
  defineRule({
    id: 'MAR221',
    name: 'field-coerced',
    severity: 'warning',
    summary: 'a number or boolean stands where text belongs',
    why: 'The Java front ends turn it into text, but the handler sees the number in `context.manifest`: 1.10 has become 1.1 by then.',
    remedy: 'Put the value in quotes.',
    example: { failing: '"modelVersion": 1.10', passing: '"modelVersion": "1.10"' },
    ...fieldRule('coerced', ({ pointer, found }) => `${pointer} is ${found}, not a string`),
  }),
  defineRule({
    id: 'MAR222',
    name: 'unknown-field',
    severity: 'warning',
    summary: 'no server knows a field',
    why: 'It is ignored without a word; when it is a misspelling, so is the setting.',
    remedy: 'Correct the name, or move your own data to `userData` or `model.extensions`, which both servers keep.',
    example: { failing: '"model": { "modelname": "cats" }', passing: '"model": { "modelName": "cats" }' },
    ...fieldRule('unknown', ({ pointer, key, siblings }) => {
      const near = nearest(key, siblings);
      return `no server knows ${pointer}${near === undefined ? '' : ` (did you mean '${near}'?)`}`;
    }),
  }),
  defineRule({
    id: 'MAR223',
    name: 'duplicate-field',
    severity: 'warning',
    summary: 'a field occurs twice in one object',
    why: 'JSON leaves open which one counts: Gson refuses it in free objects, Python and JavaScript take the last.',
    remedy: 'Remove one of the two.',
    example: { failing: '{ "runtime": "python", "runtime": "python3" }', passing: '{ "runtime": "python3" }' },
    needs: ['manifest'],
    *check({ manifest }) {
      for (const { pointer, key, at } of manifest.json.duplicateKeys())
        yield {
          message: `${pointer}/${key} occurs twice`,
          at: { entry: manifest.entry, pointer: `${pointer}/${key}`, ...at },
        };
    },
  }),
  defineRule({
    id: 'MAR225',
    name: 'extension-invalid',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'what our archiver recorded in the manifest is not in its form',
    why: 'Our runner reads the compiled module, the digests and the device from there; the peers ignore it.',
    remedy: 'Pack again with `mar build`; schemas/manifest.schema.json describes the form.',
    example: {
      failing: '"modelArchiver": { "handler": "service.mjs" }',
      passing: '"modelArchiver" as `mar build` writes it',
    },
    needs: ['manifest'],
    *check({ manifest }) {
      for (const { pointer, message } of schemaCheck('manifest')(manifest.value).slice(0, 10))
        if (/^\/model\/extensions\/(modelArchiver|eia)\b/.test(pointer))
          yield { message: `${pointer} ${message}`, at: manifest.at(pointer) };
    },
  }),
  defineRule({
    id: 'MAR224',
    name: 'named-file-missing',
    severity: 'warning',
    summary: 'the manifest names a file that is not in the archive',
    why: 'The servers do not look while registering; the handler fails when it opens the file.',
    remedy: 'Add the file, correct its name, or remove the field.',
    example: {
      failing: '"serializedFile": "model.pt" without model.pt',
      passing: '"serializedFile": "model.pt" with it',
    },
    needs: ['manifest', 'archive'],
    *check({ manifest, archive }) {
      for (const key of ['serializedFile', 'modelFile', 'requirementsFile']) {
        const name = manifest.model[key];
        if (typeof name !== 'string' || name === '') continue;
        for (const part of key === 'serializedFile' ? name.split(',') : [name]) {
          if (archive.get(part)) continue;
          const near = didYouMean(
            part,
            archive.entries.map((entry) => entry.path),
          );
          yield {
            message: `model.${key} names ${part}, which is not in the archive${near}`,
            at: manifest.at(`/model/${key}`),
            found: part,
          };
        }
      }
    },
  }),
  defineRule({
    id: 'MAR226',
    name: 'config-file',
    severity: { local: 'warning', mms: 'warning', torchserve: 'error', sagemaker: 'warning' },
    summary: 'the configuration file that the manifest names is missing or not YAML',
    why: 'TorchServe reads it before it starts a worker and answers 500 "Failed to start workers" (measured). Other servers do not read it.',
    remedy: 'Pack with `--config-file`, or correct the YAML.',
    example: { failing: '"configFile": "model-config.yaml" with minWorkers: [1', passing: 'minWorkers: 1' },
    needs: ['manifest', 'archive'],
    async check({ manifest, archive }) {
      const name = manifest.model['configFile'];
      if (typeof name !== 'string' || name === '') return [];
      const entry = archive.get(name);
      if (!entry)
        return [
          {
            message: `model.configFile names ${name}, which is not in the archive`,
            at: manifest.at('/model/configFile'),
            found: name,
          },
        ];
      const { parseConfig } = await import('../facts/serving.js');
      const { fault } = await parseConfig(archive, entry);
      return fault === undefined
        ? []
        : [
            {
              message: `${name} is not YAML: ${fault.message}`,
              at: { entry: name, line: fault.line, column: fault.column },
            },
          ];
    },
  }),
];

/** MAR2xx: the manifest. */
export const MANIFEST_RULES: readonly Rule[] = [...PRESENCE, ...FIELDS, ...SHAPE];
