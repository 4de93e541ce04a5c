import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { stage } from '#archive/writing/staging.js';
import type { ErrorCode } from '#errors/codes.js';
import { type PackOptions, type PackResult, pack } from '#index.js';
import { objectAt } from '#json-object.js';
import { findManifest } from '#manifest/read-manifest.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const PYTHON = { 'm/service.py': 'def handle(data, context):\n    return data\n' };

function packIn(cwd: string, options: Partial<PackOptions> = {}): Promise<PackResult> {
  return pack({ modelName: 'noop', modelPath: 'm', handler: 'service:handle', cwd, ...options });
}

async function list(file: string): Promise<string[]> {
  const archive = await openArchive(file);
  try {
    return archive.entries.map(({ path }) => path);
  } finally {
    await archive.close();
  }
}

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
  'a TypeScript handler becomes one module; its sources and what is hidden stay out and are said',
  inFolder(
    {
      'm/service.ts':
        "import { word } from './word.js';\nexport function handle(batch: unknown[]) { return batch.map(() => word); }\n",
      'm/word.ts': "export const word: string = 'tabby';\n",
      'm/.hidden': 'x',
      'm/node_modules/x/index.js': '',
      'm/__pycache__/x.pyc': '',
      'm/old.mar': '',
      'm/.git/config': '',
      'm/notes.txt': 'x',
      'm/.marignore': 'notes.txt\n',
      'm/tmp.log': 'x',
      'm/MAR-INF/tests/case.json': '{}',
    },
    async (folder) => {
      const result = await packIn(folder.path, { handler: 'service.ts', exclude: ['*.log'] });
      assert.equal(await list(result.target), [
        'MAR-INF/tests/case.json',
        'service.mjs',
        'service.mjs.map',
        'MAR-INF/MANIFEST.json',
      ]);
      assert.is(result.manifest.runtime, 'nodejs');
      assert.is(result.manifest.model.handler, 'service:handle');
      assert.equal(result.manifest.model.extensions?.modelArchiver?.handler, {
        source: 'service.ts',
        module: 'service.mjs',
        sourceMap: 'service.mjs.map',
        entryPoint: 'handle',
      });
      const reasons = Object.fromEntries(result.leftOut.map(({ path, reason }) => [path, reason]));
      assert.equal(reasons, {
        '.git/': 'version control',
        '.hidden': 'hidden',
        '.marignore': 'hidden',
        '__pycache__/': 'cache',
        'node_modules/': 'installed packages',
        'notes.txt': '.marignore',
        'old.mar': 'archive',
        'tmp.log': '--exclude',
        'service.ts': 'compiled into service.mjs',
        'word.ts': 'compiled into service.mjs',
      });
    },
  ),
);

test(
  'a type error is a warning with its place, and stops the build under strict',
  inFolder(
    { 'm/service.ts': 'const count: string = 5;\nexport function handle() { return [count]; }\n' },
    async (folder) => {
      const { typeProblems } = await packIn(folder.path);
      assert.equal(
        typeProblems.map(({ file, line, code }) => [file, line, code]),
        [['service.ts', 1, 'TS2322']],
      );
      const error = await rejectsWith('ERR_HANDLER_TYPES', () =>
        packIn(folder.path, { strict: true, modelName: 'strict' }),
      );
      assert.match(error.detail ?? '', /> 1 \| const count/);
      assert.not.ok(existsSync(join(folder.path, 'strict.mar')));
    },
  ),
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

test(
  'an archive that exists is kept without force and replaced with it; a directory only when it is an earlier export',
  inFolder({ ...PYTHON, 'noop.mar': 'old', 'noop/precious.txt': 'x' }, async (folder) => {
    await rejectsWith('ERR_TARGET_EXISTS', () => packIn(folder.path));
    assert.is(readFileSync(join(folder.path, 'noop.mar'), 'utf8'), 'old');
    await packIn(folder.path, { force: true });
    assert.ok((await list(join(folder.path, 'noop.mar'))).includes('service.py'));
    await rejectsWith('ERR_TARGET_EXISTS', () => packIn(folder.path, { archiveFormat: 'no-archive', force: true }));
    assert.equal(readdirSync(join(folder.path, 'noop')), ['precious.txt']);
  }),
);

test(
  'links inside are followed once; links that leave or lead nowhere are refused',
  inFolder({ ...PYTHON, 'm/data/a.txt': 'a', 'outside.txt': 'x' }, async (folder) => {
    symlinkSync('data', join(folder.path, 'm/again'));
    symlinkSync('..', join(folder.path, 'm/data/loop'));
    const { target, leftOut } = await packIn(folder.path);
    assert.equal(await list(target), ['again/a.txt', 'data/a.txt', 'service.py', 'MAR-INF/MANIFEST.json']);
    assert.ok(leftOut.some(({ path, reason }) => path === 'data/loop/' && /around it/.test(reason)));
    symlinkSync('../outside.txt', join(folder.path, 'm/out'));
    await rejectsWith('ERR_LINK_OUTSIDE', () => packIn(folder.path, { force: true }));
    await packIn(folder.path, { force: true, exclude: ['out'] });
    symlinkSync('nowhere', join(folder.path, 'm/broken'));
    await rejectsWith('ERR_LINK_BROKEN', () => packIn(folder.path, { force: true, exclude: ['out'] }));
  }),
);

test(
  'an interruption leaves nothing',
  inFolder({ ...PYTHON, 'm/weights.bin': Buffer.alloc(8 << 20, 7) }, async (folder) => {
    const controller = new AbortController();
    await rejectsWith('ERR_INTERRUPTED', () =>
      packIn(folder.path, { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    assert.equal(readdirSync(folder.path), ['m']);
  }),
);

test(
  'a file that changes while it is packed stops the build',
  inFolder({ ...PYTHON, 'm/weights.bin': Buffer.alloc(8 << 20, 7) }, async (folder) => {
    let touched = false;
    await rejectsWith('ERR_FILE_CHANGED', () =>
      packIn(folder.path, {
        onProgress: ({ path }) => {
          if (path !== 'weights.bin' || touched) return;
          touched = true;
          folder.write({ 'm/weights.bin': 'short' });
        },
      }),
    );
    assert.ok(touched);
    assert.equal(readdirSync(folder.path), ['m']);
  }),
);

test(
  'packing in place writes only what the packer makes',
  inFolder(PYTHON, async (folder) => {
    const options = { modelName: 'm', archiveFormat: 'no-archive', force: true } as const;
    const { target } = await packIn(folder.path, options);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    await packIn(folder.path, options);
  }),
);

test(
  'a handler is not left half packed in place, whatever happens',
  inFolder({ 'm/service.ts': 'export const handle = () => [1];\n' }, async (folder) => {
    const controller = new AbortController();
    const options = { modelName: 'm', archiveFormat: 'no-archive', force: true } as const;
    const stop = { ...options, signal: controller.signal, onProgress: () => controller.abort() };
    await rejectsWith('ERR_INTERRUPTED', () => packIn(folder.path, stop));
    assert.equal(readdirSync(join(folder.path, 'm')), ['service.ts']);
    await packIn(folder.path, options);
    await packIn(folder.path, { ...options, handler: 'service.ts' });
    assert.equal(readdirSync(join(folder.path, 'm')).sort(), [
      'MAR-INF',
      'service.mjs',
      'service.mjs.map',
      'service.ts',
    ]);
  }),
);

test(
  'an earlier export is replaced as a whole, and comes back when its successor cannot take its place',
  inFolder({ ...PYTHON, 'm/old.txt': 'x' }, async (folder) => {
    const options = { archiveFormat: 'no-archive', force: true } as const;
    const { target } = await packIn(folder.path, options);
    rmSync(join(folder.path, 'm/old.txt'));
    await packIn(folder.path, options);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    const staged = await stage(target, 'directory');
    rmSync(staged.path, { recursive: true });
    let failed = false;
    await staged.commit(true).catch(() => {
      failed = true;
    });
    await staged.discard();
    assert.ok(failed);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    assert.equal(readdirSync(folder.path).sort(), ['m', 'noop']);
  }),
);

test(
  'a Python syntax error is a warning with its place; build files of a script stay out',
  inFolder({ 'm/service.py': 'def handle(:\n' }, async (folder) => {
    const { warnings } = await packIn(folder.path, { handler: 'service.py' });
    assert.match(warnings[0]?.message ?? '', /^service\.py:1:\d+: /);
    folder.write({ 's/service.js': 'export const handle = (b) => b;', 's/package.json': '{"name":"x"}' });
    const { entries, leftOut } = await packIn(folder.path, { modelPath: 's', handler: 'service.js', force: true });
    assert.not.ok(entries.some(({ path }) => path === 'package.json'));
    assert.ok(leftOut.some(({ path }) => path === 'package.json'));
  }),
);

test(
  'duplicate weights and names that trouble other systems are pointed out',
  inFolder(
    {
      ...PYTHON,
      'm/a.bin': Buffer.alloc(2 << 20, 1),
      'm/b.bin': Buffer.alloc(2 << 20, 1),
      'm/Read.txt': '',
      'm/read.txt': '',
      'm/aux.txt': '',
    },
    async (folder) => {
      const { warnings } = await packIn(folder.path);
      assert.equal(warnings.map(({ code }) => code).sort(), ['case-clash', 'duplicate-weights', 'windows-name']);
    },
  ),
);

test.run();
