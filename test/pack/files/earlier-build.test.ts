import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compressor } from '#archive/writing/compression.js';
import { type PackOptions, type PackResult, pack } from '#index.js';
import { collectFiles } from '#pack/files/collect.js';
import { earlierBuilds } from '#pack/files/earlier-build.js';
import { takeIn } from '#pack/files/take-in.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const FILES = { 'm/service.py': 'def handle(d, c):\n    return d\n', 'm/weights.bin': 'weights', 'm/out/.keep': '' };

function packer(cwd: string): (options?: Partial<PackOptions>) => Promise<PackResult> {
  return (options = {}) =>
    pack({ modelName: 'net', modelPath: 'm', handler: 'service:handle', cwd, force: true, ...options });
}
const paths = ({ entries }: PackResult): string[] => entries.map(({ path }) => path);
const leftOut = ({ leftOut: list }: PackResult): [string, string][] => list.map(({ path, reason }) => [path, reason]);

test(
  'an archive in the model directory is no part of itself: the next build is the same, byte for byte',
  inFolder(FILES, async ({ path }) => {
    const build = packer(path);
    for (const exportPath of ['m', 'm/out']) {
      for (const archiveFormat of ['default', 'tgz', 'zip-store', 'no-archive'] as const) {
        const first = await build({ exportPath, archiveFormat });
        const file = archiveFormat === 'no-archive' ? join(first.target, 'MAR-INF/MANIFEST.json') : first.target;
        const bytes = readFileSync(file);
        const second = await build({ exportPath, archiveFormat });
        assert.equal(readFileSync(file), bytes, `${archiveFormat} in ${exportPath}`);
        assert.equal(paths(second), ['service.py', 'weights.bin', 'MAR-INF/MANIFEST.json']);
        const own = `${exportPath === 'm' ? '' : 'out/'}net${{ default: '.mar', 'zip-store': '.mar', tgz: '.tar.gz', 'no-archive': '/' }[archiveFormat]}`;
        assert.equal(leftOut(second).find(([name]) => name === own)?.[1], 'output of this build');
      }
    }
  }),
);

test(
  'earlier archives are known by their content, whatever their name and model; other zips and tars are packed',
  inFolder(FILES, async ({ path, write }) => {
    const build = packer(path);
    await build({ modelName: 'old', exportPath: 'm', archiveFormat: 'tgz' });
    await build({ modelName: 'old', exportPath: 'm', archiveFormat: 'no-archive' });
    const { target } = await build({ modelName: 'old', exportPath: 'm/out' });
    renameSync(target, join(path, 'm/backup.bin'));
    const data = await build({ modelName: 'data', archiveFormat: 'tgz' });
    write({ 'm/half.tar.gz': readFileSync(data.target).subarray(0, 100), 'm/broken.zip': 'PK\x03\x04 not a zip' });
    const result = await build();
    assert.equal(paths(result), ['broken.zip', 'half.tar.gz', 'service.py', 'weights.bin', 'MAR-INF/MANIFEST.json']);
    assert.equal(
      leftOut(result).filter(([, reason]) => reason === 'archive of the model old'),
      [
        ['old/', 'archive of the model old'],
        ['backup.bin', 'archive of the model old'],
        ['old.tar.gz', 'archive of the model old'],
      ],
    );
  }),
);

test(
  'an archive that is asked for by name is packed; the one that is being written never is',
  inFolder(FILES, async ({ path }) => {
    const build = packer(path);
    await build({ modelName: 'old', exportPath: 'm', archiveFormat: 'tgz' });
    await build({ modelName: 'other', exportPath: 'm' });
    const brought = await build({ exclude: ['!old.tar.gz', '!other.mar'] });
    assert.equal(paths(brought).slice(0, 2), ['old.tar.gz', 'other.mar']);
    const named = await build({ extraFiles: 'm/old.tar.gz' });
    assert.is(paths(named)[0], 'old.tar.gz');
    assert.not(paths(await build({ extraFiles: 'm/*.gz' })).includes('old.tar.gz'), 'a pattern names nothing');
    const itself = await build({ exportPath: 'm', exclude: ['!*.mar'], extraFiles: 'm/other.mar' });
    const again = await build({ exportPath: 'm', exclude: ['!*.mar'], extraFiles: 'm/net.mar,m/other.mar' });
    assert.equal(again.entries, itself.entries);
    assert.not(paths(again).includes('net.mar'));
  }),
);

test(
  'force replaces nothing in the model directory that is no earlier archive',
  inFolder({ ...FILES, 'm/net.tar.gz': 'data of the model' }, async ({ path }) => {
    const build = packer(path);
    const error = await rejectsWith('ERR_TARGET_EXISTS', () => build({ exportPath: 'm', archiveFormat: 'tgz' }));
    assert.match(error.message, /is a file of the model directory and not an earlier archive/);
    assert.is(readFileSync(join(path, 'm/net.tar.gz'), 'utf8'), 'data of the model');
    mkdirSync(join(path, 'o'));
    const { entries } = await build({ exportPath: 'o', archiveFormat: 'tgz' });
    assert.is(entries[0]?.path, 'net.tar.gz');
  }),
);

test(
  'an interruption while an archive is looked at stops the build',
  inFolder(FILES, async ({ path }) => {
    await packer(path)({ modelName: 'old', exportPath: 'm', archiveFormat: 'tgz' });
    const { files } = collectFiles(join(path, 'm'), () => undefined);
    const sources = await takeIn(files, compressor('auto'), undefined);
    assert.is((await earlierBuilds(sources, undefined)).size, 1);
    await rejectsWith('ERR_INTERRUPTED', () => earlierBuilds(sources, AbortSignal.abort()));
  }),
);

test.run();
