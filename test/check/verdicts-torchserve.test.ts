import { test } from 'uvu';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { compareVerdicts } from './compare-verdicts.js';

testUnless(missingPeer('torchserve'), test, 'our verdict is that of the real torchserve, disagreements apart', () =>
  compareVerdicts('torchserve'),
);

test.run();
