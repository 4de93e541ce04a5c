import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writtenForm } from '#archive/formats.js';
import { compressor } from '#archive/writing/compression.js';
import type { Manifest } from '#manifest/manifest.js';
import { writeArchive } from '../../src/pack/write-archive.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const MIB = 2 ** 20;

/** A manifest of about so many bytes. */
const manifest = (size: number): Manifest => ({
  runtime: 'python',
  model: { modelName: 'x', handler: 'service:handle', description: 'd'.repeat(size) },
  modelServerVersion: '1.0',
  implementationVersion: '1.0',
  specificationVersion: '1.0',
});

test(
  'a manifest that no reader would take is refused, and nothing is left of the archive',
  inFolder({ 'out/': '' }, async ({ path }) => {
    const form = writtenForm('default');
    const out = join(path, 'out');
    const target = { path: join(out, `x${form.ending}`), form, inPlace: false };
    const plan = [{ path: 'service.py', bytes: Buffer.from('pass\n'), origin: 'the test' }];
    const options = { modelName: 'x' };
    const write = (size: number) =>
      writeArchive(target, plan, options, compressor('store'), {
        describe: () => manifest(size),
        approved: Promise.resolve(),
      });
    const error = await rejectsWith('ERR_MANIFEST_TOO_LARGE', () => write(24 * MIB));
    assert.match(error.message, /^The manifest would have 2516\d{4} bytes; readers accept 25165824\.$/);
    assert.is(error.advice, 'Use --no-record to leave the digests out, or pack fewer files.');
    assert.equal(readdirSync(out), []);
    await write(23 * MIB);
    assert.equal(readdirSync(out), ['x.mar']);
  }),
);

test.run();
