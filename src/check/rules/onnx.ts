import { beside } from '#inside.js';
import { classCounts } from '#models/onnx/class-counts.js';
import { graphFaults } from '#models/onnx/graph-faults.js';
import { elementBytes, type OnnxModel } from '#models/onnx/model.js';
import { MAX_IR_VERSION, MAX_OPSETS, MIN_OPSET, OPERATORS } from '#models/onnx/operators.js';
import { didYouMean } from '#nearest.js';
import type { ModelFile } from '../facts/models.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** Runs a check over every ONNX model that could be read. */
function* eachModel(
  models: readonly ModelFile[],
  check: (model: OnnxModel, path: string) => Iterable<Draft>,
): Iterable<Draft> {
  for (const { onnx, entry } of models) if (onnx) yield* check(onnx, entry.path);
}

const domainName = (domain: string): string => (domain === '' ? 'ai.onnx' : domain);

/** MAR401 to MAR409: ONNX, from the protobuf without its weights. */
export const ONNX_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR401',
    name: 'onnx-unreadable',
    severity: 'error',
    summary: 'a file named .onnx is not an ONNX model',
    why: 'ONNX Runtime fails on it while the handler initializes.',
    remedy: 'Export the model again. A file of some hundred bytes is usually a Git LFS pointer: run `git lfs pull`.',
    example: { failing: 'version https://git-lfs.github.com/spec/v1', passing: 'a model that `onnx.checker` accepts' },
    needs: ['models'],
    *check({ models }) {
      for (const { entry, fault } of models)
        if (fault !== undefined)
          yield { message: `${entry.path} is ${fault}`, at: { entry: entry.path }, found: `${entry.size} bytes` };
    },
  }),
  defineRule({
    id: 'MAR402',
    name: 'onnx-opset',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'the model needs a newer operator set than the runtime has',
    why: `The packaged ONNX Runtime 1.30 loads ai.onnx up to ${MAX_OPSETS['']}, ai.onnx.ml up to ${MAX_OPSETS['ai.onnx.ml']}; above that it refuses the model. A Python server has the version installed there.`,
    remedy:
      'Export with a lower opset (`torch.onnx.export(..., opset_version=17)`), or convert with onnx.version_converter.',
    example: { failing: `opset ${(MAX_OPSETS[''] ?? 0) + 1}`, passing: 'opset 17' },
    needs: ['models'],
    check: ({ models }) =>
      eachModel(models, function* ({ opsets }, entry) {
        for (const [domain, version] of Object.entries(opsets)) {
          const most = MAX_OPSETS[domain];
          if (most !== undefined && version > most)
            yield {
              message: `${entry} needs opset ${version} of ${domainName(domain)}`,
              at: { entry },
              found: String(version),
              expected: `at most ${most}`,
            };
        }
      }),
  }),
  defineRule({
    id: 'MAR403',
    name: 'onnx-opset-old',
    severity: 'warning',
    summary: 'the model uses an operator set older than the runtime guarantees',
    why: `ONNX Runtime guarantees nothing below opset ${MIN_OPSET}; many operators have no implementation left there.`,
    remedy: 'Convert with onnx.version_converter, or export again.',
    example: { failing: 'opset 5', passing: 'opset 17' },
    needs: ['models'],
    check: ({ models }) =>
      eachModel(models, function* ({ opsets }, entry) {
        const version = opsets[''];
        if (version !== undefined && version < MIN_OPSET)
          yield {
            message: `${entry} uses opset ${version}`,
            at: { entry },
            found: String(version),
            expected: `at least ${MIN_OPSET}`,
          };
      }),
  }),
  defineRule({
    id: 'MAR404',
    name: 'onnx-ir-version',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'the model is written in a newer format than the runtime reads',
    why: `The packaged ONNX Runtime 1.30 reads IR version ${MAX_IR_VERSION} at most and refuses the model above that.`,
    remedy: 'Set the IR version when exporting: `model.ir_version = 10`.',
    example: { failing: `IR version ${MAX_IR_VERSION + 1}`, passing: 'IR version 8' },
    needs: ['models'],
    check: ({ models }) =>
      eachModel(models, function* ({ irVersion }, entry) {
        if (irVersion > MAX_IR_VERSION)
          yield {
            message: `${entry} has IR version ${irVersion}`,
            at: { entry },
            found: String(irVersion),
            expected: `at most ${MAX_IR_VERSION}`,
          };
      }),
  }),
  defineRule({
    id: 'MAR405',
    name: 'external-data',
    severity: 'error',
    summary: 'weights that lie beside the model are not in the archive',
    why: 'Large models keep tensors in extra files, named inside the .onnx relative to it. ONNX Runtime fails when one is missing, too short, or outside the model directory.',
    remedy:
      'Pack the data file beside the .onnx under its own name, or save the model with `save_as_external_data=False`.',
    example: {
      failing: 'model.onnx that points to model.onnx.data, packed alone',
      passing: 'model.onnx and model.onnx.data',
    },
    needs: ['models', 'archive'],
    check: ({ models, archive }) =>
      eachModel(models, function* ({ initializers }, entry) {
        const reported = new Set<string>();
        for (const { external, name, dims, type } of initializers) {
          if (external === undefined || reported.has(external.location)) continue;
          const path = beside(entry, external.location);
          const data = path === undefined ? undefined : archive.get(path);
          const length = external.length ?? dims.reduce((product, dim) => product * dim, 1) * elementBytes(type);
          const isPlace = [external.offset, external.length ?? 0].every((at) => Number.isSafeInteger(at) && at >= 0);
          if (data && isPlace && external.offset + length <= data.size) continue;
          reported.add(external.location);
          if (!isPlace) {
            yield {
              message: `the data file ${external.location} of ${entry} is given no place for '${name}'`,
              at: { entry },
              found: `offset ${external.offset}, length ${length}`,
              expected: 'whole numbers that are not negative',
            };
            continue;
          }
          const reason = data
            ? `is too short for '${name}'`
            : path === undefined
              ? 'lies outside the archive'
              : 'is not in the archive';
          yield {
            message: `the data file ${external.location || '(without a name)'} of ${entry} ${reason}`,
            at: { entry },
            found: data ? `${data.size} bytes` : 'no such entry',
            expected: data ? `at least ${external.offset + length} bytes` : path || 'a file of the archive',
          };
        }
      }),
  }),
  defineRule({
    id: 'MAR406',
    name: 'onnx-operator-unknown',
    severity: { local: 'error', mms: 'warning', torchserve: 'warning', sagemaker: 'warning' },
    summary: 'the model uses an operator that ONNX Runtime does not have',
    why: 'The session cannot be created: "is not a registered function/op". Operators of another domain need a custom library that no archive can carry.',
    remedy: 'Export with operators of ai.onnx, or carry the operator as a function inside the model.',
    example: { failing: 'com.acme:FancyPool', passing: 'MaxPool' },
    needs: ['models'],
    check: ({ models }) =>
      eachModel(models, function* ({ operators, functions }, entry) {
        const own = new Set(functions);
        for (const [full, count] of Object.entries(operators)) {
          const at = full.lastIndexOf(':');
          const domain = at < 0 ? '' : full.slice(0, at);
          const name = full.slice(at + 1);
          const known = OPERATORS[domain];
          if (own.has(full) || known?.has(name)) continue;
          const near = known ? didYouMean(name, known) : '';
          yield {
            message: `${entry} uses the unknown operator ${full}${near}`,
            at: { entry },
            found: `${full}, ${count} time${count === 1 ? '' : 's'}`,
          };
        }
      }),
  }),
  defineRule({
    id: 'MAR407',
    name: 'onnx-graph',
    severity: 'error',
    summary: 'the graph of the model is not valid',
    why: 'A node reads a value that nothing before it makes, two nodes make the same value, an output is never made, or a node has an operator, an attribute or a number of inputs that its opset does not have: ONNX Runtime refuses the model.',
    remedy:
      'Check the export with onnx.checker.check_model; graph surgery and changed opsets often leave such ends behind. onnx.version_converter changes the nodes with the opset.',
    example: { failing: 'an output `logits` that no node writes', passing: 'a model that `onnx.checker` accepts' },
    needs: ['models'],
    check: ({ models }) =>
      eachModel(models, function* (model, entry) {
        for (const message of graphFaults(model)) yield { message: `${entry}: ${message}`, at: { entry } };
      }),
  }),
  defineRule({
    id: 'MAR408',
    name: 'label-count',
    severity: 'warning',
    summary: 'there are not as many labels as the model has classes',
    why: 'Class numbers then point to the wrong labels, or past the end of the list.',
    remedy: 'Use the label file of this very model; mind a background class at the front.',
    example: { failing: '999 labels for an output of 1000', passing: '1000 labels for an output of 1000' },
    needs: ['models', 'labels'],
    *check({ models, labels }) {
      const only = models.length === 1 ? models[0]?.onnx : undefined;
      const output = only?.outputs.length === 1 ? only.outputs[0] : undefined;
      const [classes, ...others] = classCounts(output?.dims ?? []);
      if (!output || classes === undefined) return;
      const expected =
        others.length === 0 ? `${classes} classes` : `room for ${[classes, ...others].join(', ')} classes`;
      for (const { entry, count } of labels)
        if (count !== undefined && count !== classes && !others.includes(count))
          yield {
            message: `${entry} has ${count} labels and the output '${output.name}' has ${expected}`,
            at: { entry },
            found: String(count),
            expected: [classes, ...others].join(' or '),
          };
    },
  }),
  defineRule({
    id: 'MAR409',
    name: 'fixed-batch',
    severity: 'warning',
    summary: 'the batch size is larger than the model takes',
    why: 'The first dimension of the input is a number, so a stacked batch does not fit: each batch fails, or must be run one by one.',
    remedy:
      'Export with a dynamic first axis (`dynamic_axes={"input": {0: "batch"}}`), or set the batch size to that number.',
    example: {
      failing: 'batchSize: 8 with an input float32[1,3,224,224]',
      passing: 'batchSize: 8 with float32[batch,3,224,224]',
    },
    needs: ['models', 'serving'],
    check: ({ models, serving }) =>
      eachModel(models, function* ({ inputs }, entry) {
        const fixed = inputs[0]?.dims?.[0];
        if (serving.batchSize !== undefined && typeof fixed === 'number' && fixed < serving.batchSize)
          yield {
            message: `${entry} takes a batch of ${fixed}, and ${serving.entry} asks for ${serving.batchSize}`,
            at: { entry: serving.entry },
            found: String(serving.batchSize),
            expected: String(fixed),
          };
      }),
  }),
];
