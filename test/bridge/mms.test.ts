import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { bridgedOn } from './bridge-suite.js';
import { exampleOn } from './example.js';

testUnless(missingPeer('mms'), test, 'a bridged archive answers on the real mms as it does here', () =>
  bridgedOn('mms'),
);

const missingPlatform =
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'native modules for linux-x64 are not here';
testUnless(
  missingPeer('mms') ?? missingPlatform,
  test,
  'the image classifier brings its native modules to the real mms',
  () => exampleOn('mms'),
);

test.run();
