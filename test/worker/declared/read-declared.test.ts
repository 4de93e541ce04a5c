import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputDeclarations } from '#manifest/declared-inputs.js';
import { PredictionError } from '#service/index.js';
import { declaredReader } from '#worker/declared/read-declared.js';

const JSON_TYPE = 'application/json';
const body = (value: unknown) => part('body', JSON.stringify(value), JSON_TYPE);
const part = (name: string, value: string | Buffer, contentType = '') => ({
  name,
  contentType,
  value: Buffer.from(value),
});
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const INPUTS: InputDeclarations = {
  text: { type: 'string', minLength: 2, pattern: '^[a-z]+$' },
  size: { type: 'number', minimum: 0, default: 0.5 },
  count: { type: 'integer', optional: true },
  isFast: { type: 'boolean', default: false },
  kind: { type: 'integer', choices: [1, 4], optional: true },
  more: { type: 'json', schema: { type: 'object', properties: { age: { type: 'integer' } } }, optional: true },
  image: { type: 'image', optional: true },
  blob: { type: 'file', optional: true },
  rows: { type: 'tensor', shape: [null, 2], optional: true },
};
const read = declaredReader(INPUTS);
const refusal = (...parameters: Parameters<typeof read>[0]): string => {
  try {
    read(parameters);
  } catch (error) {
    if (!(error instanceof PredictionError)) throw error;
    assert.is(error.status, 400);
    return error.message;
  }
  throw new Error('it was accepted');
};

test('JSON by name: what is absent, or null, gets its default or stays away', () => {
  assert.equal(read([body({ text: 'ab', count: null })]), { text: 'ab', size: 0.5, isFast: false });
  const all = {
    text: 'abc',
    size: 3,
    count: -4,
    isFast: true,
    kind: 4,
    more: { age: 3 },
    image: PNG.toString('base64'),
    blob: `data:text/plain;base64,${Buffer.from('hi').toString('base64')}`,
    rows: [
      [1, 2],
      [3, 4],
    ],
  };
  const rows = { type: 'float32', data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] };
  assert.equal(read([body(all)]), { ...all, image: PNG, blob: Buffer.from('hi'), rows });
});

test('a form by name: numbers, true, false and JSON are read from the text, files are bytes', () => {
  const rows = Buffer.from(Float32Array.of(5, 6).buffer);
  assert.equal(
    read([
      part('text', 'ab'),
      part('size', ' 1e2 '),
      part('count', '-7'),
      part('isFast', 'true'),
      part('more', '{"age": 1}', 'text/plain'),
      part('image', PNG, 'image/png'),
      part('blob', '{}', 'text/plain'),
      part('rows', rows, 'application/octet-stream'),
    ]),
    {
      text: 'ab',
      size: 100,
      count: -7,
      isFast: true,
      more: { age: 1 },
      image: PNG,
      blob: Buffer.from('{}'),
      rows: { type: 'float32', data: Float32Array.of(5, 6), dims: [1, 2] },
    },
  );
});

test('any other body is for the input that must be sent; the name of the model in a query is for the server', () => {
  const expected = { text: 'hello', size: 0.5, isFast: false };
  assert.equal(read([part('body', 'hello')]), expected);
  assert.equal(read([part('body', '"hello"', JSON_TYPE), part('model_name', 'm')]), expected);
  const only = declaredReader({ rows: { type: 'tensor', elements: 'int64', shape: [null] } });
  assert.equal(only([body([1, '9007199254740993'])])['rows'], {
    type: 'int64',
    data: BigInt64Array.of(1n, 9007199254740993n),
    dims: [2],
  });
  const whole = declaredReader({ body: { type: 'json' }, size: { type: 'number', default: 1 } });
  assert.equal(whole([body({ a: null })]), { body: { a: null }, size: 1 });
  assert.equal(declaredReader({ size: { type: 'number', default: 1 } })([part('body', '')]), { size: 1 });
});

test('what a handler does to a default does not show in the next request', () => {
  const reader = declaredReader({ list: { type: 'json', default: [1] } });
  const nothing = [part('body', '')];
  const first = reader(nothing);
  Object(first['list']).push(2);
  assert.equal(reader(nothing), { list: [1] });
});

test('a name like __proto__ is one like others', () => {
  const reader = declaredReader(JSON.parse('{"__proto__": {"type": "integer"}}'));
  const inputs = reader([part('body', '{"__proto__": 3}', JSON_TYPE)]);
  assert.equal(Object.entries(inputs), [['__proto__', 3]]);
});

const REFUSALS: readonly (readonly [found: string, said: string, ...parameters: Parameters<typeof read>[0]])[] = [
  [
    'a short text',
    `the input 'text' is "a", expected a text of at least 2 characters that matches ^[a-z]+$`,
    body({ text: 'a' }),
  ],
  ['a number for a text', `the input 'text' is 5, expected a text`, body({ text: 5 })],
  ['bytes for a text', `the input 'text' is 2 bytes, expected a text`, part('text', Buffer.from([0xff, 0xfe]))],
  ['below the bound', `the input 'size' is -1, expected a number of at least 0`, body({ text: 'ab', size: -1 })],
  ['a number as a text in JSON', `the input 'size' is "1", expected a number`, body({ text: 'ab', size: '1' })],
  ['hexadecimal', `the input 'count' is "0x10", expected an integer`, part('text', 'ab'), part('count', '0x10')],
  ['a fraction', `the input 'count' is 1.5, expected an integer`, body({ text: 'ab', count: 1.5 })],
  [
    'beyond 2^53',
    `the input 'count' is "9007199254740993", expected an integer`,
    part('text', 'ab'),
    part('count', '9007199254740993'),
  ],
  ['2 for true', `the input 'isFast' is 2, expected true or false`, body({ text: 'ab', isFast: 2 })],
  ['none of the choices', `the input 'kind' is 2, expected one of 1, 4`, body({ text: 'ab', kind: 2 })],
  [
    'JSON that breaks its schema',
    `the input 'more' is an object that breaks its schema: at /age must be integer`,
    body({ text: 'ab', more: { age: 'x' } }),
  ],
  ['what is no JSON', `the input 'more' is "{", expected JSON`, part('text', 'ab'), part('more', '{')],
  ['what is no image', `the input 'image' is "hello", expected an image`, part('text', 'ab'), part('image', 'hello')],
  [
    'what is no base64',
    `the input 'blob' is "!!", expected a file: its bytes, base64 in JSON`,
    body({ text: 'ab', blob: '!!' }),
  ],
  [
    'another shape',
    `the input 'rows' has the shape [1,3]; the model takes float32[?,2]`,
    body({ text: 'ab', rows: [[1, 2, 3]] }),
  ],
  ['half a row', `the input 'rows' has 4 bytes, expected a multiple of 8`, part('text', 'ab'), part('rows', 'abcd')],
  [
    'a slip in a name',
    `'txt' is not an input of this model (did you mean 'text'?), expected text, size`,
    body({ txt: 'ab' }),
  ],
  ['twice', `the input 'text' is given twice, expected once`, part('text', 'ab'), part('text', 'cd')],
  ['nothing', `the input 'text' is missing, expected a text`, part('body', '')],
  ['a form without fields', 'the form has no fields, expected text, size'],
  ['broken JSON', `The input 'body' is not valid JSON: `, part('body', '{', JSON_TYPE)],
  [
    'JSON that curl -d called a form',
    'expected JSON with the header Content-Type: application/json',
    part('{"text": "ab"}', ''),
  ],
];
for (const [found, said, ...parameters] of REFUSALS)
  test(`refused with input, found and expected: ${found}`, () => assert.match(refusal(...parameters), said));

test('a body for none of several inputs says what is expected', () => {
  const reader = declaredReader({ a: { type: 'string' }, b: { type: 'string' } });
  assert.throws(
    () => reader([part('body', 'hello')]),
    /^the body is "hello", expected a JSON object or a form with a, b\nthe input 'a' is missing, expected a text\nthe input 'b' is missing/,
  );
});

test('declarations that are not in their form keep the model from loading', () => {
  assert.throws(
    () => declaredReader({ a: { type: 'txt' } }),
    /The declared inputs in the manifest are not in their form/,
  );
});

test.run();
