import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { migrateEia, validate } from '#index.js';
import { forgeZip } from '../hostile/forge-zip.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runModelArchiver } from '../support/run-mar.js';
import { archive, digest, EIA, HANDLER, migrated } from './migrated.js';

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

test.run();
