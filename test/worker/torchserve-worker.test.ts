import { launchPeer } from '../support/launch-peer.js';
import { missingPeer } from '../support/peers.js';
import { workerContract } from './contract.js';

workerContract({
  name: "TorchServe's worker",
  runtime: 'python',
  peer: true,
  launcher: launchPeer('torchserve'),
  missing: missingPeer('torchserve'),
});
