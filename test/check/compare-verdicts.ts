import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import type { Peer } from '../support/peers.js';
import { LOADABLE } from './loadable-archives.js';
import { startPeer } from './peer-server.js';

/**
 * Where our verdict differs from the real server on purpose: it loads the archive, and nobody should want that.
 * A line that is no longer true fails the test.
 */
export const DISAGREEMENTS: Readonly<Record<Peer, Readonly<Record<string, string>>>> = {
  mms: {
    'bad-duplicate-entry': 'the last of two entries wins',
    'bad-link-out': 'the link becomes a text file',
    'bad-slip': 'MMS writes outside its directory',
    'bad-hidden-entry': 'an entry that the central directory does not list is unpacked',
    'bad-other-name': 'the local name wins over the listed one',
  },
  torchserve: {
    'bad-duplicate-entry': 'the last of two entries wins',
    'bad-link-out': 'the link becomes a text file',
    'bad-hidden-entry': 'an entry that the central directory does not list is unpacked',
    'bad-other-name': 'the local name wins over the listed one',
  },
};

/** Loads every archive into the real server and holds our verdict to what it does. */
export async function compareVerdicts(peer: Peer): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'mar-verdicts-'));
  const server = await startPeer(peer);
  const differences: Record<string, string> = {};
  try {
    for (const [name, archive] of Object.entries(LOADABLE)) {
      const path = join(root, `${name}.mar`);
      writeFileSync(path, archive);
      const { archives } = await validate([path], { target: [peer] });
      const { loaded, prediction, answer } = await server.attempt(`${name}.mar`, archive);
      const works = loaded && prediction !== undefined && prediction < 500;
      if (works !== archives[0]?.passed) {
        const ours = archives[0]?.findings.map((finding) => `${finding.rule} ${finding.severity}`).join(', ');
        differences[name] =
          `really ${works ? 'works' : 'fails'} (${prediction ?? answer}), ours: ${ours || 'no findings'}`;
      }
    }
  } finally {
    server.stop();
    rmSync(root, { recursive: true, force: true });
  }
  assert.equal(
    Object.keys(differences).sort(),
    Object.keys(DISAGREEMENTS[peer]).sort(),
    JSON.stringify(differences, null, 2),
  );
}
