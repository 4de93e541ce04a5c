import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERT_TARGETS, convert } from '#index.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { NODE, PYTHON, withArchive } from './samples.js';

const TENSOR = { 'net.onnx': encodeOnnx() };
const STORAGE = { storageUri: 's3://bucket/model' } as const;

/** What lies in a folder, staged files among it. */
const listed = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

test('every target makes something of an ONNX model, and the same again', async () => {
  await withArchive(TENSOR, { modelName: 'net', handler: 'tensor' }, async ({ folder, to }) => {
    for (const target of CONVERT_TARGETS) {
      const options = { to: target, ...(target === 'kserve' && STORAGE) };
      const first = await to(options);
      assert.is(
        first.output,
        join(
          folder,
          `net-${target.replace('-tar', '')}${target === 'sagemaker-tar' ? '.tar.gz' : ['mms', 'torchserve'].includes(target) ? '.mar' : ''}`,
        ),
      );
      assert.is(first.model, 'net');
      assert.ok(existsSync(first.output));
      const again = await to({ ...options, force: true });
      assert.equal(again, first, 'the same bytes');
    }
    assert.not.ok(
      listed(folder).some((path) => basename(path).startsWith('.')),
      'nothing staged is left',
    );
  });
});

test('what lies there is replaced with --force only, and never what a conversion does not write', async () => {
  await withArchive(TENSOR, { modelName: 'net', handler: 'tensor' }, async ({ folder, archive, to }) => {
    const out = join(folder, 'there');
    writeFileSync(out, 'mine');
    const taken = await rejectsWith('ERR_TARGET_EXISTS', () => to({ to: 'mms', out }));
    assert.match(taken.advice, /--force/);
    assert.is(readFileSync(out, 'utf8'), 'mine');
    const kind = await rejectsWith('ERR_TARGET_EXISTS', () => to({ to: 'triton', out, force: true }));
    assert.match(kind.message, /is not a directory/);
    const repository = join(folder, 'repository');
    mkdirSync(join(repository, 'other'), { recursive: true });
    writeFileSync(join(repository, 'other/config.pbtxt'), 'mine');
    const foreign = await rejectsWith('ERR_TARGET_EXISTS', () => to({ to: 'triton', out: repository, force: true }));
    assert.match(foreign.message, /does not write: other\/config\.pbtxt/);
    await rejectsWith('ERR_TARGET_EXISTS', () => to({ to: 'mms', out: repository, force: true }));
    for (const place of [archive, folder])
      assert.match(
        (await rejectsWith('ERR_OPTION', () => to({ to: 'mms', out: place, force: true }))).message,
        /is, or holds,/,
      );
    assert.equal(listed(folder), [
      'net.mar',
      'repository',
      'repository/other',
      'repository/other/config.pbtxt',
      'there',
    ]);
  });
});

test('a model directory is converted as well, and nothing is written into it', async () => {
  await withArchive(
    TENSOR,
    { modelName: 'net', handler: 'tensor', archiveFormat: 'no-archive' },
    async ({ archive, folder, to }) => {
      const inside = await rejectsWith('ERR_OPTION', () => to({ to: 'mms', out: join(archive, 'x.mar') }));
      assert.match(inside.message, /lies in the archive/);
      const { output } = await to({ to: 'triton' });
      assert.is(output, join(folder, 'net-triton'));
    },
  );
});

test('an unsound container is not converted to anything, with every reason', async () => {
  await withArchive(TENSOR, { modelName: 'net', handler: 'tensor' }, async ({ archive, folder, to }) => {
    const bytes = readFileSync(archive);
    const at = bytes.indexOf('net.onnx') + 'net.onnx'.length + 3;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    writeFileSync(archive, bytes);
    for (const target of CONVERT_TARGETS) {
      const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () =>
        to({ to: target, ...(target === 'kserve' && STORAGE) }),
      );
      assert.match(refused.detail ?? '', /\[MAR1\d\d /, target);
    }
    assert.equal(listed(folder), ['net.mar']);
  });
});

test('a source that cannot be converted: every reason, exit code 2, nothing written', async () => {
  const files = {
    'service.py': 'def handle(data, context):\n    return data\n',
    'a.onnx': encodeOnnx(),
    'b.onnx': encodeOnnx(),
  };
  await withArchive(files, { modelName: 'two', handler: 'service.py' }, async ({ folder, archive }) => {
    const ran = await runMar(['convert', archive, '--to', 'triton', '--json']);
    assert.is(ran.code, 2);
    const { error } = JSON.parse(ran.stdout);
    assert.is(error.code, 'ERR_NOT_CONVERTIBLE');
    assert.match(error.detail, /2 ONNX files.*a\.onnx, b\.onnx.*--model/);
    assert.equal(listed(folder), ['two.mar']);
    const chosen = await runMar(['convert', archive, '--to', 'triton', '--model', 'b.onnx']);
    assert.is(chosen.code, 0, chosen.stderr);
    assert.match(chosen.stdout, /\n {2}the handler service\.py +Triton runs the model alone: .*Python code/);
    assert.match(chosen.stdout, /\n {2}a\.onnx +only one model is taken\n/);
    assert.match(chosen.stdout, /\nNo Triton server ran this/);
  });
});

test('an archive without a model says what would have to be exported', async () => {
  await withArchive({ ...PYTHON, 'weights.pt': 'x' }, { modelName: 'torch', handler: 'service.py' }, async ({ to }) => {
    for (const target of ['triton', 'mlserver'] as const) {
      const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: target }));
      assert.match(refused.detail ?? '', /weights\.pt would have to be exported to ONNX/);
    }
  });
});

test(
  'what is no archive, and what is not there',
  inFolder({ 'text.mar': 'text' }, async ({ path }) => {
    await rejectsWith('ERR_NOT_CONVERTIBLE', () => convert(join(path, 'text.mar'), { to: 'mms' }));
    await rejectsWith('ERR_ARCHIVE_NOT_FOUND', () => convert(join(path, 'gone.mar'), { to: 'mms' }));
  }),
);

test('an abort leaves nothing', async () => {
  await withArchive(TENSOR, { modelName: 'net', handler: 'tensor' }, async ({ folder, to }) => {
    const abort = new AbortController();
    const converting = to({ to: 'triton', signal: abort.signal });
    abort.abort();
    await converting.then(
      () => assert.unreachable('it was aborted'),
      (error: unknown) => assert.is(error, abort.signal.reason),
    );
    assert.equal(listed(folder), ['net.mar']);
  });
});

test('a flag that the target would not look at is refused', async () => {
  await withArchive(TENSOR, { modelName: 'net', handler: 'tensor' }, async ({ folder, archive, to }) => {
    const before = listed(folder);
    for (const [flags, says] of [
      [{ to: 'triton', cpu: '1' }, '--cpu is for kserve; triton would not look at it.'],
      [{ to: 'torchserve', ...STORAGE }, '--storage-uri is for kserve; torchserve would'],
      [{ to: 'mms', model: 'net.onnx' }, '--model is for triton, mlserver; mms would'],
      [{ to: 'triton', vendor: 'linux-x64' }, '--vendor is for torchserve, mms, sagemaker-tar; triton would'],
      [{ to: 'kserve', ...STORAGE, bridgeNode: 'pip' }, '--bridge-node is for torchserve, mms, sagemaker-tar; triton'],
      [
        { to: 'kserve', ...STORAGE, kserveRuntime: 'torchserve', model: 'net.onnx' },
        '--model is for triton, mlserver; ',
      ],
    ] as const)
      assert.match((await rejectsWith('ERR_OPTION', () => to(flags))).message, says);
    assert.equal(listed(folder), before);
    const { code, stderr } = await runMar(['convert', archive, '--to', 'triton', '--name', 'x']);
    assert.is(code, 2);
    assert.match(stderr, '--name is for kserve');
  });
});

test('what is asked of a bridge that is not made here is refused', async () => {
  await withArchive(PYTHON, { modelName: 'twice', handler: 'service.py' }, async ({ to }) => {
    const error = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'mms', vendor: 'linux-x64' }));
    assert.match(error.detail ?? '', '--vendor linux-x64 would not be heard, since no Node handler gets a bridge');
  });
  await withArchive(NODE, { modelName: 'twice', handler: 'service.js', bridge: true }, async ({ to }) => {
    const error = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'torchserve', bridgeNode: 'pip' }));
    assert.match(error.detail ?? '', '--bridge-node pip would not be heard, since the archive has a bridge already');
  });
});

test.run();
