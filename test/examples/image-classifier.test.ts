import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { livingIn } from '../support/process-group.js';
import { serveLocal, spawnBin } from '../support/served.js';
import { testUnless } from '../support/test-unless.js';

const curl = promisify(execFile);
const model = fileURLToPath(new URL('../../examples/image-classifier/model', import.meta.url));
const cat = join(model, 'MAR-INF/tests/chelsea.png');

interface Folder {
  path: string;
}
const test = suite<Folder>('examples/image-classifier');

test.before(async (context) => {
  context.path = await mkdtemp(join(tmpdir(), 'mar-example-'));
  const packed = spawnBin('model-archiver', [
    ...['--model-name', 'resnet-152', '--model-path', model, '--handler', 'service.ts', '--accelerator', 'eia1.medium'],
    ...['--export-path', context.path],
  ]);
  const [code] = await once(packed, 'exit');
  assert.is(code, 0);
  assert.equal(await readdir(context.path), ['resnet-152.mar']);
});

test.after(async ({ path }) => {
  await rm(path, { recursive: true, force: true });
});

testUnless(missingCommand('curl'), test, "the post's session, with real curl", async ({ path }) => {
  const web = createServer((request, response) => {
    if (request.url === '/resnet-152-eia.mar') createReadStream(join(path, 'resnet-152.mar')).pipe(response);
    else response.writeHead(404).end();
  });
  await once(web.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/resnet-152-eia.mar`;
  const served = await serveLocal(['--models', `resnet-152=${url}`]);
  const group = served.process.pid ?? 0;
  try {
    const scaled = await curl('curl', [
      ...['-s', '-X', 'PUT'],
      `${served.management}/models/resnet-152?min_worker=1&synchronous=true`,
    ]);
    assert.match(JSON.parse(scaled.stdout).status, /^Workers scaled/);

    const predicted = await curl('curl', ['-s', '-X', 'POST', `${served.inference}/predictions/resnet-152`, '-T', cat]);
    const top: { probability: number; class: string }[] = JSON.parse(predicted.stdout);
    assert.is(top.length, 5);
    for (const entry of top) assert.equal(Object.keys(entry), ['probability', 'class']);
    const classes = top.map((entry) => entry.class);
    assert.equal(classes.slice(0, 4), [
      'n02123159 tiger cat',
      'n02124075 Egyptian cat',
      'n02123045 tabby, tabby cat',
      'n02127052 lynx, catamount',
    ]);

    const refused = await curl('curl', [
      '-s',
      '-w',
      '%{http_code}',
      `${served.inference}/predictions/resnet-152`,
      '-d',
      'not an image',
    ]);
    assert.match(refused.stdout, /400$/);
    const again = await curl('curl', ['-s', `${served.inference}/predictions/resnet-152`, '-T', cat]);
    assert.equal(JSON.parse(again.stdout), top);
  } finally {
    assert.is(await served.stop(), 0);
    web.close();
  }
  assert.equal(livingIn(group), []);
});

test.run();
