import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readField, repeatedInputs } from '#cli/request/form-field.js';
import { bodyInputs } from '#protocol/body-inputs.js';
import { modelRequest } from '#testing/predict.js';
import { missingCommand } from '../../support/commands.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';

const FILES = { 'a.txt': 'hello', 'b;c.bin': 'odd', 'd e.png': '\x89PNG\r\n' };

/** Reads an input in a folder, with this on standard input. */
const read = (text: string, cwd: string, stdin = '') => readField(text, { cwd, stdin: Readable.from([stdin]) });

test(
  'inputs of a form: a text, a file, the text of a file, each with a type and a name',
  inFolder(FILES, async ({ path }) => {
    const file = join(path, 'a.txt');
    for (const [text, field] of [
      ['n=a=1', { name: 'n', bytes: Buffer.from('a=1') }],
      ['n=a; b, c', { name: 'n', bytes: Buffer.from('a; b, c') }],
      ['n=', { name: 'n', bytes: Buffer.from('') }],
      ['n="a;type=b"', { name: 'n', bytes: Buffer.from('a;type=b') }],
      ['n="a" and "b"', { name: 'n', bytes: Buffer.from('"a" and "b"') }],
      ['n=a@b', { name: 'n', bytes: Buffer.from('a@b') }],
      [
        'n={"a":[1]};type=application/json',
        { name: 'n', bytes: Buffer.from('{"a":[1]}'), contentType: 'application/json' },
      ],
      ['n=@a.txt', { name: 'n', file }],
      [
        'n=@a.txt;type=text/x; charset=utf-8;filename=y.z',
        { name: 'n', file, contentType: 'text/x; charset=utf-8', filename: 'y.z' },
      ],
      ['n=@a.txt;FileName="y;z" ; type=text/x', { name: 'n', file, contentType: 'text/x', filename: 'y;z' }],
      ['n=@"b;c.bin"', { name: 'n', file: join(path, 'b;c.bin') }],
      ['n=@b;c.bin', { name: 'n', file: join(path, 'b;c.bin') }],
      ['n=<a.txt', { name: 'n', bytes: Buffer.from('hello') }],
      ['n=<a.txt;type=text/x', { name: 'n', bytes: Buffer.from('hello'), contentType: 'text/x' }],
      ['n=@-', { name: 'n', bytes: Buffer.from('piped'), filename: '-' }],
      ['n=@-;filename=p.txt', { name: 'n', bytes: Buffer.from('piped'), filename: 'p.txt' }],
      ['n=<-', { name: 'n', bytes: Buffer.from('piped') }],
    ] as const)
      assert.equal(await read(text, path, 'piped'), field, text);
    const { message, hint } = await rejectsWith('ERR_USAGE', () => read('n=<gone.txt', path));
    assert.is(message, `The file ${join(path, 'gone.txt')} of the input 'n=<gone.txt' cannot be read.`);
    assert.match(hint ?? '', 'whose text is sent');
    for (const wrong of ['=x', 'x'])
      assert.match((await rejectsWith('ERR_USAGE', () => read(wrong, path))).message, 'NAME=@FILE');
    for (const attribute of ['headers', 'encoder'])
      assert.is(
        (await rejectsWith('ERR_USAGE', () => read(`n=@a.txt;${attribute}=x`, path))).message,
        `'n=@a.txt;${attribute}=x' has ;${attribute}=, which is not understood here.`,
      );
  }),
);

test('inputs of the same name are told, each once', () => {
  const field = (name: string) => ({ name, bytes: Buffer.from('1') });
  assert.equal(repeatedInputs([field('a'), field('b')]), []);
  assert.equal(
    repeatedInputs(['a', 'b', 'a', 'a'].map(field)).map((text) => text.split(',')[0]),
    ["the input 'a' is given 3 times"],
  );
});

/** What a server reads of the forms that curl sends. */
async function fromCurl(args: readonly string[], cwd: string) {
  const server = createServer(async (request, response) => {
    const inputs = bodyInputs(request.headers['content-type'] ?? '', await buffer(request));
    response.end(JSON.stringify(inputs.map(({ value, ...rest }) => ({ ...rest, value: String(value) }))));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    const run = promisify(execFile)('curl', ['-s', `http://127.0.0.1:${port}/`, ...args], { cwd });
    run.child.stdin?.end('piped');
    return JSON.parse((await run).stdout);
  } finally {
    server.close();
  }
}

testUnless(
  missingCommand('curl'),
  test,
  'a server reads of these forms what it reads of those of curl',
  inFolder(FILES, async ({ path }) => {
    const texts = [
      'n=a=1',
      'n=',
      'n="a;type=b"',
      'n="quoted \\"inside\\" \\\\"',
      'n=<a.txt',
      'n=<-',
      'n=@a.txt;type=text/x',
      'n=@a.txt;filename=y.txt',
      'n=@"b;c.bin";type=image/png',
      'n=@-;type=text/x',
      'n=@d e.png',
      'n=1;filename=x.txt',
    ];
    for (const text of texts) {
      const { contentType, body } = await modelRequest({ fields: [await read(text, path, 'piped')] });
      const ours = bodyInputs(contentType, body).map(({ value, ...rest }) => ({ ...rest, value: String(value) }));
      assert.equal(ours, await fromCurl(['-F', text], path), text);
    }
  }),
);

test.run();
