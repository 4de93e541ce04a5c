import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';

test('without a server: what flags would attach, as JSON in the shape of describe-accelerators', async () => {
  const args = ['eia', 'describe', '--accelerators', 'eia1.medium,ml.eia2.large', '--json'];
  const { code, stdout, stderr } = await runMar(args, { env: { EI_VISIBLE_DEVICES: '1' } });
  assert.equal([code, stderr], [0, '']);
  const { acceleratorSet } = JSON.parse(stdout);
  assert.equal(
    acceleratorSet.map(({ acceleratorType, acceleratorHealth, emulation }: Record<string, Record<string, unknown>>) => [
      ...[acceleratorType, acceleratorHealth?.['status'], emulation?.['ordinal'], emulation?.['context']],
    ]),
    [
      ['eia1.medium', 'healthy', 0, undefined],
      ['eia2.large', 'healthy', 1, 'eia:0'],
    ],
  );
});

test('for people: a block each, and no line passes for an accelerator', async () => {
  const { code, stdout } = await runMar(['eia', 'describe', '--accelerators', 'eia1.medium'], { env: {} });
  assert.is(code, 0);
  assert.match(
    stdout,
    /^Attached accelerators: 1, emulated on this machine\nDevice 0:\n {4}Type: {7}eia1\.medium\n {4}Id: {9}eia-[0-9a-f]{32}\n {4}Status: {5}healthy \(emulated\)\n {4}Context: {4}eia:0\n/,
  );
  assert.match(stdout, / {4}Run time: {3}mean 0 ms on nothing yet: not the time of an accelerator\n$/);
});

test('a wrong type and a malformed EI_VISIBLE_DEVICES are usage errors', async () => {
  for (const [types, visible, words] of [
    ['eia3.medium', undefined, "'eia3.medium' is not an accelerator type (did you mean 'eia1.medium'?)"],
    ['eia1.medium', 'one', "EI_VISIBLE_DEVICES is 'one': 'one' is neither an ordinal nor an id."],
  ] as const) {
    const env = visible === undefined ? {} : { EI_VISIBLE_DEVICES: visible };
    const { code, stdout, stderr } = await runMar(['eia', 'describe', '--accelerators', types], { env });
    assert.equal([code, stdout], [2, '']);
    assert.match(stderr, words);
  }
});

test('what is not the management API of ours is told from a server that cannot be reached and one that wants a token', async () => {
  const answers: [status: number, body: string, words: RegExp][] = [
    [200, 'hello', /does not answer as the management API of mar serve-local does/],
    [200, '{"acceleratorSet":[{"acceleratorId":"eia-1"}]}', /emulates no accelerators \(it answers 200\)/],
    [404, '{}', /emulates no accelerators \(it answers 404\)/],
    [401, '{}', /wants a token/],
  ];
  const tokens: unknown[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    const [status, body] = answers[tokens.length - 1] ?? [500, ''];
    response.writeHead(status, { connection: 'close' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const url = `http://127.0.0.1:${address.port}`;
  for (const [, , words] of answers) {
    const { code, stderr } = await runMar(['eia', 'describe', '--url', `${url}/`, '--token', 'k']);
    assert.is(code, 2);
    assert.match(stderr, words);
  }
  assert.equal(tokens, Array(4).fill('Bearer k'));
  await new Promise((resolve) => server.close(resolve));
  const { code, stderr } = await runMar(['eia', 'describe', '--url', url]);
  assert.is(code, 2);
  assert.match(stderr, /does not answer .*ECONNREFUSED/);
});

test.run();
