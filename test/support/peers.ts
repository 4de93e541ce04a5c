import { existsSync } from 'node:fs';

/** The real software that some tests run beside ours; .ci/run installs it, CONTRIBUTING.md says how to do it by hand. */
export type Peer = 'mms' | 'torchserve';

const VARIABLES: Record<Peer, string> = { mms: 'MAR_TEST_MMS_PYTHON', torchserve: 'MAR_TEST_TORCHSERVE_PYTHON' };

/**
 * The Python of the virtual environment that holds a peer: its `bin` folder has the peer's programs beside it.
 * `MAR_TEST_MMS_PYTHON` has multi-model-server and model-archiver, `MAR_TEST_TORCHSERVE_PYTHON` has torchserve,
 * torch-model-archiver and CPU torch.
 */
export function peerPython(peer: Peer): string | undefined {
  const python = process.env[VARIABLES[peer]];
  return python !== undefined && existsSync(python) ? python : undefined;
}

/** For `testUnless`: why a peer cannot be used here, or undefined when it can. */
export function missingPeer(peer: Peer): string | undefined {
  return peerPython(peer) === undefined ? `${VARIABLES[peer]} does not name a Python with ${peer}` : undefined;
}
