import { ACCELERATORS, findAccelerator, MAX_ACCELERATORS } from '#device/accelerators.js';
import { apiMismatch } from '#device/elastic-inference/apis.js';
import { parseDevice } from '#device/parse-device.js';
import type { WrittenDevice } from '#manifest/device.js';
import { didYouMean } from '#nearest.js';
import { estimateMemory, megabytes } from '../facts/memory.js';
import { defineRule, type Rule } from '../rule.js';

const TYPES = ACCELERATORS.map((accelerator) => accelerator.type);
const GOOD =
  '"eia": { "acceleratorType": "eia1.medium", "count": 1, "ordinals": [0], "contexts": { "model": "eia:0", "data": "cpu" }, … }';

const found = (value: unknown): string => (value === undefined ? 'nothing' : String(value));

const eiaOf = ({ eia }: WrittenDevice) => eia ?? {};

/** MAR6xx: device contexts. */
export const DEVICE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR601',
    name: 'elastic-inference-ended',
    severity: 'warning',
    summary: 'the archive is made for Elastic Inference, which no longer exists',
    why: 'AWS closed it to new customers on 2023-04-15 and removed its API on 2025-02-21. The archive runs on its fallback only.',
    remedy:
      'Move to Inferentia (Inf1, Inf2) or to a GPU or CPU that Inference Recommender proposes, and pack without `--accelerator`.',
    example: { failing: GOOD, passing: 'no model.extensions.eia' },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      if (device.eia)
        yield { message: 'the archive declares an Elastic Inference accelerator', at: manifest.at(device.pointer) };
    },
  }),
  defineRule({
    id: 'MAR602',
    name: 'accelerator-type',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
    summary: 'there never was such an accelerator',
    why: 'Its memory and speed cannot be known, so nothing about it can be planned or emulated.',
    remedy: `Use one of ${TYPES.join(', ')}.`,
    example: { failing: '"acceleratorType": "eia3.huge"', passing: '"acceleratorType": "eia2.medium"' },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      const type = eiaOf(device)['acceleratorType'];
      if (!device.eia || (typeof type === 'string' && findAccelerator(type))) return;
      const near = typeof type === 'string' ? didYouMean(type, TYPES) : '';
      yield {
        message:
          type === undefined
            ? 'no accelerator type is given'
            : `the accelerator type ${JSON.stringify(type)} does not exist${near}`,
        at: manifest.at(`${device.pointer}/acceleratorType`),
        found: found(type),
        expected: TYPES.join(', '),
      };
    },
  }),
  defineRule({
    id: 'MAR603',
    name: 'accelerator-ordinal',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
    summary: 'the archive uses an accelerator that is not attached',
    why: `An instance holds 1 to ${MAX_ACCELERATORS} accelerators, counted from 0; a context beyond them does not exist.`,
    remedy: 'Correct the count or the ordinal.',
    example: {
      failing: '"count": 1, "contexts": { "model": "eia:1", … }',
      passing: '"count": 2, "contexts": { "model": "eia:1", … }',
    },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      if (!device.eia) return;
      const count = device.eia['count'];
      const at = manifest.at(`${device.pointer}/count`);
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_ACCELERATORS) {
        yield {
          message: count === undefined ? 'no count is given' : `the count is ${JSON.stringify(count)}`,
          at,
          found: found(count),
          expected: `1 to ${MAX_ACCELERATORS}`,
        };
        return;
      }
      const listed = Array.isArray(device.eia['ordinals']) ? device.eia['ordinals'] : [];
      const model = typeof device.modelContext === 'string' ? parseDevice(device.modelContext) : undefined;
      for (const ordinal of new Set<unknown>([...listed, ...(model?.kind === 'eia' ? [model.ordinal] : [])]))
        if (typeof ordinal !== 'number' || !Number.isInteger(ordinal) || ordinal < 0 || ordinal >= count)
          yield {
            message: `the accelerator ${String(ordinal)} does not exist with a count of ${count}`,
            at,
            found: String(ordinal),
            expected: count === 1 ? '0' : `0 to ${count - 1}`,
          };
    },
  }),
  defineRule({
    id: 'MAR604',
    name: 'data-context',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
    summary: 'the inputs are placed on an accelerator',
    why: 'An accelerator holds the model only. In the EI builds of MXNet an NDArray on `mx.eia()` fails, and endpoints that did so never became healthy.',
    remedy: 'Set the data context to cpu.',
    example: {
      failing: '"contexts": { "model": "eia:0", "data": "eia:0" }',
      passing: '"contexts": { "model": "eia:0", "data": "cpu" }',
    },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      const { dataContext, eia, pointer } = device;
      if (dataContext !== undefined && dataContext !== 'cpu')
        yield {
          message: `the data context is ${String(dataContext)}`,
          at: manifest.at(`${pointer}${eia ? '/contexts' : ''}/data`),
          found: String(dataContext),
          expected: 'cpu',
        };
    },
  }),
  defineRule({
    id: 'MAR605',
    name: 'model-context',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
    summary: 'the model context is not a device',
    why: 'The runner cannot tell where to place the model.',
    remedy: 'Write cpu, gpu:N or eia:N.',
    example: { failing: '"model": "tpu:0"', passing: '"model": "gpu:0"' },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      const { modelContext, eia, pointer } = device;
      const parsed = typeof modelContext === 'string' ? parseDevice(modelContext) : undefined;
      if (!parsed || (eia && parsed.kind !== 'eia'))
        yield {
          message:
            modelContext === undefined
              ? 'no model context is given'
              : `the model context is ${JSON.stringify(modelContext)}`,
          at: manifest.at(`${pointer}${eia ? '/contexts' : ''}/model`),
          found: found(modelContext),
          expected: eia ? 'eia:N' : 'cpu or gpu:N',
        };
    },
  }),
  defineRule({
    id: 'MAR606',
    name: 'accelerator-memory',
    severity: 'warning',
    summary: 'the model probably does not fit into the accelerator',
    why: 'AWS: choose at least the size of the model file; at run time a model takes significantly more, inputs and batch included.',
    remedy: 'Use a larger type, a quantized model, or a smaller batch.',
    example: { failing: 'a model of 1.2 GB on eia1.medium (1 GB)', passing: 'a model of 240 MB on eia1.medium' },
    needs: ['device', 'models', 'manifest'],
    *check({ device, models, manifest }) {
      const type = eiaOf(device)['acceleratorType'];
      const accelerator = typeof type === 'string' ? findAccelerator(type) : undefined;
      if (!accelerator) return;
      const { weights, activations } = estimateMemory(models);
      const memory = accelerator.memoryMiB * 2 ** 20;
      if (weights + activations <= memory) return;
      yield {
        message: `the model needs about ${megabytes(weights + activations)}, and ${accelerator.type} has ${megabytes(memory)}`,
        at: manifest.at(device.pointer),
        found: `${megabytes(weights)} of weights, ${megabytes(activations)} of results`,
        expected: `at most ${megabytes(memory)}`,
      };
    },
  }),
  defineRule({
    id: 'MAR607',
    name: 'accelerator-api',
    severity: { local: 'warning', mms: 'warning', torchserve: 'warning', sagemaker: 'error' },
    summary: 'the framework cannot be attached to the accelerator that way',
    why: 'Each framework and version had its own way to reach an accelerator; with another one it was silently not used.',
    remedy:
      'mx-context for MXNet up to 1.5, mx-optimize-for for 1.7, tf-predictor or tf-serving for TensorFlow, torch-target-device for PyTorch 1.3, torch-attach for 1.5.',
    example: {
      failing: '"api": "mx-context", "framework": "mxnet", "frameworkVersion": "1.7.0"',
      passing: '"api": "mx-optimize-for", "framework": "mxnet", "frameworkVersion": "1.7.0"',
    },
    needs: ['device', 'manifest'],
    *check({ device, manifest }) {
      const mismatch = device.eia && apiMismatch(device.eia);
      if (mismatch) yield { ...mismatch, at: manifest.at(`${device.pointer}/api`) };
    },
  }),
  defineRule({
    id: 'MAR608',
    name: 'workers-on-accelerator',
    severity: 'warning',
    summary: 'several workers share one accelerator',
    why: 'Calls to an accelerator are sequential: a second worker only adds memory and waiting (AWS blog post of 2019-03-06, which scales to one worker).',
    remedy: 'Set minWorkers and maxWorkers to 1, or attach as many accelerators as workers.',
    example: { failing: 'maxWorkers: 4 with one accelerator', passing: 'maxWorkers: 1 with one accelerator' },
    needs: ['device', 'serving'],
    *check({ device, serving }) {
      if (!device.eia) return;
      const count = typeof device.eia['count'] === 'number' ? device.eia['count'] : 1;
      const workers = Math.max(serving.maxWorkers ?? 0, serving.minWorkers ?? 0);
      if (workers > count)
        yield {
          message: `${serving.entry} asks for ${workers} workers on ${count} accelerator${count === 1 ? '' : 's'}`,
          at: { entry: serving.entry },
          found: String(workers),
          expected: `at most ${count}`,
        };
    },
  }),
  defineRule({
    id: 'MAR609',
    name: 'handler-context-on-eia',
    severity: 'warning',
    summary: 'the handler places something on a device that the accelerator does not allow',
    why: '`mx.gpu()` is not supported in EI builds, and an NDArray on `mx.eia()` fails: only the model may be bound to the accelerator.',
    remedy: 'Keep data on `mx.cpu()`, and take the context of the model from `context.device` or `mx.eia()`.',
    example: { failing: 'data = mx.nd.array(x, ctx=mx.eia())', passing: 'data = mx.nd.array(x, ctx=mx.cpu())' },
    needs: ['device', 'python'],
    *check({ device, python }) {
      if (!device.eia) return;
      for (const place of python.mentions(/^(mx|mxnet)\.gpu$/))
        yield { message: `${place.path}() is not supported with an accelerator`, ...python.show(place) };
      for (const line of python.text.matchAll(
        /\bnd\.(?:array|zeros|ones|empty|full)\([^\n]*ctx\s*=\s*(?:mx|mxnet)\.eia\(/g,
      )) {
        const before = python.text.slice(0, line.index).split('\n');
        yield {
          message: 'an NDArray is placed on the accelerator',
          ...python.show({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }),
        };
      }
    },
  }),
];
