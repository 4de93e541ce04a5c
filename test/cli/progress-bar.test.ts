import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pythonFiles, zip } from '../check/sample-archives.js';
import { inFolder } from '../support/model-folder.js';
import { recordingPath } from '../support/recordings.js';
import { runMar } from '../support/run-mar.js';
import { spawnInTerminal } from '../support/served.js';

const ECHO = recordingPath('store/mms/echo.mar');
const LARGE = zip(pythonFiles({ 'weights.bin': Buffer.alloc(900_000, 'w') }));
const CLEAR = '\r\u001b[2K';
const BAR = /[█░]{24} +\d+% /;

/** Runs with a clock that goes on by 0.6 s with every look, so that everything takes longer than a bar waits. */
async function withFastClock(use: () => Promise<void>): Promise<void> {
  const { now } = Date;
  let time = now();
  Date.now = () => {
    time += 600;
    return time;
  };
  await use().finally(() => {
    Date.now = now;
  });
}

test(
  'mar extract draws what it has written on a terminal, and leaves nothing of the bar',
  inFolder({}, ({ path }) =>
    withFastClock(async () => {
      writeFileSync(join(path, 'a.mar'), LARGE);
      const run = (...flags: string[]) => runMar(['extract', 'a.mar', '-f', ...flags], { cwd: path, terminal: true });
      const { code, stderr } = await run();
      assert.is(code, 0);
      assert.match(stderr, /[█░]{24} +\d+% weights\.bin/);
      assert.is(stderr.slice(stderr.lastIndexOf(CLEAR)), CLEAR);
      assert.equal([(await run('--quiet')).stderr, (await run('--json')).stderr], ['', '']);
      assert.is((await runMar(['extract', 'a.mar', '-f'], { cwd: path })).stderr, '');
    }),
  ),
);

test(
  'mar serve-local draws what it unpacks, but nothing for programs, and for nobody with --quiet',
  inFolder({}, ({ path }) =>
    withFastClock(async () => {
      writeFileSync(join(path, 'cats.mar'), LARGE);
      const drawn = async (...flags: string[]): Promise<boolean> => {
        const stop = new AbortController();
        const { code, stderr } = await runMar(['serve-local', 'cats.mar', '--port', '0', '--workers', '1', ...flags], {
          cwd: path,
          terminal: true,
          signal: stop.signal,
          onStderr: (text) => void (text.includes('is registered') && stop.abort()),
        });
        assert.is(code, 0, stderr);
        assert.match(stderr, 'Model cats is registered');
        return BAR.test(stderr);
      };
      assert.is(await drawn(), true);
      for (const flags of [['--quiet'], ['--json'], ['--log-format', 'json']])
        assert.is(await drawn(...flags), false, flags.join(' '));
    }),
  ),
);

test('mar serve-local draws long downloads on a terminal, and no line of the log stands behind the bar', async () => {
  const content = readFileSync(ECHO);
  const open = new Map<string, { readonly response: ServerResponse; sent: number }>();
  const web = createServer(({ url = '' }, response) => {
    response.writeHead(200, { 'content-length': content.length });
    open.set(url, { response, sent: 0 });
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = web.address();
  const root = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  // Byte after byte, until the bar is there.
  const drip = setInterval(() => {
    for (const download of open.values())
      if (download.sent < content.length - 1) download.response.write(content.subarray(download.sent, ++download.sent));
  }, 20);
  const finish = (path: string): void => {
    const download = open.get(path);
    if (download) download.response.end(content.subarray(download.sent));
    open.delete(path);
  };
  const models = ['--models', `one=${root}/one.mar`, `two=${root}/two.mar`];
  const child = spawnInTerminal('mar', ['serve-local', ...models, '--port', '0', '--workers', '1']);
  const ended = once(child, 'exit');
  let shown = '';
  for await (const chunk of child.stdout) {
    shown += chunk;
    if (open.size === 2 && BAR.test(shown)) finish('/one.mar');
    if (shown.includes('Model one is registered')) finish('/two.mar');
    // As a person ends it.
    if (shown.includes('Inference API') && !shown.includes('^C')) child.stdin.write('\u0003');
  }
  await ended;
  clearInterval(drip);
  web.close();
  assert.match(shown, new RegExp(`[█░]{24} +\\d+% ${root}/(one|two)\\.mar`));
  const [before = '', afterwards = ''] = shown.split(/[\d:.TZ-]+ INFO +Model one is registered/);
  assert.is(before.slice(-CLEAR.length), CLEAR);
  assert.match(afterwards, 'Model two is registered');
  assert.not.match(afterwards.slice(afterwards.lastIndexOf(CLEAR) + CLEAR.length), /[█░]/);
});

test.run();
