import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import type { ErrorCode } from '#errors/codes.js';
import { type PackOptions, pack } from '#index.js';
import { objectAt } from '#json-object.js';
import { findManifest } from '#manifest/read-manifest.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { PYTHON, packIn } from './pack-in.js';

test(
  'every format holds the same entries, the digests of which are in the manifest',
  inFolder(
    { ...PYTHON, 'm/data/deep/é.txt': 'x'.repeat(5000), 'm/empty.bin': '', 'm/run.sh': '#!/bin/sh\n' },
    async (folder) => {
      for (const [archiveFormat, name] of [
        ['default', 'noop.mar'],
        ['zip-store', 'noop.mar'],
        ['tgz', 'noop.tar.gz'],
        ['tgz-flat', 'noop.tar.gz'],
        ['no-archive', 'noop'],
      ] as const) {
        const result = await packIn(folder.path, { archiveFormat, force: true });
        assert.is(result.target, join(folder.path, name));
        const archive = await openArchive(result.target);
        const { document } = await findManifest(archive);
        assert.equal(
          archive.entries.map(({ path }) => path).sort(),
          ['MAR-INF/MANIFEST.json', 'data/deep/é.txt', 'empty.bin', 'run.sh', 'service.py'],
          archiveFormat,
        );
        assert.equal(Object.keys(objectAt(document?.archiver ?? {}, 'entries')).length, 4);
        assert.equal(document?.value, result.manifest);
        await archive.close();
      }
      assert.is(statSync(join(folder.path, 'noop/run.sh')).mode & 0o777, 0o755);
    },
  ),
);

test(
  'the same input gives the same bytes, whatever the time and the order on disk',
  inFolder({ ...PYTHON, 'm/a.txt': 'a', 'm/z.bin': Buffer.alloc(300_000, 'zip ') }, async (folder) => {
    for (const archiveFormat of ['default', 'tgz', 'tgz-flat'] as const) {
      const first = readFileSync((await packIn(folder.path, { archiveFormat, force: true })).target);
      utimesSync(join(folder.path, 'm/a.txt'), 1, 1);
      folder.write({ 'm/b.txt': 'b' });
      const other = readFileSync((await packIn(folder.path, { archiveFormat, force: true })).target);
      assert.not.equal(other, first, 'the check can fail');
      rmSync(join(folder.path, 'm/b.txt'));
      const again = readFileSync((await packIn(folder.path, { archiveFormat, force: true })).target);
      assert.equal(again, first, archiveFormat);
      const dated = { archiveFormat, force: true, sourceDateEpoch: 1_700_000_000 };
      assert.not.equal(readFileSync((await packIn(folder.path, dated)).target), first);
    }
  }),
);

test(
  'a dry run lists digests and writes nothing',
  inFolder(PYTHON, async (folder) => {
    const dry = await packIn(folder.path, { dryRun: true });
    assert.equal(readdirSync(folder.path), ['m']);
    const real = await packIn(folder.path);
    assert.equal(
      dry.entries.map(({ sha256 }) => sha256),
      real.entries.map(({ sha256 }) => sha256),
    );
    assert.is(dry.bytes, undefined);
  }),
);

test(
  'one ONNX file and no handler is the built-in tensor service; two need a handler',
  inFolder({ 'm/net.onnx': 'onnx' }, async (folder) => {
    const { manifest } = await pack({ modelName: 'net', modelPath: 'm', cwd: folder.path });
    assert.equal([manifest.runtime, manifest.model.handler], ['nodejs', 'tensor']);
    folder.write({ 'm/other.onnx': 'onnx' });
    const error = await rejectsWith('ERR_HANDLER_REQUIRED', () =>
      pack({ modelName: 'net', modelPath: 'm', cwd: folder.path, force: true }),
    );
    assert.is(error.kind, 'usage');
  }),
);

test(
  'the accelerator goes into the manifest as the servers keep it',
  inFolder(PYTHON, async (folder) => {
    const { manifest } = await packIn(folder.path, { accelerator: 'ml.eia1.medium', acceleratorFallback: 'fail' });
    assert.equal(manifest.model.extensions?.eia, {
      acceleratorType: 'eia1.medium',
      count: 1,
      ordinals: [0],
      api: 'none',
      contexts: { model: 'eia:0', data: 'cpu' },
      required: true,
      fallback: 'fail',
    });
  }),
);

test(
  'bad input is refused with a reason, and nothing is left behind',
  inFolder({ ...PYTHON, 'empty/': '', 'file.txt': 'x', 'm/sub/.keep': '' }, async (folder) => {
    const cases: [ErrorCode, Partial<PackOptions>][] = [
      ['ERR_MODEL_NAME', { modelName: 'bad name' }],
      ['ERR_MODEL_NAME', { modelName: 'newline\n' }],
      ['ERR_MODEL_NAME', { modelName: '' }],
      ['ERR_MODEL_PATH', { modelPath: 'nowhere' }],
      ['ERR_MODEL_PATH', { modelPath: 'file.txt' }],
      ['ERR_MODEL_EMPTY', { modelPath: 'empty' }],
      ['ERR_EXPORT_PATH', { exportPath: 'nowhere' }],
      ['ERR_EXPORT_PATH', { exportPath: 'file.txt' }],
      ['ERR_HANDLER_MISSING', { handler: 'absent.ts' }],
      ['ERR_HANDLER_MISSING', { handler: 'absent:handle' }],
      ['ERR_HANDLER_REFERENCE', { handler: 'service:' }],
      ['ERR_DEVICE_CONTEXT', { dataContext: 'eia' }],
      ['ERR_FILE_MISSING', { extraFiles: 'nothing.txt' }],
    ];
    for (const [code, options] of cases) await rejectsWith(code, () => packIn(folder.path, options));
    assert.equal(readdirSync(folder.path).sort(), ['empty', 'file.txt', 'm']);
  }),
);

test.run();
