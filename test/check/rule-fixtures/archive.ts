import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { forgeTgz } from '../../hostile/forge-tar.js';
import { manifest, PYTHON_HANDLER, SCRIPT_HANDLER, scriptFiles } from '../sample-archives.js';
import { attack, good, handler, type Plant, type RuleFixture } from './fixture.js';

const digest = (sha256: string, path = 'service.mjs') => ({
  entries: { [path]: { size: SCRIPT_HANDLER.length, sha256 } },
});

const REAL_DIGEST = createHash('sha256').update(SCRIPT_HANDLER).digest('hex');

const tgz: Plant = (path) =>
  writeFileSync(
    path,
    forgeTgz([
      { name: 'MAR-INF/MANIFEST.json', data: manifest() },
      { name: 'service.py', data: PYTHON_HANDLER },
    ]),
  );

const container = (name: string): RuleFixture => ({ fires: attack(name), silent: good });

/** Fixtures of the rules about the container, its entries and digests. */
export const ARCHIVE_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR101: container('zip-text'),
  MAR102: container('zip-half'),
  MAR103: container('zip-count-low'),
  MAR104: container('zip-split'),
  MAR105: container('zip-zip64-contradicts'),
  MAR106: container('zip-end-in-comment'),
  MAR107: container('zip-prefix'),
  MAR108: container('zip-suffix'),
  MAR109: container('zip-hidden-entry'),
  MAR110: container('zip-overlap'),
  MAR111: container('zip-local-name'),
  MAR112: container('zip-size-beyond'),
  MAR113: container('zip-encrypted'),
  MAR114: container('zip-method-bzip2'),
  MAR115: container('zip-stored-descriptor'),
  MAR116: container('zip-slip'),
  MAR117: container('zip-absolute'),
  MAR118: container('zip-nul'),
  MAR119: container('zip-windows-device'),
  MAR120: container('zip-link'),
  MAR121: container('zip-pipe'),
  MAR122: container('zip-duplicate'),
  MAR123: container('zip-case-clash'),
  MAR124: container('zip-deflate-longer'),
  MAR125: container('zip-crc-stored'),
  MAR126: container('zip-deflate-broken'),
  MAR127: container('zip-zip64-count'),
  MAR128: container('zip-zip64-size'),
  MAR129: container('zip-bomb-ratio'),
  MAR130: container('zip-path-1100'),
  MAR131: { fires: scriptFiles({}, digest('0'.repeat(64))), silent: scriptFiles({}, digest(REAL_DIGEST)) },
  MAR132: { fires: scriptFiles({}, digest(REAL_DIGEST, 'gone.txt')), silent: scriptFiles({}, digest(REAL_DIGEST)) },
  MAR133: {
    fires: scriptFiles({ 'added.txt': 'x' }, digest(REAL_DIGEST)),
    silent: scriptFiles({}, digest(REAL_DIGEST)),
  },
  MAR134: {
    fires: tgz,
    silent: good,
  },
  MAR137: { fires: good, silent: tgz },
  MAR138: {
    fires: handler(`TABLE = '${'x'.repeat(600_000)}'\n${PYTHON_HANDLER}`),
    silent: handler(`TABLE = '${'x'.repeat(60_000)}'\n${PYTHON_HANDLER}`),
  },
  MAR135: container('directory-link-dangling'),
  MAR140: container('zip-link-absolute'),
  MAR141: container('zip-unmarked'),
  MAR136: container('zip-descriptor-empty'),
  MAR139: container('tgz-suffix'),
};
