import {
  builtin,
  COMMON_KEYS,
  SERVICE_CONFIG,
  SERVICE_SECTIONS,
  type ServiceSection,
  TOKENIZER_FILE,
} from '#conventions/builtin-services.js';
import { imageAxes, isLayout } from '#conventions/layout.js';
import { beside } from '#inside.js';
import { objectAt } from '#json-object.js';
import { describeValue, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import { didYouMean } from '#nearest.js';
import { schemaCheck } from '#schema.js';
import { soleModel } from '../facts/models.js';
import type { ServiceFacts } from '../facts/service.js';
import { defineRule, type Rule } from '../rule.js';

const reads = ({ name }: ServiceFacts, section: ServiceSection): boolean => builtin(name).sections.includes(section);

const place = ({ json }: ServiceFacts, pointer: string) =>
  json ? { at: { entry: SERVICE_CONFIG, pointer, ...json.locate(pointer) } } : {};

/** Output names that a configuration may give, with the pointer of each. */
function namedOutputs({ value }: ServiceFacts): { pointer: string; name: string }[] {
  const boxes = ['boxes', 'scores', 'labels'].map((key) => ({
    pointer: `/boxes/${key}`,
    name: objectAt(value, 'boxes')[key],
  }));
  const all = [{ pointer: '/classes/output', name: objectAt(value, 'classes')['output'] }, ...boxes];
  return all.flatMap(({ pointer, name }) => (typeof name === 'string' ? [{ pointer, name }] : []));
}

/** Whether an output has scores, and no more than one row of them for each request. */
function isRow({ type, dims }: OnnxValue): boolean {
  return /^float(16|32|64)$/.test(type) && (dims ?? []).slice(1).filter((extent) => extent !== 1).length <= 1;
}

/** MAR411 to MAR415: the configuration of our built-in services against the model. */
export const SERVICE_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR411',
    name: 'service-config',
    severity: { local: 'error' },
    summary: 'the configuration of the built-in service is not in its form',
    why: 'The service refuses it while loading: ERR_SERVICE_CONFIG.',
    remedy: 'Correct the field that is shown; schemas/service.schema.json describes the file.',
    example: {
      failing: 'service.json: { "image": { "widht": 224 } }',
      passing: 'service.json: { "image": { "width": 224 } }',
    },
    needs: ['service'],
    *check({ service }) {
      const { json, name, value } = service;
      if (!json) return;
      if (json.fault)
        yield {
          message: `${SERVICE_CONFIG} is not JSON: ${json.fault.message}`,
          at: { entry: SERVICE_CONFIG, ...json.fault.at },
        };
      else {
        for (const { pointer, message } of schemaCheck('service')(json.value))
          yield { message: `${SERVICE_CONFIG}: ${pointer || 'the whole file'} ${message}`, ...place(service, pointer) };
        const known: readonly string[] = [...COMMON_KEYS, ...builtin(name).sections];
        for (const key of SERVICE_SECTIONS)
          if (key in value && !known.includes(key))
            yield {
              message: `${SERVICE_CONFIG}: ${name} does not read /${key}`,
              ...place(service, `/${key}`),
              expected: known.slice(1).join(', '),
            };
      }
    },
  }),
  defineRule({
    id: 'MAR412',
    name: 'service-model',
    severity: { local: 'error' },
    summary: 'the built-in service does not know which model to load',
    why: 'It runs one ONNX file: the one that service.json names, else that of `model.serializedFile`, else the only one in the archive.',
    remedy: 'Pack one .onnx file, or name it as `model` in service.json.',
    example: { failing: 'a.onnx and b.onnx with --handler tensor', passing: 'service.json: { "model": "a.onnx" }' },
    needs: ['service', 'models', 'manifest'],
    *check({ service, models, manifest }) {
      const paths = models.filter((model) => model.format === 'onnx').map(({ entry }) => entry.path);
      const named = service.model;
      const configured = named !== undefined && named === service.value['model'];
      if (named !== undefined && !paths.includes(beside(SERVICE_CONFIG, named) ?? ''))
        yield {
          message: `${configured ? SERVICE_CONFIG : 'model.serializedFile'} names ${named}, which is not an ONNX file of the archive${didYouMean(named, paths)}`,
          ...(configured ? place(service, '/model') : { at: manifest.at('/model/serializedFile') }),
          found: named,
        };
      else if (named === undefined && paths.length !== 1)
        yield {
          message: `${service.name} finds ${paths.length === 0 ? 'no' : paths.length} ONNX files`,
          found: paths.join(', ') || 'none',
          expected: 'one .onnx file',
        };
    },
  }),
  defineRule({
    id: 'MAR413',
    name: 'service-input',
    severity: { local: 'error' },
    summary: "the model's input does not fit the built-in service",
    why: 'The service makes one tensor of float32, float16 or uint8 with four axes out of each image, and nothing else.',
    remedy: 'Correct `image` in service.json, use the service `tensor`, or write a service that extends OnnxService.',
    example: {
      failing: 'image_classifier with an input int64[batch,128]',
      passing: 'image_classifier with an input float32[batch,3,224,224]',
    },
    needs: ['service', 'models'],
    *check({ service, models }) {
      const model = soleModel(service.model, models);
      const input = model?.onnx?.inputs[0];
      if (!model || !input || !reads(service, 'image')) return;
      const found = `${input.name}: ${describeValue(input)}`;
      if (!['float32', 'float16', 'uint8'].includes(input.type) || input.dims?.length !== 4) {
        yield {
          message: `the input of ${model.entry.path} is not an image`,
          at: { entry: model.entry.path },
          found,
          expected: 'float32, float16 or uint8 with four axes',
        };
        return;
      }
      const image = objectAt(service.value, 'image');
      const { height, width } = imageAxes(input.dims, isLayout(image['layout']) ? image['layout'] : undefined);
      for (const [key, size] of Object.entries({ height, width })) {
        const configured = image[key];
        if (typeof size === 'number' && typeof configured === 'number' && size !== configured)
          yield {
            message: `image.${key} is ${configured} and the model takes ${size}`,
            ...place(service, `/image/${key}`),
            found: String(configured),
            expected: String(size),
          };
        if (typeof size !== 'number' && configured === undefined)
          yield {
            message: `the model leaves the ${key} of its input open, and image.${key} is not given`,
            ...place(service, '/image'),
            found,
            expected: `image.${key} in ${SERVICE_CONFIG}`,
          };
      }
    },
  }),
  defineRule({
    id: 'MAR414',
    name: 'service-output',
    severity: { local: 'error' },
    summary: 'the service does not find its scores in the outputs of the model',
    why: 'It fails with the first request: the configuration names an output that there is not, or the output is not one row of scores for each request.',
    remedy:
      'Use a name that `mar inspect` shows; for a model that gives a row for each token, step or pixel take the service `tensor`.',
    example: { failing: '"output": "logit"', passing: '"output": "logits"' },
    needs: ['service', 'models'],
    *check({ service, models }) {
      const onnx: OnnxModel | undefined = soleModel(service.model, models)?.onnx;
      if (!onnx) return;
      const names = onnx.outputs.map((output) => output.name);
      for (const { pointer, name } of namedOutputs(service))
        if (!names.includes(name))
          yield {
            message: `the model has no output '${name}'${didYouMean(name, names)}`,
            ...place(service, pointer),
            found: name,
            expected: names.join(', '),
          };
      if (service.name !== 'image_classifier' && service.name !== 'text_classifier') return;
      const configured = objectAt(service.value, 'classes')['output'];
      const scores = onnx.outputs.find(({ name }, index) =>
        configured === undefined ? index === 0 : name === configured,
      );
      if (scores && !isRow(scores))
        yield {
          message: `${service.name} reads one row of scores from '${scores.name}'`,
          ...place(service, '/classes/output'),
          found: describeValue(scores),
          expected: 'float32, float16 or float64 [batch,classes]',
        };
    },
  }),
  defineRule({
    id: 'MAR415',
    name: 'service-file-missing',
    severity: { local: 'error' },
    summary: 'a file that the built-in service reads is not in the archive, or not in its form',
    why: 'The service fails while loading.',
    remedy: 'Pack the file, or correct it or its name in service.json.',
    example: { failing: '"tokenizer": "tok.json" without tok.json', passing: 'tokenizer.json beside the model' },
    needs: ['service', 'archive', 'labels'],
    *check({ service, archive, labels }) {
      const tokenizer = objectAt(service.value, 'text')['tokenizer'] ?? TOKENIZER_FILE;
      const paths = archive.entries.map((entry) => entry.path);
      const needed: [string, unknown][] = [];
      if (reads(service, 'classes')) needed.push(['/classes/labels', objectAt(service.value, 'classes')['labels']]);
      if (reads(service, 'text')) needed.push(['/text/tokenizer', tokenizer]);
      for (const { entry, fault } of labels) if (fault !== undefined) yield { message: fault, at: { entry } };
      for (const [pointer, file] of needed)
        if (typeof file === 'string' && !archive.get(beside(SERVICE_CONFIG, file) ?? ''))
          yield {
            message: `${service.name} reads ${file}, which is not in the archive${didYouMean(file, paths)}`,
            ...place(service, pointer),
            found: file,
          };
    },
  }),
];
