import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Inputs, jsonInput, PredictionError, textInput } from '#service/index.js';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PredictionError) return `${error.status} ${error.message}`;
    throw error;
  }
  return 'none';
}

test('text and JSON, however they were sent', () => {
  for (const inputs of [{ body: 'größer' }, { body: Buffer.from('größer') }, { note: Buffer.from('größer') }])
    assert.is(textInput(inputs), 'größer');
  assert.is(textInput({ body: 'a', note: Buffer.from('b') }, 'note'), 'b');
  for (const inputs of [{ body: { a: [1] } }, { body: '{"a": [1]}' }, { x: Buffer.from('{"a":[1]}') }])
    assert.equal(jsonInput(inputs), { a: [1] });
  assert.equal(jsonInput({ x: null }, 'x'), null);
  assert.equal(jsonInput({ x: Buffer.from('0.5'), y: 3 }, 'x'), 0.5);
});

test('what is missing, or is something else, is a PredictionError 400 that names it', () => {
  const inputs: Inputs = { x: Buffer.from([0xff]), y: [1], z: '{' };
  assert.is(
    refusal(() => textInput(inputs)),
    '400 the input is missing, expected a text',
  );
  assert.is(
    refusal(() => textInput(inputs, 'x')),
    "400 the input 'x' is not UTF-8, expected a text",
  );
  assert.is(
    refusal(() => textInput(inputs, 'y')),
    "400 the input 'y' is a list, expected a text",
  );
  assert.is(
    refusal(() => textInput(inputs, 'toString')),
    "400 the input 'toString' is missing, expected a text",
  );
  assert.match(
    refusal(() => jsonInput(inputs, 'z')),
    "400 the input 'z' is not JSON: ",
  );
  assert.is(
    refusal(() => jsonInput({})),
    '400 the input is missing, expected JSON',
  );
});

test.run();
