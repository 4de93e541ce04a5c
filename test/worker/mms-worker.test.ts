import { launchPeer } from '../support/launch-peer.js';
import { missingPeer } from '../support/peers.js';
import { workerContract } from './contract.js';

workerContract({
  name: "Multi Model Server's worker",
  runtime: 'python',
  peer: true,
  launcher: launchPeer('mms'),
  missing: missingPeer('mms'),
});
