import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { type ConvertTarget, convert } from '#index.js';
import { CORPUS } from '../hostile/corpus.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

test('every hostile archive that reading refuses is refused, and nothing appears', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-hostile-'));
  try {
    const passed: string[] = [];
    for (const { name, when, plant } of CORPUS.filter((attack) => attack.when !== 'warn')) {
      const place = join(directory, name);
      mkdirSync(place);
      plant(join(place, 'planted'));
      const before = readdirSync(place);
      // One of each kind of target: both begin with the same look at the container.
      const to: ConvertTarget = when === 'read' ? 'triton' : 'mms';
      const made = await convert(join(place, 'planted'), { to, out: join(place, 'out') }).catch(
        (error: unknown) => error,
      );
      if (!(made instanceof MarError) || made.code !== 'ERR_NOT_CONVERTIBLE') passed.push(`${name}: ${String(made)}`);
      assert.equal(readdirSync(place), before, name);
    }
    assert.equal(passed, []);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

const manifest = (model: object): string =>
  JSON.stringify({ runtime: 'nodejs', model: { handler: 'tensor', ...model } });

test(
  'a name, a model and a configuration that lead out of the archive lead nowhere',
  inFolder({ 'in/net.onnx': encodeOnnx(), 'outside.onnx': encodeOnnx() }, async ({ path }) => {
    const archive = join(path, 'in');
    mkdirSync(join(archive, 'MAR-INF'));
    const write = (model: object) => writeFileSync(join(archive, 'MAR-INF/MANIFEST.json'), manifest(model));
    for (const name of ['../up', 'a/b', '..', 'C:\\x', '']) {
      write({ modelName: name });
      for (const to of ['triton', 'mlserver'] as const) {
        const error = await convert(archive, { to, out: join(path, 'out') }).catch((thrown: unknown) => thrown);
        assert.instance(error, MarError, name);
      }
    }
    write({ modelName: 'net', serializedFile: '../outside.onnx' });
    const outside = await rejectsWith('ERR_NOT_CONVERTIBLE', () =>
      convert(archive, { to: 'triton', out: join(path, 'out') }),
    );
    assert.match(outside.detail ?? '', /The archive has no \.\.\/outside\.onnx/);
    write({ modelName: 'net' });
    const asked = { to: 'triton', out: join(path, 'out'), model: '../outside.onnx' } as const;
    await rejectsWith('ERR_NOT_CONVERTIBLE', () => convert(archive, asked));
    assert.equal(readdirSync(path).sort(), ['in', 'outside.onnx']);
  }),
);

test.run();
