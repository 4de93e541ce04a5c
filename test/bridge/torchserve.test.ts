import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { bridgedOn } from './bridge-suite.js';

testUnless(missingPeer('torchserve'), test, 'a bridged archive answers on the real torchserve as it does here', () =>
  bridgedOn('torchserve'),
);

test.run();
