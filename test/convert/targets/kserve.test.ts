import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { validate } from '#index.js';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { missingPython, pythonWith } from '../pythons.js';
import { lines, NODE, PYTHON, withArchive } from '../samples.js';

const NET = { 'net.onnx': encodeOnnx() };
const URI = 's3://bucket/model';
const text = (output: string, path: string): string => readFileSync(join(output, path), 'utf8');

/** Makes the SDK's own models of a resource, which refuse what they do not know and what is missing, and writes it again as they have it. */
const THROUGH_SDK = `
import json, re, sys
import yaml, kserve
from kubernetes import client

def made(value, kind):
    if kind.startswith("dict("):
        return value
    listed = re.fullmatch(r"list\\[(.*)\\]", kind)
    if listed:
        return [made(one, listed[1]) for one in value]
    model = getattr(kserve, kind, None) or getattr(client, kind, None)
    if model is None:
        return value
    names = {given: name for name, given in model.attribute_map.items()}
    fields = {names[key]: made(one, model.openapi_types[names[key]]) for key, one in value.items()}
    return model(**fields)

def written(model):
    if isinstance(model, list):
        return [written(one) for one in model]
    names = getattr(model, "attribute_map", None)
    if names is None:
        return model
    fields = {key: written(getattr(model, name)) for name, key in names.items()}
    return {key: one for key, one in fields.items() if one not in (None, "")}

given = yaml.safe_load(open(sys.argv[1]))
resource = made(given, "V1beta1InferenceService")
assert type(resource.spec.predictor.model).__name__ == "V1beta1ModelSpec"
print(json.dumps([written(resource), given]))
`;

test('an archive that only runs its model goes to Triton; resources only as the flags say', async () => {
  await withArchive(NET, { modelName: 'Net_1.0', handler: 'tensor' }, async ({ to }) => {
    const { output, files, changed, lost, notes } = await to({
      to: 'kserve',
      storageUri: URI,
      cpu: '500m',
      memory: '2Gi',
      gpu: 1,
    });
    assert.equal(
      files.map(({ path }) => path),
      ['inference-service.yaml', 'storage/Net_1.0/config.pbtxt', 'storage/Net_1.0/1/model.onnx'],
    );
    const requests = { cpu: '500m', memory: '2Gi', 'nvidia.com/gpu': '1' };
    const resource = text(output, 'inference-service.yaml');
    assert.not.match(resource, /[&*]/, 'what stands twice is written twice');
    assert.equal(parse(resource), {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: 'net-1-0' },
      spec: {
        predictor: {
          model: {
            modelFormat: { name: 'onnx' },
            runtime: 'kserve-tritonserver',
            protocolVersion: 'v2',
            storageUri: URI,
            resources: { requests, limits: requests },
          },
        },
      },
    });
    assert.equal(lines(changed), ['name Net_1.0: the resource is called net-1-0; the model keeps its name']);
    assert.not.match(lines(lost).join('\n'), /resource requests/);
    assert.match(notes[0] ?? '', /^Copy the content of storage\/ to s3:\/\/bucket\/model/);
  });
});

test('a handler goes to TorchServe: the storage has its archive and its settings', async () => {
  for (const files of [PYTHON, NODE]) {
    const handler = files === NODE ? 'service.js' : 'service.py';
    await withArchive(files, { modelName: 'twice', handler, version: '2.0' }, async ({ to }) => {
      const { output, lost } = await to({ to: 'kserve', storageUri: URI, batchSize: 4, maxBatchDelay: 20, workers: 2 });
      const { spec } = parse(text(output, 'inference-service.yaml'));
      assert.equal(spec.predictor.model, {
        modelFormat: { name: 'pytorch' },
        runtime: 'kserve-torchserve',
        protocolVersion: 'v1',
        storageUri: URI,
      });
      const properties = text(output, 'storage/config/config.properties');
      const snapshot = /^model_snapshot=(.*)$/m.exec(properties)?.[1] ?? '';
      assert.equal(JSON.parse(snapshot).models.twice['2.0'], {
        defaultVersion: true,
        marName: 'twice.mar',
        minWorkers: 2,
        maxWorkers: 2,
        batchSize: 4,
        maxBatchDelay: 20,
        responseTimeout: 120,
      });
      assert.match(
        lines(lost).join('\n'),
        /^the form of requests: .*"instances"[\s\S]*^resource requests: none is written/m,
      );
      const judged = await validate([join(output, 'storage/model-store/twice.mar')], { target: ['torchserve'] });
      assert.ok(judged.passed);
    });
  }
});

test('without a storage nothing is written; what is no storage, quantity or name is listed whole', async () => {
  await withArchive(NET, { modelName: '1net', handler: 'tensor' }, async ({ to }) => {
    const missing = await rejectsWith('ERR_OPTION', () => to({ to: 'kserve' }));
    assert.match(missing.advice, /--storage-uri s3:\/\//);
    const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () =>
      to({ to: 'kserve', storageUri: '/mnt/models', cpu: 'two', memory: '2GB' }),
    );
    assert.match(
      refused.detail ?? '',
      /--cpu is 'two'[\s\S]*--memory is '2GB'[\s\S]*--storage-uri is '\/mnt\/models'[\s\S]*'1net' cannot be made a name for KServe: expected .*, a letter first, .*\. Give one with --name\./,
    );
    for (const [name, says] of [
      [undefined, /'1net' cannot be made/],
      ['Net', /'Net' is not a name for KServe: expected lower-case letters/],
      ['a'.repeat(54), /53 characters at most\.$/],
    ] as const) {
      const error = await rejectsWith('ERR_NOT_CONVERTIBLE', () =>
        to({ to: 'kserve', storageUri: URI, ...(name !== undefined && { name }) }),
      );
      assert.match(error.detail ?? '', says);
    }
    const { output, changed } = await to({ to: 'kserve', storageUri: URI, name: 'a'.repeat(53) });
    assert.is(parse(text(output, 'inference-service.yaml')).metadata.name, 'a'.repeat(53));
    assert.match(lines(changed).join('\n'), 'the resource is called aaa');
  });
});

testUnless(missingPython('kserve'), test, "KServe's SDK reads the resource whole", async () => {
  for (const kserveRuntime of ['triton', 'torchserve'] as const) {
    await withArchive(NET, { modelName: 'net', handler: 'tensor' }, async ({ to }) => {
      const { output } = await to({ to: 'kserve', storageUri: URI, kserveRuntime, cpu: '2', memory: '2Gi' });
      const file = join(output, 'inference-service.yaml');
      const [read, given] = JSON.parse(
        execFileSync(pythonWith('kserve'), ['-c', THROUGH_SDK, file], { encoding: 'utf8' }),
      );
      assert.equal(read, given, 'nothing is unknown to it');
    });
  }
});

test.run();
