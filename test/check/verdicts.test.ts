import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import { missingPeer, type Peer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { LOADABLE } from './loadable-archives.js';
import { startPeer } from './peer-server.js';

/**
 * Where our verdict differs from the real server on purpose: it loads the archive, and nobody should want that.
 * A line that is no longer true fails the test.
 */
const DISAGREEMENTS: Readonly<Record<Peer, Readonly<Record<string, string>>>> = {
  mms: {
    'bad-slip': 'MMS writes outside its directory',
    'bad-hidden-entry': 'an entry that the central directory does not list is unpacked',
    'bad-other-name': 'the local name wins over the listed one',
  },
  torchserve: {
    'bad-hidden-entry': 'an entry that the central directory does not list is unpacked',
    'bad-other-name': 'the local name wins over the listed one',
  },
};

async function compare(peer: Peer): Promise<void> {
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

test('there are at least 40 archives, good and broken', () => {
  const names = Object.keys(LOADABLE);
  assert.ok(names.length >= 40, String(names.length));
  assert.ok(names.filter((name) => !name.startsWith('bad-')).length >= 20);
});

test('docs/validation.md lists every disagreement, and no other', () => {
  const page = readFileSync(new URL('../../docs/validation.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([\w-]+)` +\| (mms|torchserve) /gm)].map(
    ([, name, peer]) => `${peer} ${name}`,
  );
  const known = Object.entries(DISAGREEMENTS).flatMap(([peer, names]) =>
    Object.keys(names).map((name) => `${peer} ${name}`),
  );
  assert.equal(listed.sort(), known.sort());
});

for (const peer of ['mms', 'torchserve'] as const)
  testUnless(missingPeer(peer), test, `our verdict is that of the real ${peer}, disagreements apart`, () =>
    compare(peer),
  );

test.run();
