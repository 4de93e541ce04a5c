import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { type ConvertTarget, convert, type PackOptions } from '#index.js';
import { startPeer } from '../../check/peer-server.js';
import { type Cell, differences, fill } from '../../interop/cell.js';
import { managedHost } from '../../interop/hosts.js';
import { withOurServer } from '../../interop/our-server.js';
import type { Row } from '../../interop/rows.js';
import type { Peer } from '../../support/peers.js';
import { type Files, withArchive } from '../samples.js';

/** What a row of the interop matrix makes of an archive: golden cases by URL, one by one and in a batch, an error, unregistered. */
export const rowOf = (archive: string, model: string): Row => ({
  name: model,
  model,
  archive,
  tarball: archive,
  wrong: { contentType: 'text/plain', body: 'not what it expects' },
  refused: {},
});

/** Converts an archive for a real server, and holds its answers there to those of the archive on ours. */
export async function sameOnPeer(
  peer: Peer,
  to: ConvertTarget,
  files: Files,
  options: Omit<PackOptions, 'modelPath' | 'exportPath'>,
): Promise<void> {
  await withArchive(files, options, async ({ archive, folder }) => {
    const { modelName } = options;
    const { output } = await convert(archive, { to, out: `${folder}/${modelName}-there.mar` });
    const server = await startPeer(peer, { MAR_NODE_PATH: `${process.cwd()}/node_modules` });
    try {
      const found = await fill(managedHost(server), rowOf(output, modelName));
      assert.is(found.refused, undefined, server.printed().slice(-3000));
      assert.equal(found.faults, []);
      assert.equal(differences(found, await oursOf(archive, modelName)), []);
    } finally {
      server.stop();
    }
  });
}

/** What our runner answers with the archive as it was. */
export function oursOf(archive: string, model: string): Promise<Cell> {
  return withOurServer(join(dirname(archive), 'store'), (host) => fill(host, rowOf(archive, model)));
}
