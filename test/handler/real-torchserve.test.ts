import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { compareWithServer } from './compare-servers.js';

testUnless(missingPeer('torchserve'), test, 'the real torchserve calls what the table of Python references says', () =>
  compareWithServer('torchserve'),
);

test.run();
