import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, writeModel } from '../support/runner.js';
import { serveLocal, spawnBin } from '../support/served.js';

/** Says as many lines as the request asks for, and answers. */
const TALKATIVE = `export const handle = (batch) => batch.map((row) => {
  for (let line = 0; line < Number(row.body); line += 1) console.log('a line of the log, number ' + line);
  return 'said';
});`;

test('a log that nobody reads holds up neither requests nor the exit', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mar-log-'));
  try {
    await writeModel(root, 'm', TALKATIVE);
    // The compiler behind tsx, which runs for sources that are new, shares standard error and makes it block: not in the second start.
    await (await serveLocal([join(root, 'm'), '--workers', '1'])).stop();
    const addresses = ['--inference-address', 'http://127.0.0.1:0', '--management-address', 'http://127.0.0.1:0'];
    const child = spawnBin('mar', ['serve-local', join(root, 'm'), '--workers', '1', '--json', ...addresses]);
    child.stderr?.pause();
    const exited = once(child, 'exit');
    const [line] = await Promise.race([once(child.stdout ?? child, 'data'), exited]);
    const { inferenceUrl } = JSON.parse(String(line));
    const body = 'Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n20000';
    for (let round = 0; round < 3; round += 1) {
      const answer = await exchange(inferenceUrl, `POST /predictions/m HTTP/1.1\r\nHost: x\r\n${body}`);
      assert.match(answer, /\r\n\r\nsaid$/);
    }
    child.kill('SIGTERM');
    assert.equal(await exited, [0, null]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test.run();
