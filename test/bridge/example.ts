import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { pack, serve, validate } from '#index.js';
import { layFolder } from '../support/model-folder.js';
import type { Peer } from '../support/peers.js';
import { ask, register, unregister, withPeer } from './compare-servers.js';

const MODEL = fileURLToPath(new URL('../../examples/image-classifier/model', import.meta.url));

/** The image classifier with the native modules of this platform in the archive, on a server that has Node on PATH and nothing else. */
export async function exampleOn(peer: Peer): Promise<void> {
  const folder = layFolder();
  try {
    const options = { modelName: 'cat', modelPath: MODEL, handler: 'service.ts', exportPath: folder.path } as const;
    const { target, entries } = await pack({ ...options, target: peer, vendor: 'linux-x64' });
    const paths = entries.map(({ path }) => path);
    assert.ok(paths.some((path) => path.endsWith('/linux/x64/libonnxruntime.so.1')));
    assert.equal(
      paths.filter((path) => /darwin|win32|arm64|musl|\.d\.ts$|\.map$/.test(path.replace(/^service\.mjs\.map$/, ''))),
      [],
    );
    const { archives } = await validate([target], { target: [peer] });
    assert.equal(
      archives[0]?.findings
        .filter(({ targets }) => targets[peer] !== 'note')
        .map(({ rule, message }) => [rule, message]),
      [],
    );
    const photograph = readFileSync(join(MODEL, 'MAR-INF/tests/chelsea.png'));
    const ours = await serve({ archives: [target], port: 0 });
    const expected = await ours.ready
      .then(() => ask(ours.inferenceUrl, 'cat', 'image/png', photograph))
      .finally(() => ours.close());
    await withPeer(peer, {}, async (server) => {
      copyFileSync(target, join(server.store, 'cat.mar'));
      await register(server, 'cat');
      const found = await ask(server.inference, 'cat', 'image/png', photograph);
      assert.equal(found, expected);
      assert.is(JSON.parse(found.body)[0].class, 'n02123159 tiger cat');
      const broken = await ask(server.inference, 'cat', 'image/png', 'not an image');
      assert.is(broken.status, 400, broken.body);
      await unregister(server, 'cat');
    });
  } finally {
    folder.remove();
  }
}
