import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, type Migration, migrateEia, validate } from '#index.js';
import { forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar, runModelArchiver } from '../support/run-mar.js';

type Fields = Readonly<Record<string, unknown>>;
type Target = 'cpu' | 'gpu' | 'inferentia';

const EIA = {
  acceleratorType: 'eia1.medium',
  count: 1,
  ordinals: [0],
  api: 'mx-context',
  contexts: { model: 'eia:0', data: 'cpu' },
  required: true,
  fallback: 'fail',
};
const HANDLER = [
  'import mxnet as mx',
  '',
  '# bound to mx.eia() since 2019',
  'def load(symbol):',
  "    return symbol.bind(ctx=mx.eia(), for_training=False), 'mx.eia()'",
  '',
  'def handle(data, context):',
  '    return data',
  '',
].join('\n');

const digest = (text: string) => ({ size: text.length, sha256: createHash('sha256').update(text).digest('hex') });

/** A .mar with a Python handler; `extensions` over an accelerator and the digest of the handler. */
function archive(handler: string, extensions?: Fields, files: Readonly<Record<string, string | Buffer>> = {}): Buffer {
  const archiver = { version: '2.0.0', entries: { 'service.py': digest(handler), 'other.txt': digest('kept') } };
  const model = {
    modelName: 'm',
    modelVersion: '1.0',
    handler: 'service:handle',
    extensions: extensions ?? { eia: EIA, modelArchiver: archiver, theirs: { kept: true } },
  };
  return forgeZip([
    { name: 'service.py', data: handler },
    { name: 'other.txt', data: 'kept' },
    ...Object.entries(files).map(([name, data]) => ({ name, data })),
    { name: 'MAR-INF/MANIFEST.json', data: JSON.stringify({ runtime: 'python', model }) },
  ]);
}

async function migrated(folder: string, bytes: Buffer, to: Target) {
  const path = join(folder, 'm.mar');
  writeFileSync(path, bytes);
  const migration = await migrateEia(path, { to, force: true });
  const content = join(folder, `content-${to}`);
  await extract(migration.output, content, { force: true });
  const text = (name: string): string => readFileSync(join(content, name), 'utf8');
  const { extensions = {} }: { extensions?: Record<string, Record<string, unknown>> } = JSON.parse(
    text('MAR-INF/MANIFEST.json'),
  ).model;
  return { migration, text, extensions };
}

test(
  'to the cpu: the accelerator is gone from the manifest, mx.eia() from the code, and the digests fit',
  inFolder({}, async ({ path }) => {
    const bytes = archive(HANDLER);
    const { migration, text, extensions } = await migrated(path, bytes, 'cpu');
    assert.is(migration.output, join(path, 'm-cpu.mar'));
    assert.equal(Object.keys(extensions).sort(), ['modelArchiver', 'theirs']);
    const changed = HANDLER.replace('ctx=mx.eia()', 'ctx=mx.cpu()');
    assert.is(text('service.py'), changed, 'comments and texts stay');
    assert.equal(extensions['modelArchiver']?.['entries'], {
      'service.py': digest(changed),
      'other.txt': digest('kept'),
    });
    assert.equal(
      migration.places.map(({ entry, line, done }) => [entry, line, done]),
      [['service.py', 5, true]],
    );
    assert.equal(
      migration.patches.map(({ path: file }) => file),
      ['MAR-INF/MANIFEST.json', 'service.py'],
    );
    assert.match(
      migration.patches[1]?.patch ?? '',
      /^- .*mx\.eia\(\), for_training.*\n\+ .*mx\.cpu\(\), for_training/m,
    );
    assert.equal(readFileSync(join(path, 'm.mar')), bytes, 'the old archive stays as it is');
    const report = await validate([migration.output]);
    const rules = report.archives.flatMap(({ findings }) => findings.map(({ rule }) => rule));
    assert.equal(
      rules.filter((rule) => /MAR6/.test(rule)),
      [],
    );
    assert.ok(report.passed);
  }),
);

test(
  'to a GPU: the device and its fallback stand in the manifest, what follows from it is left to the author',
  inFolder({}, async ({ path }) => {
    const { migration, text, extensions } = await migrated(path, archive(HANDLER), 'gpu');
    assert.equal(extensions['modelArchiver']?.['device'], { model: 'gpu:0', data: 'cpu', fallback: 'fail' });
    assert.is(extensions['eia'], undefined);
    assert.is(text('service.py'), HANDLER);
    assert.equal(
      migration.places.map(({ change, done }) => [/mx\.gpu\(0\)/.test(change), done]),
      [[true, false]],
    );
    const { migration: plain, extensions: made } = await migrated(path, archive(HANDLER, { eia: EIA }), 'gpu');
    assert.match(String(made['modelArchiver']?.['version']), /^\d+\.\d+/);
    assert.is(plain.written, true);
  }),
);

test(
  'to Inferentia: what has to be compiled is said',
  inFolder({}, async ({ path }) => {
    const { migration, extensions } = await migrated(path, archive(HANDLER, { eia: EIA }), 'inferentia');
    assert.equal(extensions, {});
    assert.match(migration.places[0]?.change ?? '', /AWS Neuron/);
    assert.match(migration.notes.join('\n'), /models that AWS Neuron has compiled/);
  }),
);

/** Lines of handlers, and what each target has to do about them: the start of the change, or nothing. */
const LINES: readonly (readonly [code: string, cpu: RegExp | undefined, gpu: RegExp | undefined])[] = [
  ['m = mx.eia(1)', /mx\.cpu/, /mx\.gpu/],
  ['c = mx.gpu(0)', /mx\.cpu/, undefined],
  ["s = s.optimize_for('EIA')", /take the call out/, /take the call out/],
  ['import eimx', /module is gone/, /module is gone/],
  ['from ei_for_tf.python.predictor.ei_predictor import EIPredictor', /saved_model/, /saved_model/],
  ['with torch.jit.optimized_execution(True, {"target_device": "eia:0"}): pass', /without target_device/, /cuda/],
  ['model = torcheia.jit.attach_eia(model, 0)', /take the call out/, /cuda/],
  ['import torcheia', /module is gone/, /module is gone/],
  ["if os.environ.get('SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT'): pass", /nothing sets/, /nothing sets/],
  ['# mx.eia()', undefined, undefined],
  ["text = 'mx.eia()'", undefined, undefined],
];

test(
  'each way of attaching is listed with what replaces it, by file and line',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    for (const [code, ...expected] of LINES) {
      writeFileSync(file, archive(`import os\n${code}\n`));
      for (const [index, to] of (['cpu', 'gpu'] as const).entries()) {
        const { places, written } = await migrateEia(file, { to, dryRun: true });
        const wanted = expected[index];
        if (wanted) {
          assert.is(places[0]?.line, 2, code);
          assert.match(places.map(({ change }) => change).join('\n'), wanted, code);
        } else assert.equal(places, [], code);
        assert.is(written, false);
      }
    }
    assert.not(existsSync(join(path, 'm-cpu.mar')));
  }),
);

const SCRIPT = [
  "import { OnnxService, type Context } from 'model-archiver/service';",
  'export default class Service extends OnnxService {',
  '  override async initialize(context: Context): Promise<void> {',
  '    await super.initialize(context);',
  "    // 'eia:0' it was",
  '    if (context.device.accelerator !== undefined) process.stderr.write(context.device.accelerator.type);',
  "    if (context.device.model === 'eia:0') process.stderr.write('attached');",
  '  }',
  '  preprocess() { return {}; }',
  '  postprocess() { return {}; }',
  '}',
].join('\n');

test(
  'a handler in TypeScript: places in the source of its author; the migrated archive answers as before',
  inFolder({ 'model/service.ts': SCRIPT, 'model/model.onnx': encodeOnnx() }, async ({ path }) => {
    const flags = [
      '--model-name',
      'm',
      '--handler',
      'service.ts',
      '--model-path',
      'model',
      '--accelerator',
      'eia2.large',
    ];
    assert.is((await runModelArchiver(flags, { cwd: path })).code, 0);
    const { places, output } = await migrateEia(join(path, 'm.mar'), { to: 'cpu' });
    assert.equal(
      places.map(({ entry, line, done }) => [entry, line, done]),
      [
        ['service.ts', 6, false],
        ['service.ts', 7, false],
      ],
    );
    assert.ok((await validate([output])).passed);
  }),
);

test(
  'what has nothing to do with accelerators is not migrated',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    writeFileSync(file, archive('def handle(data, context):\n    return data\n', {}));
    await rejectsWith('ERR_EIA_NOT_DECLARED', () => migrateEia(file, { to: 'cpu' }));
    writeFileSync(file, archive('import mxnet as mx\nctx = mx.gpu(0)\n', {}));
    await rejectsWith('ERR_EIA_NOT_DECLARED', () => migrateEia(file, { to: 'cpu' }));
    writeFileSync(file, forgeZip([{ name: 'service.py', data: HANDLER }]));
    await rejectsWith('ERR_MANIFEST_MISSING', () => migrateEia(file, { to: 'cpu' }));
    const old = {
      Model: {
        Service: 'service.py',
        Signature: 'signature.json',
        Symbol: 's.json',
        Parameters: 'p',
        'Model-Name': 'm',
      },
    };
    const files = ['service.py', 'signature.json', 's.json', 'p'].map((name) => ({ name, data: HANDLER }));
    writeFileSync(file, forgeZip([...files, { name: 'MANIFEST.json', data: JSON.stringify(old) }]));
    const refused = await rejectsWith('ERR_MANIFEST_INVALID', () => migrateEia(file, { to: 'cpu' }));
    assert.match(refused.message, /Multi Model Server 0\.4/);
    writeFileSync(file, archive(HANDLER, {}));
    const { patches } = await migrateEia(file, { to: 'cpu', dryRun: true });
    assert.equal(
      patches.map(({ path: one }) => one),
      ['service.py'],
      'an archive that only its code makes one of them',
    );
  }),
);

test(
  'the old archive is never written over, another only with force; a directory and a tgz keep their form',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    writeFileSync(file, archive(HANDLER));
    await rejectsWith('ERR_OPTION', () => migrateEia(file, { to: 'cpu', output: file, force: true }));
    await migrateEia(file, { to: 'cpu' });
    await rejectsWith('ERR_TARGET_EXISTS', () => migrateEia(file, { to: 'cpu' }));
    const folder = join(path, 'unpacked');
    await extract(file, folder);
    await rejectsWith('ERR_OPTION', () => migrateEia(folder, { to: 'cpu', output: join(folder, 'inside') }));
    const { output } = await migrateEia(folder, { to: 'cpu' });
    assert.is(output, `${folder}-cpu`);
    assert.match(readFileSync(join(output, 'service.py'), 'utf8'), /ctx=mx\.cpu\(\)/);
    mkdirSync(join(path, 'model'));
    writeFileSync(join(path, 'model/service.py'), HANDLER);
    const pack = [
      '--model-name',
      't',
      '--handler',
      'service.py:handle',
      '--model-path',
      'model',
      '--accelerator',
      'eia1.large',
    ];
    assert.is((await runModelArchiver([...pack, '--archive-format', 'tgz'], { cwd: path })).code, 0);
    const tgz = await migrateEia(join(path, 't.tar.gz'), { to: 'cpu' });
    assert.is(tgz.output, join(path, 't-cpu.tar.gz'));
    assert.ok((await validate([tgz.output])).archives[0]?.passed);
  }),
);

test(
  'mar eia migrate shows the difference first, and ends with 1 where something is left to do',
  inFolder({}, async ({ path }) => {
    writeFileSync(join(path, 'm.mar'), archive(HANDLER));
    const dry = await runMar(['eia', 'migrate', '--to', 'cpu', '--dry-run'], { cwd: path });
    assert.is(dry.code, 0);
    assert.match(dry.stdout, /^\+.*mx\.cpu\(\)[\s\S]*Nothing in the handler is left[\s\S]*Nothing was written\.\n$/m);
    assert.not(existsSync(join(path, 'm-cpu.mar')));
    const gpu = await runMar(['eia', 'migrate', 'm.mar', '--to', 'gpu', '-o', 'new.mar'], { cwd: path });
    assert.is(gpu.code, 1);
    assert.match(
      gpu.stdout,
      /^-.*"eia"[\s\S]*service\.py:5 {2}return symbol\.bind[\s\S]*→ +mx\.gpu\(0\)[\s\S]*Written: .*new\.mar\n$/m,
    );
    assert.ok(existsSync(join(path, 'new.mar')));
    const told = await runMar(['eia', 'migrate', 'm.mar', '--to', 'cpu', '--json'], { cwd: path });
    const migration: Migration = JSON.parse(told.stdout);
    assert.is(migration.written, true);
    assert.is((await runMar(['eia', 'migrate', 'm.mar'], { cwd: path })).code, 2);
    assert.match(
      (await runMar(['eia', 'migrate', 'm.mar', '--to', 'cpuu'], { cwd: path })).stderr,
      /expected cpu, gpu, inferentia/,
    );
  }),
);

test(
  'what stands between an MXNet model and ONNX is listed',
  inFolder({}, async ({ path }) => {
    const symbol = (op: string) =>
      JSON.stringify({
        nodes: [
          { op: 'null', name: 'data', inputs: [] },
          { op, name: 'out', inputs: [[0, 0, 0]] },
        ],
        arg_nodes: [0],
        heads: [[1, 0, 0]],
      });
    const params = Buffer.concat([Buffer.from('12010000000000000000000000000000', 'hex'), Buffer.alloc(16)]);
    const signature = JSON.stringify({ inputs: [{ data_name: 'data', data_shape: [0, 3] }] });
    const notes = async (op: string) => {
      const files = { 'net-symbol.json': symbol(op), 'net-0000.params': params, 'signature.json': signature };
      const { notes: found } = await migrated(path, archive(HANDLER, undefined, files), 'cpu').then(
        (one) => one.migration,
      );
      return found.join('\n');
    };
    assert.match(await notes('_contrib_box_nms'), /no counterpart that is known here: _contrib_box_nms \(1\)/);
    assert.match(await notes('relu'), /every operator that could be read has a counterpart in ONNX/);
  }),
);

test.run();
