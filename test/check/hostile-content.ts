import { bytes, encodeOnnx, msg, num, varint } from '../models/onnx/encode-onnx.js';
import { type Files, manifest, modelFiles, PYTHON_HANDLER, pythonFiles, scriptFiles } from './sample-archives.js';

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const python = (body: string): Files => pythonFiles({ 'service.py': body });
const script = (body: string): Files => scriptFiles({ 'service.mjs': body });
const raw = (text: string): Files => pythonFiles({ 'MAR-INF/MANIFEST.json': text });
const config = (text: string): Files => pythonFiles({ 'c.yaml': text }, { configFile: 'c.yaml' });
const pickle = (content: Buffer): Files => pythonFiles({ 'model.pkl': content });

/** Archives whose container is sound and whose content tries to exhaust whoever parses it. */
export const HOSTILE_CONTENT: Readonly<Record<string, Files>> = {
  'manifest nested 200,000 deep': raw(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
  'manifest nested inside a member': raw(
    `{"model":{"modelName":"a","handler":"service:handle","extensions":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`,
  ),
  'manifest with 200,000 unknown fields': raw(
    `{${many(200_000, (index) => `"k${index}":1,`)}"model":{"modelName":"a","handler":"service:handle"}}`,
  ),
  'manifest with one field 200,000 times': raw(
    `{${'"runtime":"python",'.repeat(200_000)}"model":{"modelName":"a","handler":"service:handle"}}`,
  ),
  'manifest with 200,000 digests of nothing': raw(
    `{"model":{"modelName":"a","handler":"service:handle","extensions":{"modelArchiver":{"version":"2","entries":{${many(200_000, (index) => `${index ? ',' : ''}"f${index}":{"size":1,"sha256":"0"}`)}}}}}}`,
  ),
  'manifest with a key named __proto__': raw(
    '{"__proto__":{"x":1},"constructor":1,"model":{"modelName":"a","handler":"service:handle","__proto__":[]}}',
  ),
  'handler name of a million characters': pythonFiles({}, { handler: `${'a/'.repeat(500_000)}b:${'c'.repeat(1000)}` }),
  'model name of a million characters': pythonFiles({}, { modelName: `${'-'.repeat(1_000_000)}\n` }),

  'python with 200,000 brackets': python(`x = ${'('.repeat(200_000)}\n${PYTHON_HANDLER}`),
  'python nested 3,000 blocks deep': python(
    `${many(3000, (index) => `${' '.repeat(index)}if x:\n`)}${' '.repeat(3000)}pass\n`,
  ),
  'python with 30,000 functions': python(many(30_000, (index) => `def f${index}(): pass\n`)),
  'python with 100,000 errors': python('def f(:\n'.repeat(100_000)),
  'python of a sum of 200,000 terms': python(`x = ${'1 + '.repeat(200_000)}1\n${PYTHON_HANDLER}`),
  'python of one long line': python(`x = ${'1 + '.repeat(500_000)}1\n`),
  'python with a string that never ends': python(`x = """${'a'.repeat(2_000_000)}`),
  'python with 50,000 imports': python(many(50_000, (index) => `import m${index}\n`)),
  'python of tuples behind as': python('with a as ('.repeat(100_000)),
  'python of zero bytes': python('\0'.repeat(1_000_000)),

  'script with 50,000 brackets': script(`export const handle = ${'['.repeat(50_000)}`),
  'script with 50,000 blocks': script(
    `${'{'.repeat(50_000)}${'}'.repeat(50_000)}\nexport function handle(b) { return b; }`,
  ),
  'script with a chain of 20,000 calls': script(`export const handle = a${'.b()'.repeat(20_000)};`),
  'script that exports in a circle': script('const a = b, b = a; export { a as handle };'),
  'script whose classes extend each other': script(
    'class A extends B {}\nclass B extends A {}\nexport { A as handle };',
  ),
  'script with 5,000 imports': script(
    `${many(5000, (index) => `import 'm${index}';\n`)}export function handle(b) { return b; }`,
  ),
  'source map with sources that do not exist': scriptFiles({
    'service.mjs': 'export function handle() { return 1; }\n',
    'service.mjs.map': '{"version":3,"sources":[null,5],"names":[],"mappings":"ACAA;;;;AEAA,UAAU"}',
  }),
  'source map with a million mappings': scriptFiles({
    'service.mjs.map': `{"version":3,"sources":["a.ts"],"mappings":"${'AAAA,'.repeat(1_000_000)}"}`,
  }),

  'onnx with a million empty nodes': modelFiles(
    Buffer.concat([
      num(1, 8),
      msg(8, bytes(1, ''), num(2, 17)),
      msg(7, Buffer.alloc(2_000_000, Buffer.from([0x0a, 0]))),
    ]),
  ),
  'onnx with 100,000 operators': modelFiles({
    nodes: Array.from({ length: 100_000 }, (_, index) => ({
      op: `Op${index}`,
      inputs: ['input'],
      outputs: [`o${index}`],
    })),
  }),
  'onnx that announces a petabyte': modelFiles(Buffer.concat([num(1, 8), varint(7 * 8 + 2), varint(2 ** 50)])),
  'onnx with external data outside': modelFiles({
    initializers: [
      { name: 'w', dims: [2 ** 40, 2 ** 40], external: { location: '../../../etc/passwd', offset: 'NaN' } },
    ],
  }),
  'onnx nested 5,000 deep': modelFiles(
    Array.from({ length: 5000 }).reduce<Buffer>((inner) => msg(7, msg(1, msg(5, msg(6, inner)))), encodeOnnx()),
  ),

  'yaml of aliases that multiply': config(
    `a0: &a0 [x, x]\n${many(30, (index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}, *a${index}]\n`)}`,
  ),
  'yaml of 20,000 sequences in one line': config(`${'- '.repeat(20_000)}x\n`),
  'yaml nested 50,000 deep': config('['.repeat(50_000)),
  'pickle of 8 MB of imports': pickle(Buffer.from('ca\nb\n'.repeat(1_600_000))),
  'pickle with a text of 4 GB': pickle(Buffer.from([0x80, 4, 0x58, 0xff, 0xff, 0xff, 0xff, 0x61])),
  'torch file whose directory points outside': pythonFiles({
    'model.pt': Buffer.concat([
      Buffer.from('PK\x03\x04'),
      Buffer.alloc(40),
      Buffer.from('PK\x05\x06'),
      Buffer.alloc(12, 0xff),
      Buffer.alloc(6, 0xff),
    ]),
  }),
  'labels of 10 MB of empty lines': modelFiles({}, { 'synset.txt': '\n'.repeat(10_000_000) }),
  'golden case of 20 MB': scriptFiles({ 'MAR-INF/tests/a.json': `"${'x'.repeat(20_000_000)}"` }),
  'yaml with an alias to nothing': config('a: *nope\n'),
  'pickle that hides its import behind a POP': pickle(
    Buffer.from('\x80\x04\x8c\x02os\x8c\x06system\x8c\x01x0\x93\x8c\x02id\x85R.', 'latin1'),
  ),
  'golden case nested 100,000 deep': scriptFiles({ 'MAR-INF/tests/a.json': '['.repeat(100_000) }),
  'golden case that is a folder name': scriptFiles({
    'MAR-INF/tests/a.json': '{"request":{"file":"../../../../etc/passwd"},"expect":{}}',
  }),
  'service configuration nested deeply': pythonFiles(
    { 'service.py': undefined, 'service.json': `{"classes":{"labels":${'['.repeat(50_000)}` },
    { handler: 'tensor' },
    { runtime: 'nodejs' },
  ),
  'two manifests': { 'MANIFEST.json': manifest(), 'MAR-INF/MANIFEST.json': manifest(), 'service.py': PYTHON_HANDLER },
};
