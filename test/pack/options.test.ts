import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { ownFile } from '#own-files.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';

/** A call as plain JavaScript makes it: nobody has looked at its types. */
function packUnchecked(options: unknown): Promise<unknown> {
  return Reflect.apply(pack, undefined, [options]);
}

test(
  'options of a call are held to what they may be, with field, value and choices',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    const good = { modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd: path, dryRun: true };
    const cases: [object, RegExp][] = [
      [
        { compression: 'stor' },
        /compression is 'stor' \(did you mean 'store'\?\); expected 'auto', 'store', 'deflate'/,
      ],
      [{ archiveFormat: 'rar' }, /archiveFormat is 'rar'.*'no-archive'/],
      [{ runtime: 'pyhton' }, /runtime is 'pyhton' \(did you mean 'python'\?\)/],
      [{ acceleratorFallback: 'gpu' }, /acceleratorFallback is 'gpu'.*; expected 'cpu', 'fail'/],
      [{ force: 'yes' }, /force is 'yes'; expected a value of type boolean/],
      [{ exclude: '*.txt' }, /exclude is '\*\.txt'; expected a list of strings/],
      [{ exclude: {} }, /expected a list of strings/],
      [{ exclude: [1] }, /expected a list of strings/],
      [{ sourceDateEpoch: Number.NaN }, /sourceDateEpoch is NaN; expected a value of type number/],
      [{ acceleratorCount: 1.5 }, /acceleratorCount is 1\.5; expected a whole number/],
      [{ $schema: 'x' }, /no option \$schema/],
      [{ signal: null }, /signal is null; expected a value of type object/],
      [{ modlPath: 'm' }, /no option modlPath \(did you mean 'modelPath'\?\)/],
      [{ serving: 2 }, /serving is 2; expected a value of type object/],
      [{ serving: { worker: 2 } }, /serving has no worker \(did you mean 'workers'\?\)/],
      [{ serving: { threads: 0 } }, /serving\.threads is 0; expected a whole number from 1/],
      [{ serving: { batchSize: 1.5 } }, /serving\.batchSize is 1\.5/],
      [{ serving: { workers: 1 }, record: false }, /record is false and serving is given/],
      [{ modelName: undefined }, /modelName is missing/],
    ];
    for (const [options, message] of cases) {
      const error = await rejectsWith('ERR_OPTION', () => packUnchecked({ ...good, ...options }));
      assert.is(error.kind, 'usage');
      assert.match(error.message, message);
    }
    await rejectsWith('ERR_OPTION', () => packUnchecked(undefined));
    await packUnchecked({ ...good, strict: undefined, exclude: ['*.txt'] });
  }),
);

test('the schema of the configuration has every flag of mar build but those of the moment, and what only mar tune writes', async () => {
  const { stdout } = await runMar(['build', '--help'], {});
  const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--(no-)?([a-z-]+)/gm)].map(([, , flag = '']) =>
    flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  const moment = ['config', 'dryRun', 'json', 'quiet', 'verbose', 'help'];
  const schema = JSON.parse(readFileSync(ownFile('schemas/pack-config.schema.json'), 'utf8'));
  assert.equal(
    Object.keys(schema.properties)
      .filter((name) => name !== '$schema' && name !== 'serving')
      .sort(),
    // `--record INPUT…` and `--no-record` share a name.
    [...new Set(flags)].filter((flag) => !moment.includes(flag)).sort(),
  );
});

test(
  'an empty model path is a mistake; one that does not exist is said to be so',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    const options = { modelName: 'x', handler: 'service:handle', cwd: path };
    await rejectsWith('ERR_MODEL_PATH_REQUIRED', () => pack({ ...options, modelPath: '' }));
    const absent = await rejectsWith('ERR_MODEL_PATH', () => pack({ ...options, modelPath: 'n' }));
    assert.match(absent.message, /n does not exist/);
  }),
);

test(
  'a handler given by a path of this machine is known by its path in the archive',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    const reference = async (handler: string) =>
      (await pack({ modelName: 'x', modelPath: 'm', handler, cwd: path, dryRun: true })).manifest.model.handler;
    assert.is(await reference(`${path}/m/service.py:handle`), 'service.py:handle');
    assert.is(await reference('../m/service:handle'), 'service:handle');
    assert.is(await reference('sub/../service.py:handle'), 'service.py:handle');
    assert.is(await reference('service.py'), 'service.py');
  }),
);

test(
  'a service that lies beside one ONNX file and is not named is pointed out',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n', 'm/net.onnx': 'onnx' }, async ({ path }) => {
    const { warnings } = await pack({ modelName: 'x', modelPath: 'm', cwd: path, dryRun: true });
    assert.equal(
      warnings.map(({ code }) => code),
      ['handler-unused'],
    );
  }),
);

test.run();
