import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench } from '#index.js';
import { noopArchives } from '../../bench/archives.js';
import { startServer } from '../../bench/peers.js';
import { firstPrediction } from '../../bench/ready.js';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';

const HELLO = { body: Buffer.from('hello'), contentType: 'text/plain' };
const PATHS = { mms: ['/predictions/noop', '/invocations'], torchserve: ['/predictions/noop'] } as const;

for (const peer of ['mms', 'torchserve'] as const) {
  testUnless(
    missingPeer(peer),
    test,
    `a real ${peer} is measured by its URL, and its processes by its own`,
    async () => {
      const store = await mkdtemp(join(tmpdir(), 'mar-bench-peer-'));
      try {
        const { python } = await noopArchives(store);
        const server = await startServer(peer, { modelStore: store, models: { noop: python }, workers: 1 });
        try {
          await firstPrediction(server, 'noop', HELLO);
          for (const path of PATHS[peer]) {
            const result = await bench(`${server.inferenceUrl}${path}`, {
              inputs: [{ bytes: HELLO.body, contentType: HELLO.contentType }],
              ...{ connections: 4, duration: 0.5, warmUp: 0.5, rounds: 3, pid: server.frontEnd() },
            });
            assert.equal([result.status, result.errors], ['complete', {}]);
            assert.ok(result.good > 0);
            assert.is(result.split, undefined, 'this server does not say how it spends the time');
            const names = result.processes.map(({ name }) => name);
            assert.is(names[0], 'front end');
            assert.ok(names.includes('worker 1'), String(names));
          }
        } finally {
          await server.stop();
        }
      } finally {
        await rm(store, { recursive: true, force: true });
      }
    },
  );
}

test.run();
