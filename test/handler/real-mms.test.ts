import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { compareWithServer } from './compare-servers.js';

testUnless(missingPeer('mms'), test, 'the real mms calls what the table of Python references says', () =>
  compareWithServer('mms'),
);

test.run();
