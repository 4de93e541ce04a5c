import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classifier, detector, textModel, tokenizer } from '../init/sample-models.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { missingCommand } from '../support/commands.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { type Served, serveLocal } from '../support/served.js';
import { testUnless } from '../support/test-unless.js';

const curl = promisify(execFile);
const test = suite<{ folder: Folder; served: Served }>('bad input');

const INT64 = 7;
const tensors = (...inputs: { name: string; type: number; dims: (string | number)[] }[]): Buffer =>
  encodeOnnx({
    inputs,
    outputs: inputs.map((input) => ({ ...input, name: `${input.name}_out` })),
    nodes: inputs.map(({ name }) => ({ op: 'Identity', inputs: [name], outputs: [`${name}_out`] })),
  });

const archive = (name: string, handler: string, files: Readonly<Record<string, string | Buffer>>) =>
  Object.entries({
    'MAR-INF/MANIFEST.json': JSON.stringify({ runtime: 'nodejs', model: { modelName: name, handler } }),
    ...files,
  }).map(([path, content]): [string, string | Buffer] => [`${name}/${path}`, content]);

const NAMES = ['one', 'two', 'image', 'boxes', 'text'];
const FILES = Object.fromEntries([
  ...archive('one', 'tensor', { 'm.onnx': tensors({ name: 'x', type: 1, dims: ['n', 2] }) }),
  ...archive('two', 'tensor', {
    'm.onnx': tensors({ name: 'a', type: 1, dims: ['n', 2] }, { name: 'b', type: INT64, dims: ['n'] }),
  }),
  ...archive('image', 'image_classifier', { 'm.onnx': classifier }),
  ...archive('boxes', 'object_detector', { 'm.onnx': detector }),
  ...archive('text', 'text_classifier', { 'm.onnx': textModel, 'tokenizer.json': tokenizer }),
]);
/** What curl sends by `@`, beside the archives. */
const SENT = {
  'list.json': '[[1,2]]\n',
  'object.json': '{"x":[[1,2]]}',
  'marked.json': '\ufeff[[1,2]]',
  'text.json': '{"text":"the film"}',
  'floats.bin': Buffer.from(Float32Array.of(1, 2).buffer),
  'twelve.bin': Buffer.from('ff00fe01fd02fc03fb04fa05', 'hex'),
  empty: '',
};

const JSON_TYPE = ['-H', 'Content-Type: application/json'];
const BYTES = ['-H', 'Content-Type: application/octet-stream'];
const json = (body: string): string[] => [...JSON_TYPE, '-d', body];
const shaped = (shape: string): string[] => [
  ...BYTES,
  '-H',
  `x-tensor-shape: ${shape}`,
  '--data-binary',
  '@floats.bin',
];
const FORM = /400 .*application\/x-www-form-urlencoded, as curl -d sends it/;
const TAKES = 'the model takes float32[n,2]';

/** `200` and a part of the answer, or the status and the message. */
type Row = readonly [model: string, args: readonly string[], expected: string | RegExp];

const ROWS: readonly Row[] = [
  ['one', ['-T', 'list.json'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-T', 'object.json'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-T', 'marked.json'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-F', 'x=[[1,2]]'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-F', 'x=@list.json;type=application/json'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-d', 'x=[[1,2]]'], '200 {"x_out":[[1,2]]}'],
  ['one', ['-T', 'floats.bin'], '200 {"x_out":[[1,2]]}'],
  ['one', shaped('x=1,2'), '200 {"x_out":[[1,2]]}'],
  ['one', json('[["Infinity",2]]'), '200 {"x_out":[["Infinity",2]]}'],
  ['one', ['-F', 'x=[[1,2]]', '-F', 'model_name=one'], '200 {"x_out":[[1,2]]}'],

  ['one', ['-d', '[[1,2]]'], FORM],
  ['one', ['-d', '[[1,2]]'], /send JSON with the header Content-Type: application\/json; the model takes x: float32/],
  ['one', ['-F', 'x=@list.json'], /400 .*'x' came as application\/octet-stream and is JSON.*type=application\/json'/],
  ['one', [...BYTES, '--data-binary', '@object.json'], /400 .*'x' came as application\/octet-stream and is JSON/],
  ['one', ['-F', 'x=[[1,'], /400 .*'x' came without a Content-Type and looks like JSON that is broken/],
  ['one', ['-H', 'Content-Type: multipart/form-data; boundary=b', '-d', 'x'], /400 .*no field that can be read/],
  ['one', ['-H', 'Content-Type: image/png', '-d', 'x'], /415 .*'x' came as image\/png, expected the Content-Type/],
  ['one', ['-H', 'Content-Type: nonsense', '-d', '[[1,2]]'], /415 .*'x' came as nonsense, expected/],
  ['one', ['-T', 'empty'], /400 the request has no body; the model takes x: float32\[n,2\]/],
  ['one', ['-X', 'GET'], /400 the request has no body/],
  ['one', json('[[1,2'), /400 .*'body' is not valid JSON/],
  ['one', json('[[1,2],[3]]'), `400 the input 'x' is ragged: a list of 1 at [1], expected 2; ${TAKES}`],
  ['one', json('[["1","2"]]'), `400 the input 'x' holds "1" at [0][0], expected a number; ${TAKES}`],
  [
    'one',
    json('[[1e999,2]]'),
    `400 the input 'x' holds a number beyond 1.8e308 at [0][0], expected a number; ${TAKES}`,
  ],
  ['one', json('null'), `400 the input 'x' is null, expected nested lists; ${TAKES}`],
  ['one', json('{"x":{"a":1}}'), `400 the input 'x' is {"a":1}, expected nested lists; ${TAKES}`],
  ['one', json('{"q":[[1,2]]}'), "400 the input 'x' is missing; the model takes x: float32[n,2]"],
  ['one', json('{"x":[[1,2]],"q":1}'), "400 the model has no input 'q'; the model takes x: float32[n,2]"],
  [
    'one',
    json('{"x":[[1,2]],"x":[[3,4]]}'),
    `400 the input 'x' is sent twice in one JSON object, expected once; ${TAKES}`,
  ],
  ['one', json('{"x":[[1,2]],"\\u0078":[[3,4]]}'), /400 the input 'x' is sent twice in one JSON object/],
  ['one', json('{"x":[[1,2]]}'), '200 {"x_out":[[1,2]]}'],
  ['one', ['-F', 'x=[[1,2]]', '-F', 'x=[[3,4]]'], `400 the input 'x' is sent 2 times, expected once; ${TAKES}`],
  [
    'one',
    [...BYTES, '--data-binary', '@twelve.bin'],
    `400 the input 'x' has 12 bytes, expected a multiple of 8; ${TAKES}`,
  ],
  ['one', shaped('2,2'), `400 the input 'x' has 8 bytes, expected 16 for the shape [2,2]; ${TAKES}`],
  ['one', shaped('-1,2'), /400 .*'x' is given the shape '-1,2' by x-tensor-shape, expected whole numbers from 0/],
  ['one', shaped('99999999999999999999,2'), /400 .*'x' is given the shape '99999999999999999999,2'/],
  [
    'one',
    shaped('9999999999,2'),
    `400 the input 'x' has 8 bytes, expected 79999999992 for the shape [9999999999,2]; ${TAKES}`,
  ],
  ['one', shaped('x=1,2; q=3'), /400 x-tensor-shape gives a shape for 'q', which is not an input/],
  ['one', shaped('x=1,2; x=2,1'), /400 x-tensor-shape gives the input 'x' two shapes, expected one/],
  ['one', shaped('q=1'), /400 x-tensor-shape gives a shape for 'q', which is not an input/],

  ['two', ['-F', 'a=[[1,2]]', '-F', 'b=[1]'], '200 {"a_out":[[1,2]],"b_out":[1]}'],
  ['two', json('[[1,2]]'), /400 the model has several inputs: send a JSON object with the header/],
  ['two', json('{"a":[[1,2]]}'), "400 the input 'b' is missing; the model takes a: float32[n,2], b: int64[n]"],
  ['two', json('{"a":[[1,2]],"b":[1.5]}'), /400 the input 'b' holds 1\.5 at \[0\], expected a whole number that int64/],
  ['two', json('{"a":[[1,2]],"b":[9223372036854775808]}'), /400 the input 'b' holds 9223372036854775808 at \[0\]/],
  ['two', shaped('1,2'), /400 x-tensor-shape is '1,2', expected the shapes by name, such as a=2,3/],

  ...['image', 'boxes'].flatMap((model): Row[] => [
    [model, ['-d', '[[1,2]]'], FORM],
    [model, ['-d', '[[1,2]]'], /send an image with its own type, such as Content-Type: image\/jpeg/],
    [model, ['-X', 'GET'], /400 the input is empty, expected an image/],
    [model, ['-T', 'list.json'], /400 the image cannot be decoded, expected JPEG/],
    [model, json('{"data":"zz!!"}'), /400 the input is a text that is not base64, expected an image/],
    [model, json('{"data":5}'), /400 the input is number, expected an image/],
    [
      model,
      json('{"data":"AAAA","data":"AAAA"}'),
      "400 the input 'data' is sent twice in one JSON object, expected once",
    ],
    [model, ['-F', 'q=@twelve.bin', '-F', 'q=@twelve.bin'], "400 the input 'q' is sent 2 times, expected once"],
  ]),

  ['text', ['-H', 'Content-Type: text/plain', '-d', 'the film'], /^200 .*"class":"1"/],
  ['text', ['-T', 'text.json'], /^200 \[\{"probability":0\.731/],
  ['text', ['-d', 'text=the film'], /^200 \[\{"probability":0\.731/],
  ['text', ['-F', 'any=the film'], /^200 \[\{"probability":0\.731/],
  ['text', ['-d', 'the film'], FORM],
  ['text', ['-T', 'list.json'], /400 the request came without a Content-Type and is JSON, expected a text/],
  ['text', ['-T', 'twelve.bin'], /400 the input 'text' is not UTF-8/],
  ['text', ['-H', 'Content-Type: image/png', '-d', 'x'], /415 the input 'body' came as image\/png, expected a text/],
  ['text', json('{"text":5}'), /400 the input 'text' is a number, expected a text/],
  ['text', json('["a","b"]'), /400 the input 'text' is a list, expected a text/],
  ['text', json('{"text":"the","text_pair":5}'), /400 the input 'text_pair' is a number, expected a text/],
  ['text', json('{"text":"the","txet_pair":"film"}'), /400 the input 'txet_pair' is not known, expected a text/],
  [
    'text',
    json('{"text":"the","text":"film"}'),
    "400 the input 'text' is sent twice in one JSON object, expected once",
  ],
  ['text', ['-F', 'text=the', '-F', 'text=film'], "400 the input 'text' is sent 2 times, expected once"],
  ['text', json('{"text":""}'), '400 the input is a text without tokens, expected one at least'],
  ['text', ['-X', 'GET'], /400 the input 'text' is empty, expected a text/],
];

test.before(async (context) => {
  context.folder = layFolder({ ...FILES, ...SENT });
  context.served = await serveLocal(['--workers', '1', ...NAMES.map((name) => join(context.folder.path, name))]);
});
test.after(async ({ folder, served }) => {
  await served.stop();
  folder.remove();
});

/** The status, and the answer without spaces or the message of a refusal. */
async function ask(url: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await curl('curl', ['-s', '-m', '60', '-w', '\n%{http_code}', url, ...args], { cwd });
  const cut = stdout.lastIndexOf('\n');
  const [body, status] = [JSON.parse(stdout.slice(0, cut)), stdout.slice(cut + 1)];
  return `${status} ${status === '200' ? JSON.stringify(body) : body.message}`;
}

testUnless(
  missingCommand('curl'),
  test,
  'every request is answered, or told what is wrong with it',
  async (context) => {
    const { folder, served } = context;
    for (const [model, args, expected] of ROWS) {
      const found = await ask(`${served.inference}/predictions/${model}`, args, folder.path);
      const what = `${model} ${args.join(' ')}: ${found}`;
      if (typeof expected === 'string') assert.is(found, expected, what);
      else assert.match(found, expected, what);
    }
  },
);

testUnless(missingCommand('curl'), test, 'no worker was lost over it', ({ served }) => {
  const started = served.log().match(/worker \S+ of model \S+ is ready/gi);
  assert.is(started?.length, NAMES.length, served.log());
});

test.run();
