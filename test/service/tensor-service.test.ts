import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { bodyInputs } from '#protocol/body-inputs.js';
import { builtinService } from '#service/builtin/index.js';
import type { RequestFacts } from '#service/context.js';
import { halfToNumber, numberToHalf } from '#service/float16.js';
import { text } from '../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';
import { ask } from './numeric.js';

type Dims = (number | string)[];

/** `y = x` of an element type, by its number in ONNX. */
const same = (type: number, dims: Dims): ModelSpec => ({
  inputs: [{ name: 'x', type, dims }],
  outputs: [{ name: 'y', type, dims }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
});
const [FLOAT, UINT8, INT32, INT64, STRING, BOOL, FLOAT16, UINT64] = [1, 2, 6, 7, 8, 9, 10, 13];

interface Sent {
  /** Empty for none. */
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const request = ({ type = 'application/json', body = '', headers = {} }: Sent): Omit<RequestFacts, 'id'> => ({
  headers: Object.entries({ ...(type && { 'content-type': type }), ...headers }),
  parameters: bodyInputs(type, Buffer.from(body)),
});

/** The answers, JSON parsed; a failure as `400 its message`. */
async function answers(model: ModelSpec, sent: readonly Sent[]): Promise<unknown[]> {
  return withContext({ 'm.onnx': encodeOnnx(model) }, async (context, batch) => {
    const service = await builtinService('tensor');
    await service?.initialize?.(context);
    const found: unknown[] = [];
    for (const one of sent) {
      const [answer] = service ? await ask(service, [request(one)], batch) : [];
      const body: unknown = JSON.parse(String(answer?.body));
      const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
      found.push(answer?.status === 200 ? body : `${answer?.status} ${message}`);
    }
    await service?.close?.();
    return found;
  });
}

const matches = (found: unknown, message: RegExp): void => assert.match(String(found), message);

async function answer(model: ModelSpec, body: unknown): Promise<unknown> {
  const [found] = await answers(model, [{ body: typeof body === 'string' ? body : JSON.stringify(body) }]);
  return found;
}

const form = (fields: Readonly<Record<string, string>>): Sent => {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--cut\r\nContent-Disposition: form-data; name="${name.replace(/ .*/, '')}"\r\n\r\n${value}\r\n`,
  );
  return { type: 'multipart/form-data; boundary=cut', body: `${parts.join('')}--cut--\r\n` };
};
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

test('whole numbers beyond 2^53 are exact, as digits and as texts, and answered in one form', async () => {
  const x = '[[9007199254740993, "-9223372036854775808", 1]]';
  const y = [['9007199254740993', '-9223372036854775808', '1']];
  assert.equal(await answer(same(INT64, ['n', 3]), `{"x": ${x}}`), { y });
  assert.equal(await answer(same(INT64, ['n', 3]), x), { y }, 'a list alone');
  assert.equal(await answer(same(INT64, ['n', 3]), '[[1, -2, "3"]]'), { y: [[1, -2, 3]] });
  assert.equal(await answer(same(UINT64, ['n']), '[18446744073709551615]'), { y: ['18446744073709551615'] });
  matches(
    await answer(same(UINT64, ['n']), '[18446744073709551616]'),
    /^400 .*holds 18446744073709551616 at \[0\], expected a whole number that uint64 holds/,
  );
  matches(await answer(same(INT64, ['n']), '[1.5]'), /^400 .*holds 1\.5 at \[0\]/);
  assert.equal(await answer(same(FLOAT, ['n']), '[12345678901234567890, "NaN"]'), { y: [12345679395506094000, 'NaN'] });
});

test('NaN and infinities are texts, both ways', async () => {
  const y = [['NaN', 'Infinity', '-Infinity', 1]];
  for (const type of [FLOAT, FLOAT16]) assert.equal(await answer(same(type, ['n', 4]), { x: y }), { y });
});

test('bool is true and false; 0 and 1 are taken, nothing else', async () => {
  assert.equal(await answer(same(BOOL, ['n']), { x: [true, 0, 1] }), { y: [true, false, true] });
  matches(
    await answer(same(BOOL, ['n']), { x: [true, 2] }),
    /^400 .*'x' holds 2 at \[1\], expected true or false; the model takes bool\[n\]/,
  );
  const [bytes] = await answers(same(BOOL, ['n']), [{ type: 'application/octet-stream', body: Buffer.of(1, 2) }]);
  matches(bytes, /^400 .*has the byte 2 at 1, expected 0 or 1/);
});

test('empty tensors keep their shape', async () => {
  assert.equal(await answer(same(FLOAT, ['n', 'k']), { x: [[], []] }), { y: [[], []] });
  assert.equal(await answer(same(FLOAT, ['n', 4]), { x: [] }), { y: [] });
  matches(await answer(same(FLOAT, ['n', 'k']), { x: [] }), /^400 .*empty list whose other axes are open/);
  const shaped = { type: 'application/octet-stream', body: '', headers: { 'x-tensor-shape': '2,0' } };
  assert.equal(await answers(same(FLOAT, ['n', 'k']), [shaped]), [{ y: [[], []] }]);
});

test('what a type cannot hold is refused with its place', async () => {
  assert.equal(await answer(same(UINT8, ['n']), [0, 255]), { y: [0, 255] });
  const wrong: [type: number, x: unknown, message: RegExp][] = [
    [UINT8, [300], /holds 300 at \[0\], expected a whole number that uint8 holds; the model takes uint8\[n\]/],
    [INT32, [1, 1.7], /holds 1\.7 at \[1\], expected a whole number that int32 holds/],
    [INT32, ['7'], /holds "7" at \[0\], expected a whole number/],
    [FLOAT, ['7'], /holds "7" at \[0\], expected a number/],
    [FLOAT, [null], /holds null at \[0\], expected a number/],
    [FLOAT, [{ a: 1 }], /holds \{"a":1\} at \[0\]/],
    [FLOAT, [1e39], /holds 1e\+39 at \[0\], expected what float32 holds/],
    [FLOAT16, [70000], /holds 70000 at \[0\], expected what float16 holds/],
    [STRING, ['a', 7], /holds 7 at \[1\], expected a string/],
  ];
  for (const [type, x, message] of wrong) {
    const found = String(await answer(same(type, ['n']), { x }));
    matches(found, /^400 the input 'x' /);
    matches(found, message);
  }
});

test('lists that are no tensor of the model are refused, and say where', async () => {
  const wrong: [x: unknown, message: RegExp][] = [
    [[[1, 2, 3, 4], [5]], /is ragged: a list of 1 at \[1\], expected 4/],
    [[[1, 2, 3, 4], 5], /is ragged: 5 at \[1\], expected a list of 4/],
    [[[1, 2, 3, [4]]], /is ragged: a list at \[0\]\[3\], expected an element/],
    [[[1, 2, 3]], /has the shape \[1,3\]; the model takes float32\[n,4\]/],
    [[1, 2, 3, 4], /has the shape \[4\]/],
    [5, /is 5, expected nested lists/],
  ];
  for (const [x, message] of wrong) matches(String(await answer(same(FLOAT, ['n', 4]), { x })), message);
  matches(
    await answer(same(FLOAT, ['n']), { other: [1] }),
    /^400 the input 'x' is missing; the model takes x: float32\[n\]/,
  );
  matches(await answer(same(FLOAT, ['n']), { x: [1], z: [1] }), /^400 the model has no input 'z'/);
});

test('bytes need as many as the shape says, and a shape where several axes are open', async () => {
  const type = 'application/octet-stream';
  const shaped = (shape: string, body = floats(1, 2)): Sent => ({ type, body, headers: { 'x-tensor-shape': shape } });
  assert.equal(await answers(same(FLOAT, ['n', 'k']), [shaped('1,2'), shaped('x=2,1'), shaped('[2, 1]')]), [
    { y: [[1, 2]] },
    { y: [[1], [2]] },
    { y: [[1], [2]] },
  ]);
  const refused = await answers(same(FLOAT, ['n', 'k']), [
    { type, body: floats(1, 2) },
    shaped('-1,2'),
    shaped('99999999999,99999999999'),
    shaped('1,3'),
    shaped('2'),
  ]);
  const messages = [
    /has 8 bytes and 2 open axes: give its shape in the header x-tensor-shape/,
    /is given the shape '-1,2' by x-tensor-shape, expected whole numbers/,
    /is given the shape '99999999999,99999999999'/,
    /has 8 bytes, expected 12 for the shape \[1,3\]/,
    /has the shape \[2\]; the model takes float32\[n,k\]/,
  ];
  for (const [index, message] of messages.entries()) matches(String(refused[index]), message);
  const [short, none] = await answers(same(FLOAT, ['n', 4]), [
    { type, body: floats(1, 2, 3) },
    { type, body: '' },
  ]);
  matches(short, /^400 .*has 12 bytes, expected a multiple of 16; the model takes float32\[n,4\]/);
  matches(none, /^400 the request has no body/);
  const [text] = await answers(same(STRING, ['n']), [{ type, body: 'abc' }]);
  matches(text, /^400 .*strings have no such form: send JSON/);
});

test('JSON is taken from curl -T, -F and as text; -d is told which header is missing', async () => {
  const model = same(FLOAT, ['n', 2]);
  const found = await answers(model, [
    { type: '', body: '{"x":[[1,2]]}' },
    { type: '', body: ' [[1,2]]\n' },
    { type: 'text/plain', body: '{"x":[[1,2]]}' },
    form({ x: '[[1,2]]' }),
    { type: 'application/x-www-form-urlencoded', body: 'x=[[1,2]]' },
  ]);
  assert.equal(found, Array(5).fill({ y: [[1, 2]] }));
  const [data, other, neither] = await answers(model, [
    { type: 'application/x-www-form-urlencoded', body: '{"x":[[1,2]]}' },
    { type: 'image/png', body: floats(1, 2) },
    { type: 'text/plain', body: 'cheap' },
  ]);
  matches(data, /^400 .*application\/x-www-form-urlencoded.*Content-Type: application\/json/);
  matches(
    other,
    /^415 the input 'x' came as image\/png, expected the Content-Type application\/json or application\/octet-stream/,
  );
  matches(neither, /^400 the input 'x' came as text\/plain and is not JSON/);
});

test('what may be JSON or the bytes of a text is not guessed', async () => {
  const model = same(UINT8, ['n']);
  const [unsaid, said] = await answers(model, [
    { type: '', body: '[7]' },
    { type: 'application/octet-stream', body: '[7]' },
  ]);
  matches(unsaid, /^400 .*could be JSON or 3 bytes/);
  assert.equal(said, { y: [0x5b, 0x37, 0x5d] });
});

test('an input that is sent twice is refused', async () => {
  const [object, fields, inside] = await answers(same(STRING, ['n']), [
    { body: '{"x":["a"], "x" : ["b"]}' },
    form({ 'x 1': '["a"]', 'x 2': '["b"]' }),
    { body: JSON.stringify({ x: ['"x":', '\\"x":', 'x'] }) },
  ]);
  matches(object, /^400 the input 'x' is sent twice in one JSON object, expected once/);
  matches(fields, /^400 the input 'x' is sent 2 times/);
  assert.equal(inside, { y: ['"x":', '\\"x":', 'x'] });
});

test('an input with a default is left out, or refused by name', async () => {
  const model: ModelSpec = {
    inputs: [
      { name: 'x', dims: ['n', 2] },
      { name: 'w', dims: [2] },
    ],
    outputs: [{ name: 'y', dims: ['n', 2] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', dims: [2], raw: floats(3, 4) }],
  };
  assert.equal(await answer(model, { x: [[1, 2]] }), { y: [[3, 8]] });
  matches(
    await answer(model, { x: [[1, 2]], w: [10, 10] }),
    /^400 the input 'w' has a default in the model, which ONNX Runtime for Node cannot replace; the model takes x: float32\[n,2\]/,
  );
});

test('types that cannot pass are refused while loading, with what to do', async () => {
  const refusal = (model: ModelSpec) =>
    answers(model, []).then(
      () => 'loaded',
      (error: unknown) => (error instanceof MarError ? `${error.code} ${error.message} ${error.hint}` : String(error)),
    );
  const [INT4, BFLOAT16, COMPLEX] = [22, 16, 14];
  for (const type of [INT4, BFLOAT16, COMPLEX])
    matches(await refusal(same(type, ['n'])), /^ERR_MODEL_TYPE .*input 'x' is .*Cast it/);
  const sequence: ModelSpec = {
    outputs: [
      { name: 'output', dims: ['n', 4] },
      { name: 'parts', kind: 'sequence' },
    ],
    nodes: [
      { op: 'Relu', inputs: ['input'], outputs: ['output'] },
      { op: 'SplitToSequence', inputs: ['input'], outputs: ['parts'] },
    ],
  };
  matches(await refusal(sequence), /^ERR_MODEL_TYPE .*'parts' is not a tensor/);
  const locale: ModelSpec = {
    ...same(STRING, ['n']),
    nodes: [
      {
        op: 'StringNormalizer',
        inputs: ['x'],
        outputs: ['y'],
        attributes: [text('case_change_action', 'LOWER'), text('locale', 'xx_YY.UTF-8')],
      },
    ],
  };
  matches(await refusal(locale), /^ERR_MODEL_LOCALE .*needs the locale xx_YY\.UTF-8.*localedef/);
});

test('float16: every value of sixteen bits is its own number, and numbers go to the nearest one', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const number = halfToNumber(bits);
    if (!Number.isNaN(number)) assert.is(numberToHalf(number), bits);
  }
  assert.equal(
    [0.1, 65519, 65520, 2 ** -25, 2 ** -25 * 1.01, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(numberToHalf),
    [0x2e66, 0x7bff, 0x7c00, 0, 1, 0x3c00, 0x3c02],
  );
});

test.run();
