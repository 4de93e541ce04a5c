import * as assert from 'uvu/assert';
import {
  anyModel,
  chosenBoxes,
  embedder,
  gridDetector,
  imageRows,
  imageSequence,
  lstm,
  tokenizer,
  voice,
} from './sample-models.js';
import { type Files, goldenOf, lay, lines, projectSuite, throughAll } from './through-all.js';

const test = projectSuite('init: kinds of models');
const FLOAT16 = 10;
const UINT8 = 2;

const kinds: Record<string, [files: Files, template: string]> = {
  'a recurrent model': [{ 'm.onnx': lstm }, 'tensor'],
  'a model with a scalar that must be right': [{ 'm.onnx': voice }, 'tensor'],
  'a classifier by the name of its output': [
    { 'm.onnx': imageRows({ output: 'logits', width: 10 }) },
    'image-classifier',
  ],
  'a classifier by its labels': [
    { 'm.onnx': imageRows({ output: 'y', width: 64 }), 'labels.txt': lines(64) },
    'image-classifier',
  ],
  'a classifier that takes bytes': [
    { 'm.onnx': imageRows({ output: 'y', width: 3, end: 'Softmax', type: UINT8 }) },
    'image-classifier',
  ],
  'a float16 classifier': [{ 'm.onnx': imageRows({ output: 'logits', width: 10, type: FLOAT16 }) }, 'tensor'],
  'an embedding by its width': [{ 'm.onnx': imageRows({ output: 'y', width: 64 }) }, 'tensor'],
  'an embedding by its end': [{ 'm.onnx': imageRows({ output: 'y', width: 10, end: 'LpNormalization' }) }, 'tensor'],
  'an embedding by its name': [{ 'm.onnx': imageRows({ output: 'features', width: 10 }) }, 'tensor'],
  'an image to text': [{ 'm.onnx': imageSequence(40, 97), 'labels.txt': lines(96) }, 'tensor'],
  'a feature map of tokens': [{ 'm.onnx': imageSequence(17, 8) }, 'tensor'],
  'a labelled detector in columns': [{ 'm.onnx': imageSequence(84, 100), 'labels.txt': lines(80) }, 'object-detector'],
  'a decoded detector in rows': [{ 'm.onnx': gridDetector(3, true), 'labels.txt': lines(3) }, 'object-detector'],
  'a detector that chooses its boxes': [{ 'm.onnx': chosenBoxes }, 'object-detector'],
  'a detector that chooses its boxes, with labels': [
    { 'm.onnx': chosenBoxes, 'labels.txt': lines(80) },
    'object-detector',
  ],
  'rows of six that nothing explains': [{ 'm.onnx': imageSequence(300, 6) }, 'tensor'],
  'an undecoded YOLOX': [{ 'm.onnx': gridDetector(3, false), 'labels.txt': lines(3) }, 'tensor'],
  'a sentence embedder with its tokenizer': [{ 'm.onnx': embedder, 'tokenizer.json': tokenizer }, 'tensor'],
  'several models': [{ 'a.onnx': anyModel, 'b.onnx': voice }, 'tensor'],
  'a model one folder down': [{ 'onnx/model.onnx': anyModel }, 'tensor'],
};
for (const [what, [files, template]] of Object.entries(kinds)) {
  test(`${what} gets the template ${template}, and a golden case with an answer that passes`, async ({
    root,
    path,
  }) => {
    lay(path, files);
    const stdout = await throughAll(root);
    assert.match(stdout, `Wrote the template ${template}:`);
    const { expect } = goldenOf(path);
    assert.ok('json' in expect || 'classes' in expect || 'tensors' in expect, JSON.stringify(expect));
  });
}

test.run();
