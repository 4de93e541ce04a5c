import * as assert from 'uvu/assert';
import { startPeer } from '../check/peer-server.js';
import { manifest, zip } from '../check/sample-archives.js';
import type { Peer } from '../support/peers.js';
import { ENTRY_CASES, FILE_CASES, spelledOut } from './python-cases.js';

/** Loads every case of python-cases.ts into a real server and holds the table to what answers. */
export async function compareWithServer(peer: Peer): Promise<void> {
  const server = await startPeer(peer);
  const differences: string[] = [];
  try {
    for (const [index, [name, found]] of Object.entries({ ...FILE_CASES, ...ENTRY_CASES }).entries()) {
      const { handler, files, calls, except = {} } = spelledOut(found);
      const archive = zip({ ...files, 'MAR-INF/MANIFEST.json': manifest({ handler }) });
      const { prediction, body, answer } = await server.attempt(`case-${index}.mar`, archive);
      const called = prediction === 200 ? body : undefined;
      if (called !== (peer in except ? undefined : calls)) differences.push(`${name}: ${called ?? answer}`);
    }
  } finally {
    server.stop();
  }
  assert.equal(differences, []);
}
