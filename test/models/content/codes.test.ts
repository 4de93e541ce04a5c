import { deflateSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { CODE_NAME, mayCarryCode } from '#models/content/codes.js';
import { followFile } from '#models/content/follow.js';
import { forgeZip } from '../../hostile/forge-zip.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const said = async (name: string, content: Buffer): Promise<string[]> =>
  (await followFile(contentOf(content), name)).codes.map(({ where, message }) =>
    where === '' ? message : `${where}: ${message}`,
  );
const layers = (...config: readonly object[]): string =>
  JSON.stringify({ class_name: 'Sequential', module: 'keras', config: { layers: config } });
const keras = (text: string): Buffer =>
  forgeZip([
    { name: 'metadata.json', data: latin('{}') },
    { name: 'config.json', data: latin(text) },
  ]);

const DENSE = { class_name: 'Dense', module: 'keras.layers', config: { activation: 'relu' } };
const LAMBDA = 'has a Lambda layer, whose code runs when the model is loaded';
const INSIDES = "has a template that reaches for Python's insides:";
const gguf = (template: string): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(8);
  head.writeUInt32LE(template.length, 4);
  return Buffer.concat([latin('GGUF\x03\x00\x00\x00tokenizer.chat_template'), head, latin(template)]);
};
const node = (operation: string): Buffer =>
  latin(`\x0a\x04name\x12${String.fromCharCode(operation.length)}${operation}\x1a\x01x`);

const PICKLE = latin('\x80\x04cos\nsystem\n\x8c\x0btouch fired\x85R.');
const HIDDEN = 'hides a pickle in its text, which uses os.system';

/** The import stands behind more than a line of base64. */
const LATE = Buffer.concat([latin(`\x80\x04\x8c\x50${'a'.repeat(80)}0`), PICKLE.subarray(2)]);
const lines = (text: string, length: number, end: string): string =>
  (text.match(new RegExp(`.{1,${length}}`, 'g')) ?? []).join(end);
const escapedBytes = (bytes: Buffer, sign: string): string =>
  [...bytes].map((byte) => sign + byte.toString(16).padStart(2, '0')).join('');
const safetensors = (header: string): Buffer => {
  const size = Buffer.alloc(8);
  size.writeUInt32LE(header.length);
  return Buffer.concat([size, latin(header)]);
};

const packed = (pack: (bytes: Buffer) => Buffer): Buffer =>
  latin(JSON.stringify({ v: pack(Buffer.concat([PICKLE, Buffer.alloc(99)])).toString('base64') }));

const CASES: readonly (readonly [what: string, name: string, content: Buffer, told: readonly string[]])[] = [
  ...['a.txt', 'a.cfg', 'a.ini', 'MLmodel'].map(
    (name) =>
      [
        `YAML that calls, called ${name}`,
        name,
        latin("a: !!python/object/apply:os.system ['x']"),
        ['has a tag that calls Python: !!python/object/apply:os.system'],
      ] as const,
  ),
  ['a Lambda layer beside a graph', 'keras_metadata.pb', latin('\n\x04root{"class_name": "Lambda"}'), [LAMBDA]],
  ['a Lambda layer whose name is escaped', 'a.h5', latin('\x89HDF\r\n\x1a\n{"class_name": "\\u004cambda"}'), [LAMBDA]],
  ...[false, true].map(
    (deflate) =>
      [
        `a file of PyTorch in base64, as Keras keeps it, ${deflate ? 'deflated' : 'stored'}`,
        'a.json',
        packed((bytes) =>
          forgeZip([
            { name: 'a/version', data: latin('3') },
            { name: 'a/data.pkl', data: bytes, deflate },
          ]),
        ),
        [HIDDEN],
      ] as const,
  ),
  ['a pickle in gzip in base64', 'a.json', packed((bytes) => gzipSync(bytes)), [HIDDEN]],
  ['a pickle in zlib in base64', 'a.json', packed((bytes) => deflateSync(bytes)), [HIDDEN]],
  ['gzip in base64 that is none', 'a.json', latin(`{"v": "H4sI${'A'.repeat(40)}"}`), []],
  [
    'YAML that calls',
    'a.yaml',
    latin("a: !!python/object/apply:os.system ['x']"),
    ['has a tag that calls Python: !!python/object/apply:os.system'],
  ],
  [
    'YAML with another handle',
    'a.yml',
    latin('%TAG !p! tag:yaml.org,2002:python/\n'),
    ['has a tag that calls Python: %TAG !p! tag:yaml.org,2002:python/'],
  ],
  [
    'YAML whose tag is written with escapes',
    'a.yaml',
    latin('a: !!python%2Fobject%2Fapply:os.system [x]\n'),
    ['has a tag that calls Python: !!python/object/apply:os.system'],
  ],
  [
    'YAML with half a handle',
    'a.yaml',
    latin('%TAG ! tag:yaml.org,2002:pyt\n---\n!hon/object/apply:os.system [x]\n'),
    ['has a tag that calls Python: %TAG ! tag:yaml.org,2002:pyt'],
  ],
  ['YAML with a handle of data', 'a.yaml', latin('%TAG ! tag:yaml.org,2002:\n---\n- !int 1\n'), []],
  [
    'jsonpickle, its slash escaped',
    'state.json',
    latin(String.raw`{"py\/reduce": []}`),
    ['has objects that jsonpickle makes by calling functions'],
  ],
  [
    'a Lambda layer, its key escaped',
    'model.json',
    latin(layers({ class_name: 'Lambda' }).replaceAll('class_name', String.raw`cl\u0061ss_name`)),
    [LAMBDA],
  ],
  ['YAML of data', 'a.yaml', latin('a: !!python/tuple [1]\nb: !!set {c}\nd: gASVAAAA\n'), []],
  ['a pickle in base64', 'any.json', latin(`{"a": "${PICKLE.toString('base64')}"}`), [HIDDEN]],
  ...['a.html', 'a.md', 'prompts/a.tmpl', 'a.txt', 'a.yaml', 'generation_config.json'].map(
    (name) =>
      [
        `a template called ${name}`,
        name,
        latin(JSON.stringify({ prompt: '{{ cycler.__init__.__globals__ }}' })),
        [`${INSIDES} .__init__`],
      ] as const,
  ),
  [
    'names of methods in a text and in the tags of a template',
    'a.md',
    latin("x.__init__ {% if '__init__' in methods %}"),
    [],
  ],
  [
    'a template in the header of a safetensors file',
    'm.safetensors',
    safetensors(JSON.stringify({ __metadata__: { a: '{{ x.__class__ }}' } })),
    [`${INSIDES} .__class__`],
  ],
  [
    'a pickle in base64 in the header of a safetensors file',
    'm.safetensors',
    safetensors(JSON.stringify({ __metadata__: { a: LATE.toString('base64') } })),
    [HIDDEN],
  ],
  ['a pickle in lines of base64', 'a.csv', latin(`1,${lines(LATE.toString('base64'), 76, '\n')}`), [HIDDEN]],
  [
    'a pickle in lines of base64 in JSON',
    'a.json',
    latin(JSON.stringify(lines(LATE.toString('base64'), 76, '\n'))),
    [HIDDEN],
  ],
  ['a pickle in pairs of digits', 'a.txt', latin(lines(LATE.toString('hex'), 2, ' ')), [HIDDEN]],
  ['a pickle in the escapes of Python', 'a.txt', latin(`b'${escapedBytes(LATE, '\\x')}'`), [HIDDEN]],
  ['a pickle in the escapes of JSON', 'a.json', latin(`["${escapedBytes(LATE, '\\u00')}"]`), [HIDDEN]],
  ['a pickle as a list of numbers', 'a.json', latin(JSON.stringify([...LATE])), [HIDDEN]],
  ['numbers that begin like a pickle', 'a.json', latin(JSON.stringify([128, 4, ...Array(60).keys()])), []],
  [
    'a handle of half the address of tags',
    'a.yaml',
    latin('%TAG !x! tag:yaml.org,\n'),
    ['has a tag that calls Python: %TAG !x! tag:yaml.org,'],
  ],
  [
    'a handle of all of it',
    'a.yaml',
    latin('%TAG !x! tag:yaml.org,2002:\n---\n!x!python/object/apply:os.system [x]\n'),
    ['has a tag that calls Python: !x!python/object/apply:os.system'],
  ],
  [
    'YAML that calls, called JSON',
    'a.json',
    latin('a: !!python/name:os.system'),
    ['has a tag that calls Python: !!python/name:os.system'],
  ],
  [
    'jsonpickle in lines',
    'a.jsonl',
    latin('{"a": 1}\n{"py/reduce": []}\n'),
    ['has objects that jsonpickle makes by calling functions'],
  ],
  ['a pickle in hexadecimal digits', 'notes.txt', latin(PICKLE.toString('hex')), [HIDDEN]],
  [
    'a harmless pickle in base64',
    'any.json',
    latin(`{"a": "${latin('\x80\x04]N0NaNaNaNaNaNaNaNaNaNa.').toString('base64')}"}`),
    [],
  ],
  ['jsonpickle', 'state.json', latin('{"py/reduce": []}'), ['has objects that jsonpickle makes by calling functions']],
  ['standard layers of Keras', 'm.keras', keras(layers(DENSE)), []],
  ['a Lambda layer', 'm.keras', keras(layers(DENSE, { class_name: 'Lambda', config: {} })), [`config.json: ${LAMBDA}`]],
  ['bytecode in a configuration', 'model.json', latin(layers({ class_name: '__lambda__', config: {} })), [LAMBDA]],
  [
    'a layer from another module',
    'm.keras',
    keras(layers({ class_name: 'system', module: 'os' })),
    [
      'config.json: has a layer from the module os, which is imported when the model is loaded',
      'config.json: names the function system in place of a layer',
    ],
  ],
  [
    'a function that is no layer',
    'm.keras',
    keras(layers({ class_name: 'function', module: 'keras.utils', config: 'get_file' })),
    ['config.json: names the function get_file in place of a layer'],
  ],
  [
    'a custom function by its name',
    'm.keras',
    keras(layers({ class_name: 'function', module: 'builtins', config: 'swish' })),
    [],
  ],
  ['a Lambda layer in HDF5', 'm.h5', latin(`\x89HDF\r\n\x1a\n....${layers({ class_name: 'Lambda' })}`), [LAMBDA]],
  [
    'a module of PyTorch in HDF5',
    'm.h5',
    latin(`\x89HDF\r\n\x1a\n{"class_name": "TorchModuleWrapper", "module": "${LATE.toString('base64')}"}`),
    [HIDDEN],
  ],
  ['standard layers in HDF5', 'm.h5', latin(`\x89HDF\r\n\x1a\n....${layers(DENSE)}`), []],
  [
    'a file operation in a SavedModel',
    'saved_model.pb',
    Buffer.concat([node('MatMul'), node('ReadFile'), node('ReadFileX')]),
    ['has the operation ReadFile, which touches files or runs Python'],
  ],
  ['operations of a SavedModel', 'saved_model.pb', Buffer.concat([node('MatMul'), node('RestoreV2')]), []],
  [
    'Python in TensorFlow Lite',
    'm.tflite',
    latin('\x1c\x00\x00\x00TFL3....FlexPyFunc\x00'),
    ['has the operation FlexPyFunc, which touches files or runs Python'],
  ],
  ['a template of a GGUF', 'm.gguf', gguf("{{ ''.__class__.__mro__ }}"), [`${INSIDES} .__class__`]],
  ['a harmless template of a GGUF', 'm.gguf', gguf('{% for m in messages %}{{ m.content | trim }}{% endfor %}'), []],
  [
    'a template of a tokenizer',
    'tokenizer_config.json',
    latin(JSON.stringify({ chat_template: [{ name: 'x', template: "{{ x | attr('y') }}" }] })),
    [`${INSIDES} | attr(`],
  ],
  ['a call in a template', 'a.jinja', latin('x{{ system("id") }}'), [`${INSIDES} system(`]],
  [
    'a call in a template, behind a text like its end',
    'a.jinja',
    latin('{{ "}}" ~ system("id") }}'),
    [`${INSIDES} system(`],
  ],
  ['a call in what a template puts out', 'a.jinja', latin('{{ x }} system("id") {% if y %}'), []],
  ['a template of its own', 'chat_template.jinja', latin('{% include "/etc/passwd" %}'), [`${INSIDES} {% include`]],
  [
    'TorchScript that writes a file',
    'm.pt',
    forgeZip([{ name: 'net/code/__torch__.py', data: latin('def forward(self, x):\n  torch.save(x, "a")\n') }]),
    ['net/code/__torch__.py: calls torch.save in its own code'],
  ],
];

for (const [what, name, content, told] of CASES)
  test(what, async () => {
    assert.equal(await said(name, content), told);
    const isOpened = CODE_NAME.test(name) && told.length > 0;
    if (isOpened) assert.ok(mayCarryCode(content, name), 'the search in front of it must not miss it');
  });

test('a text in which nothing stands that is looked for need not be opened', () => {
  assert.not(mayCarryCode(latin('the label of number 12'), 'labels/12.txt'));
  assert.not(mayCarryCode(latin('{"a": "b\\u0063"}'), 'index.json'));
  assert.not(mayCarryCode(latin('a: !!python/tuple [1]'), 'a.yaml'));
});

test.run();
