import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { bridgedOn } from './bridge-suite.js';

testUnless(missingPeer('mms'), test, 'a bridged archive answers on the real mms as it does here', () =>
  bridgedOn('mms'),
);

test.run();
