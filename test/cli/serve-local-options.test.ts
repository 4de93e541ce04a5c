import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';

for (const [name, args, expected] of [
  ['a port above 65535', ['--inference-address', 'http://127.0.0.1:70000'], /a port is at most 65535/],
  [
    'an address that is none',
    ['--inference-address', 'h e r e'],
    /expected http:\/\/HOST:PORT.*unix:\/PATH\.\nhint: Correct .*\n$/,
  ],
  ['a port alone', ['--inference-address', '8080'], /hint: Did you mean http:\/\/127\.0\.0\.1:8080\?/],
  ['an address without a scheme', ['--inference-address', '[::1]:80'], /hint: Did you mean http:\/\/\[::1\]:80\?/],
  ['a path alone', ['--inference-address', '/run/x.sock'], /hint: Did you mean unix:\/run\/x\.sock\?/],
  ['an archive that does not exist', ['none.mar'], /none\.mar does not exist in /],
  [
    'a model store that does not exist',
    ['--model-store', 'none'],
    /model store .*none cannot be used: it does not exist\./,
  ],
  [
    'a model store that is a file',
    ['--model-store', 'package.json'],
    /cannot be used: it is a file, expected a folder/,
  ],
  [
    'a configuration that does not exist',
    ['--mms-config', 'none'],
    /file \S*none of --mms-config cannot be read: it does not exist\.\nhint: Correct .*\n$/,
  ],
  [
    'a directory that is not packed',
    ['docs'],
    /error: docs has no MAR-INF.MANIFEST\.json.*\nhint: Pack it first: mar build docs\n/,
  ],
  [
    'a URL that cannot be reached',
    ['http://127.0.0.1:1/x.mar'],
    /error: http:\/\/127\.0\.0\.1:1\/x\.mar was not reached: /,
  ],
  ['workers that are no number', ['--workers', 'two'], /whole number/],
  ['an unknown flag', ['--worker', '2'], /--workers/],
] as const) {
  test(`${name}: exit code 2 and a sentence`, async () => {
    const free = ['--management-address', 'http://127.0.0.1:0'];
    const inference = args.some((arg) => arg === '--inference-address')
      ? []
      : ['--inference-address', 'http://127.0.0.1:0'];
    const { code, stderr } = await runMar(['serve-local', ...free, ...inference, ...args]);
    assert.is(code, 2);
    assert.match(stderr, expected);
  });
}

test('a temporary directory that is not there: exit code 2, its name and where it is set', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/no/such/place';
  try {
    const { code, stderr } = await runMar(['serve-local', '--inference-address', 'http://127.0.0.1:0']);
    assert.is(code, 2);
    assert.match(stderr, /^error: .* temporary directory \/no\/such\/place: it does not exist\.\nhint: .*TMPDIR/);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('--print-config shows every value with its origin, as text and as JSON', async () => {
  const text = await runMar(['serve-local', '--print-config', '--workers', '3']);
  assert.is(text.code, 0);
  assert.match(text.stdout, /^default_workers_per_model +3 +\(--workers\)$/m);
  const json = await runMar(['serve-local', '--print-config', '--json', '--workers', '3']);
  const { values } = JSON.parse(json.stdout);
  assert.ok(
    values.some(
      (value: { key: string; origin: string }) => value.key === 'max_request_size' && value.origin === 'default',
    ),
  );
});

test('--port sets both addresses, under an explicit one for management, and not beside --inference-address', async () => {
  const addresses = async (...args: string[]) => {
    const { code, stdout, stderr } = await runMar(['serve-local', '--print-config', ...args]);
    assert.is(code, 0, stderr);
    return [...stdout.matchAll(/^(?:inference|management)_address +(\S+) +\((\S+)\)$/gm)].map(([, url, from]) => [
      url,
      from,
    ]);
  };
  assert.equal(await addresses('--port', '9000'), [
    ['http://127.0.0.1:9000', '--port'],
    ['http://127.0.0.1:9001', '--port'],
  ]);
  assert.equal(await addresses('--port', '0', '--management-address', 'unix:/run/m'), [
    ['http://127.0.0.1:0', '--port'],
    ['unix:/run/m', '--management-address'],
  ]);
  const both = await runMar(['serve-local', '--port', '1', '--inference-address', 'http://127.0.0.1:2']);
  assert.is(both.code, 2);
  assert.match(both.stderr, '--port 1 and --inference-address http://127.0.0.1:2 are given; expected one of the two.');
});

test.run();
