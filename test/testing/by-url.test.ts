import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startPeer } from '../check/peer-server.js';
import { pythonFiles, zip } from '../check/sample-archives.js';
import { layFolder } from '../support/model-folder.js';
import { missingPeer } from '../support/peers.js';
import { runMar } from '../support/run-mar.js';
import { testUnless } from '../support/test-unless.js';

const HANDLER = `import json

def shown(value):
    return bytes(value).decode() if isinstance(value, (bytes, bytearray)) else value

def handle(data, context):
    if data is None:
        return None
    answers = []
    for index, row in enumerate(data):
        if "refuse" in row:
            context.set_response_status(418, "no", index) if hasattr(context, "get_all_request_header") else context.set_response_status(418, idx=index)
        tone = context.get_request_header(index, "x-tone")
        answers.append(json.dumps({"inputs": {name: shown(row[name]) for name in sorted(row)}, "tone": tone}))
    return answers
`;

/** Every kind of request that a case can have. */
const CASES = {
  json: { request: { json: { a: [1, 2.5] } }, expect: { json: { inputs: { body: { a: [1, 2.5] } }, tone: null } } },
  header: {
    request: { text: 'plain', headers: { 'x-tone': 'loud' } },
    expect: { json: { inputs: { body: 'plain' }, tone: 'loud' } },
  },
  form: {
    request: { inputs: { note: { text: 'a text' }, list: { json: [1] }, raw: { file: 'raw.bin' } } },
    expect: { json: { inputs: { list: [1], note: 'a text', raw: 'RAW' }, tone: null } },
  },
  status: { request: { inputs: { refuse: { text: 'x' } } }, expect: { status: 418 } },
  wrong: { request: { json: 1 }, expect: { json: { inputs: { body: 2 }, tone: 'x' } } },
};

const ARCHIVE = zip(
  pythonFiles({
    'service.py': HANDLER,
    'MAR-INF/tests/raw.bin': 'RAW',
    ...Object.fromEntries(
      Object.entries(CASES).map(([name, golden]) => [`MAR-INF/tests/${name}.json`, JSON.stringify(golden)]),
    ),
  }),
);

for (const peer of ['mms', 'torchserve'] as const) {
  testUnless(missingPeer(peer), test, `mar test --url replays every kind of case on the real ${peer}`, async () => {
    const folder = layFolder({ 'echo.mar': ARCHIVE });
    const server = await startPeer(peer);
    try {
      await copyFile(join(folder.path, 'echo.mar'), join(server.store, 'echo.mar'));
      const query = 'url=echo.mar&model_name=echo&initial_workers=1&synchronous=true';
      const registered = await fetch(`${server.management}/models?${query}`, { method: 'POST' });
      assert.is(registered.status, 200, await registered.text());
      const url = `${server.inference}/predictions/echo`;
      const run = await runMar(['test', join(folder.path, 'echo.mar'), '--url', url]);
      assert.is(run.code, 1);
      assert.is(
        run.stdout.replaceAll(/ \d+ ms$/gm, ''),
        `ok   MAR-INF/tests/form.json
ok   MAR-INF/tests/header.json
ok   MAR-INF/tests/json.json
ok   MAR-INF/tests/status.json
FAIL MAR-INF/tests/wrong.json
     $.inputs.body is 1, expected 2 ± 0.0001
     $.tone is null, expected "x"
4 of 5 golden cases of cats passed.
`,
      );
    } finally {
      server.stop();
      folder.remove();
    }
  });
}

/** Runs the case `json` against a server that answers so. */
async function against(listener: RequestListener, flags: readonly string[] = []) {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const folder = layFolder({
    'echo.mar': zip(pythonFiles({ 'MAR-INF/tests/json.json': JSON.stringify(CASES.json) })),
  });
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/predictions/echo`;
    return { url, ...(await runMar(['test', join(folder.path, 'echo.mar'), '--url', url, ...flags])) };
  } finally {
    folder.remove();
    server.closeAllConnections();
    server.close();
  }
}

test('a server that answers a page, sends elsewhere or does not answer in time fails the case with a sentence', async () => {
  const page = await against((_, response) => response.setHeader('content-type', 'text/html').end('<html></html>'));
  assert.is(page.code, 1);
  assert.match(
    page.stdout,
    'a page of HTML with status 200, expected an answer of the model with 200: another program',
  );
  let asked = 0;
  const elsewhere = await against((_, response) => {
    asked += 1;
    response.writeHead(302, { location: '/other' }).end();
  });
  assert.equal([elsewhere.code, asked], [1, 1]);
  assert.match(elsewhere.stdout, 'status 302, expected 200: (empty)');
  const late = await against(() => {}, ['--timeout', '1']);
  assert.is(late.code, 1);
  assert.match(late.stdout, `${late.url} did not answer within 1 s.`);
});

test('a connection that is closed, and an address of something else, are exit code 2', async () => {
  const closed = await against((request) => request.socket.destroy());
  assert.is(closed.code, 2);
  assert.match(closed.stderr, `${closed.url} does not answer: `);
  for (const url of ['localhost:8080', 'ftp://127.0.0.1/x', 'model.mar']) {
    const folder = layFolder({ 'echo.mar': ARCHIVE });
    const run = await runMar(['test', join(folder.path, 'echo.mar'), '--url', url]);
    folder.remove();
    assert.is(run.code, 2, url);
    assert.match(run.stderr, `'${url}' is not the address of a model on a server`);
    assert.match(run.stderr, 'hint: Give all of it: http://127.0.0.1:8080/predictions/NAME.');
  }
});

test.run();
