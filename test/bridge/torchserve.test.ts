import { existsSync } from 'node:fs';
import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { bridgedOn, bundledOn } from './bridge-suite.js';
import { exampleOn } from './example.js';

testUnless(missingPeer('torchserve'), test, 'a bridged archive answers on the real torchserve as it does here', () =>
  bridgedOn('torchserve'),
);

const missingPlatform =
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'native modules for linux-x64 are not here';
testUnless(
  missingPeer('torchserve') ?? missingPlatform,
  test,
  'the image classifier brings its native modules to the real torchserve',
  () => exampleOn('torchserve'),
);

const NODE = process.env['MAR_TEST_NODE_22'] ?? '';
testUnless(
  missingPeer('torchserve') ??
    missingPlatform ??
    (existsSync(NODE) ? undefined : 'MAR_TEST_NODE_22 does not name a Node 22'),
  test,
  'a Node in the archive runs on the real torchserve, which has none',
  () => bundledOn('torchserve', NODE),
);

test.run();
