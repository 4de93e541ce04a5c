import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predict } from '#index.js';
import { withPacked } from '../support/packed.js';
import { runMar } from '../support/run-mar.js';

/** Answers with each input as it came, bytes marked, and with the headers that the tests send. */
const HANDLER = `
export function handle(batch, context) {
  return batch.map((inputs, index) => ({
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [name, Buffer.isBuffer(value) ? 'bytes ' + value : value]),
    ),
    header: context.getRequestHeader(index, 'x-tone') ?? null,
  }));
}`;

const withEcho = (files: Readonly<Record<string, string>>, use: Parameters<typeof withPacked>[1]): Promise<void> =>
  withPacked({ 'service.js': HANDLER, ...files }, use);

test('mar predict -F sends several inputs, files with their type; -H sends a header', () =>
  withEcho({}, async (archive, directory) => {
    await writeFile(join(directory, 'a.json'), '[1, 2]');
    await writeFile(join(directory, 'b.bin'), 'raw');
    const argv = ['predict', archive, '-F', 'list=@a.json', '-F', 'raw=@b.bin', '-F', 'n=3'];
    const typed = ['-F', 'x={"y":[1]};type=application/json', '-F', 'note=@b.bin;type=text/plain'];
    const { code, stdout, stderr } = await runMar([...argv, ...typed, '-H', 'X-Tone: loud'], { cwd: directory });
    assert.is(code, 0, stderr);
    assert.equal(JSON.parse(stdout), {
      inputs: { list: [1, 2], raw: 'bytes raw', n: 'bytes 3', x: { y: [1] }, note: 'raw' },
      header: 'loud',
    });
  }));

test('mar predict --data sends JSON or text from the command line, or a file', () =>
  withEcho({}, async (archive, directory) => {
    await writeFile(join(directory, 'a.json'), '{"from": "file"}');
    const cases: [data: string, body: unknown][] = [
      ['{"a": [1]}', { a: [1] }],
      ['plain words', 'plain words'],
      ['@a.json', { from: 'file' }],
    ];
    for (const [data, expected] of cases) {
      const { stdout } = await runMar(['predict', archive, '-d', data], { cwd: directory });
      assert.equal(JSON.parse(stdout).inputs.body, expected, data);
    }
    const typed = await runMar(['predict', archive, '-d', '[1]', '-H', 'Content-Type: text/plain']);
    assert.is(JSON.parse(typed.stdout).inputs.body, '[1]');
  }));

test('mar predict reads a body and an input of a form from standard input', () =>
  withEcho({}, async (archive) => {
    const inputsOf = async (...argv: string[]): Promise<unknown> => {
      const { stdout, stderr } = await runMar(['predict', archive, ...argv], { stdin: '{"a": 1}' });
      assert.is(stderr, '');
      return JSON.parse(stdout).inputs;
    };
    assert.equal(await inputsOf('-'), { body: { a: 1 } });
    assert.equal(await inputsOf('-d', '@-'), { body: { a: 1 } });
    assert.equal(await inputsOf('-F', 'n=@-', '-F', 'm=2'), { n: { a: 1 }, m: 'bytes 2' });
  }));

test('mar predict says that an input is given twice', () =>
  withEcho({}, async (archive) => {
    const { stdout, stderr } = await runMar(['predict', archive, '-F', 'a=1', '-F', 'a=2']);
    assert.match(stderr, /^warning: the input 'a' is given 2 times, and all are sent: a handler gets the last one/);
    assert.equal(JSON.parse(stdout).inputs, { a: 'bytes 2' });
  }));

const mistakes: Record<string, [argv: string[], message: RegExp]> = {
  nothing: [[], /There is nothing to send\.\nhint: Give one of a file/],
  'a body twice': [['in.json', '-d', '[1]'], /The request is given twice: INPUT and --data/],
  'a form beside a body': [['-F', 'a=1', '-d', '[1]'], /given twice: --form and --data/],
  'a field without a value': [['-F', 'a'], /'a' is not an input of a form, expected NAME=VALUE or NAME=@FILE/],
  'a body given twice by --data': [
    ['-d', 'a=1', '-d', 'b=2'],
    /given twice: --data a=1 and --data b=2\.\nhint: .*--form/,
  ],
  'JSON in place of a file': [
    ['[1, 2]'],
    /There is no file \[1, 2\]\.\nhint: A body from the command line is given with --data/,
  ],
  'a content type for a form': [
    ['-F', 'a=1', '--content-type', 'image/png'],
    /A form is sent as multipart\/form-data, and its content type is given as 'image\/png'/,
  ],
  'a header that says a content type for a form': [['-F', 'a=1', '-H', 'content-type: x/y'], /is given as 'x\/y'/],
  "curl's --data-binary": [['--data-binary', '@-'], /unknown option '--data-binary'[\s\S]*hint: .*--data @-/],
  "curl's -T": [['-T', '-'], /unknown option '-T'\nhint: A file is named without a flag/],
  'a header without a colon': [['-d', '[1]', '-H', 'Accept'], /'Accept' is not a header, expected 'Name: value'/],
  'a file that is not there': [['-F', 'a=@absent.png'], /The input .*absent\.png cannot be read/],
};
for (const [what, [argv, message]] of Object.entries(mistakes)) {
  test(`mar predict with ${what} is exit code 2`, () =>
    withEcho({}, async (archive, directory) => {
      const { code, stderr } = await runMar(['predict', archive, ...argv], { cwd: directory });
      assert.match(stderr, message);
      assert.is(code, 2);
    }));
}

test('the API takes fields and headers', () =>
  withEcho({}, async (archive) => {
    const fields = [
      { name: 'a "b"', bytes: Buffer.from('[1]'), contentType: 'application/json' },
      { name: 'c', bytes: Buffer.from('--mar\r\n') },
    ];
    const { body, requestContentType } = await predict(archive, { fields, headers: { 'x-tone': 'soft' } });
    assert.equal(JSON.parse(String(body)), { inputs: { 'a "b"': [1], c: 'bytes --mar\r\n' }, header: 'soft' });
    assert.match(requestContentType, /^multipart\/form-data; boundary=/);
  }));

test('a golden case may have several inputs and headers; a missing file is named by case and validator', () => {
  const good = {
    request: {
      inputs: {
        a: { json: [1] },
        b: { text: '3' },
        c: { file: 'c.txt' },
        d: { text: '[2]', contentType: 'application/json' },
      },
      headers: { 'x-tone': 'deep' },
    },
    expect: { json: { inputs: { a: [1], b: 'bytes 3', c: 'sea', d: [2] }, header: 'deep' } },
  };
  const files = {
    'MAR-INF/tests/a.json': JSON.stringify(good),
    'MAR-INF/tests/b.json': JSON.stringify({ request: { inputs: { 'x/y': { file: 'absent.png' } } }, expect: {} }),
    'MAR-INF/tests/c.json': JSON.stringify({ request: { text: '', inputs: { a: { text: '' } } }, expect: {} }),
    'MAR-INF/tests/c.txt': 'sea',
  };
  return withEcho(files, async (archive) => {
    const { code, stdout } = await runMar(['test', archive]);
    assert.is(code, 1);
    assert.match(stdout, /^ok {3}MAR-INF\/tests\/a\.json/m);
    assert.match(stdout, 'the request file MAR-INF/tests/absent.png is not in the archive');
    assert.match(stdout, '/request/text must not be there beside the others');
    assert.match(stdout, '1 of 3 golden cases of echo passed.');
    const validated = await runMar(['validate', archive, '--json']);
    const { findings } = JSON.parse(validated.stdout).archives[0];
    const missing = findings.find(({ rule }: { rule: string }) => rule === 'MAR502');
    assert.match(missing.message, 'MAR-INF/tests/b.json sends absent.png, which is not in the archive');
    assert.is(missing.at.pointer, '/request/inputs/x~1y/file');
  });
});

test('what is known of a large output is compared: its shape, its first elements, its mean', () => {
  const handler =
    'export const handle = (batch) => batch.map(() => ({ y: [[1, 2, 3], [4, 5, 9]], flag: [true, false], s: 7 }));';
  const expecting = (tensors: unknown) =>
    JSON.stringify({ request: { json: 1 }, expect: { tensors, tolerance: 0.01 } });
  const files = {
    'service.js': handler,
    'MAR-INF/tests/a.json': expecting({
      y: { shape: [2, 3], first: [1, 2.005], mean: 4 },
      flag: { first: [true] },
      s: { shape: [], first: [7] },
    }),
    'MAR-INF/tests/b.json': expecting({ y: { shape: [3, 2], first: [1.5], mean: 3 }, z: { shape: [] } }),
    'MAR-INF/tests/c.json': expecting({ flag: { mean: 0.5 } }),
  };
  return withEcho(files, async (archive) => {
    const { stdout } = await runMar(['test', archive]);
    assert.match(stdout, /^ok {3}MAR-INF\/tests\/a\.json/m);
    for (const difference of [
      'the shape of $.y[0] is 2, expected 3',
      '$.y[0] is 1, expected 1.5 ± 0.01',
      'the mean of $.y is 4, expected 3 ± 0.01',
      "the answer has no output 'z'",
      'the mean of $.flag is absent, expected 0.5',
    ])
      assert.match(stdout, difference);
    assert.match(stdout, '1 of 3 golden cases');
  });
});

test.run();
