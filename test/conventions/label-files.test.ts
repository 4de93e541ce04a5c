import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chooseLabelFile,
  countLabels,
  isLabelFile,
  parseLabelProperty,
  parseLabels,
} from '#conventions/label-files.js';
import { rejectsWith } from '../support/rejects.js';

test('the most preferred name is taken, whatever its case and the order of the directory', () => {
  assert.is(chooseLabelFile(['classes.txt', 'labels.txt', 'synset.txt', 'model.onnx']), 'synset.txt');
  assert.is(chooseLabelFile(['index_to_name.json', 'Labels.TXT']), 'Labels.TXT');
  assert.is(chooseLabelFile(['labels.json', 'coco.names', 'classes.names']), 'classes.names');
  assert.is(chooseLabelFile(['Labels.txt', 'labels.txt']), 'Labels.txt');
  assert.is(chooseLabelFile(['labels.txt', 'Labels.txt']), 'Labels.txt');
  assert.is(chooseLabelFile(['mylabels.txt', 'labels.txt.bak', 'service.json']), undefined);
  assert.not(isLabelFile('labels.md'));
});

test('lines are labels as they stand; the end of the last one and a byte order mark are not', () => {
  assert.equal(parseLabels('n01 tench, Tinca\n  cat \r\n\ndog', 'synset.txt'), [
    'n01 tench, Tinca',
    '  cat ',
    '',
    'dog',
  ]);
  assert.equal(parseLabels('cat\r\ndog\r\n', 'labels.txt'), ['cat', 'dog']);
  assert.equal(parseLabels('\ufeffcat\n', 'labels.txt'), ['cat']);
  assert.equal(parseLabels('', 'labels.txt'), []);
});

test('JSON: a list, an object by class number, and the forms of TorchServe', () => {
  assert.equal(parseLabels('["cat", "dog"]', 'labels.json'), ['cat', 'dog']);
  assert.equal(parseLabels('{"0": "cat", "2": ["n02", "dog"]}', 'index_to_name.json'), ['cat', '1', 'dog']);
  assert.equal(parseLabels('{"object_type_names": ["cat", "dog"]}', 'index_to_name.json'), ['cat', 'dog']);
  assert.equal(parseLabels('{"10": "k", "9": "j"}', 'x.JSON').slice(8), ['8', 'j', 'k']);
});

test('JSON in another form is refused with the file and what it is', async () => {
  for (const [text, why] of Object.entries({
    '{': 'is not JSON',
    '"cat"': 'is neither a list nor an object',
    null: 'is neither a list nor an object',
    '[1]': 'a label that is not a string',
    '{"cat": 0}': "the key 'cat', which is not a class number",
    '{"100000": "cat"}': "the key '100000'",
    '{"0": []}': 'a label that is not a string',
  })) {
    const error = await rejectsWith('ERR_LABELS_FORM', () => parseLabels(text, 'a/labels.json'));
    assert.match(error.message, 'a/labels.json');
    assert.match(error.message, why);
    await rejectsWith('ERR_LABELS_FORM', () => countLabels(text, 'a/labels.json'));
  }
});

test('counting agrees with parsing', () => {
  const line = fc.constantFrom('a', '', '\n', '\r\n', '\r', '\ufeff', 'b c', '\n\n');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      assert.is(countLabels(text, 'labels.txt'), parseLabels(text, 'labels.txt').length, JSON.stringify(text));
    }),
  );
});

test('the properties of ONNX files', () => {
  assert.equal(parseLabelProperty({ names: "{0: 'cat', 2: 'dog'}", labels: 'x' }), ['cat', '1', 'dog']);
  assert.equal(parseLabelProperty({ labels: '["cat", "dog"]' }), ['cat', 'dog']);
  assert.equal(parseLabelProperty({ labels: 'cat, dog\nbird' }), ['cat', 'dog', 'bird']);
  assert.equal(parseLabelProperty({ names: "{4000000000: 'far'}" }), []);
  assert.equal(parseLabelProperty({}), []);
});

test.run();
