import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convertManifest } from '#manifest/legacy.js';
import { findManifestIn, foundManifest } from '#manifest/read-manifest.js';
import { soundManifest } from '#manifest/refuse.js';
import { rejectsWith } from '../support/rejects.js';

const OLD = {
  Engine: { MXNet: 0.12 },
  'Created-By': { Author: 'A', 'Author-Email': 'a@example.com' },
  License: 'Apache 2.0',
  'Model-Archive-Version': 0.1,
  Model: { Service: 'noop_service.py', Symbol: 's.json', Parameters: 'p.params', 'Model-Name': 'noop' },
};
const read = (value: unknown) =>
  foundManifest(Buffer.from(JSON.stringify(value, undefined, 1)), {
    path: 'model/MANIFEST.json',
    legacy: true,
    modelDir: 'model',
  });

test('a 0.4 manifest is served in the fields of 1.0', () => {
  const { document, served, modelDir } = read(OLD);
  assert.is(modelDir, 'model');
  assert.equal(served, {
    modelName: 'noop',
    modelVersion: 'snapshot',
    handler: 'noop_service.py',
    runtime: 'python',
    engine: { engineName: 'MXNet' },
    extensions: { symbolFile: 's.json', parametersFile: 'p.params' },
    manifestPath: 'MANIFEST.json',
    faults: [],
  });
  assert.equal(document?.file, OLD);
});

test('pointers lead into the file itself, whatever it calls a field', () => {
  const { document } = read(OLD);
  const spot = (pointer: string) => document?.at(pointer);
  assert.equal(spot('/model/handler'), {
    entry: 'model/MANIFEST.json',
    pointer: '/Model/Service',
    line: 12,
    column: 3,
  });
  assert.is(spot('/model/extensions/symbolFile')?.pointer, '/Model/Symbol');
  assert.is(spot('/model/extensions/other')?.pointer, '/Model');
  assert.is(spot('/engine/engineName')?.pointer, '/Engine');
  assert.is(spot('/runtime')?.pointer, '');
  assert.is(document?.inFile('/Created-By/Author')?.line, 6);
});

test('its faults are told in its own words', async () => {
  const { Model, ...rest } = OLD;
  const { Service: _service, ...unserved } = Model;
  const { 'Model-Name': _name, ...unnamed } = Model;
  for (const [value, code, words] of [
    [rest, 'ERR_MANIFEST_NO_MODEL', /model\/MANIFEST\.json: Model is missing/],
    [{ ...rest, model: {} }, 'ERR_MANIFEST_NO_MODEL', /Model is missing/],
    [{ ...rest, Model: 'x' }, 'ERR_MANIFEST_INVALID', /\/Model is the string x, not an object/],
    [{ ...rest, Model: unserved }, 'ERR_MANIFEST_NO_SERVICE', /Model\.Service is missing/],
    [{ ...rest, Model: { ...Model, Service: '' } }, 'ERR_MANIFEST_NO_HANDLER', /Model\.Service is empty/],
    [{ ...rest, Model: { ...Model, Service: [] } }, 'ERR_MANIFEST_INVALID', /\/Model\/Service is a list/],
    [{ ...rest, Model: unnamed }, 'ERR_MANIFEST_NO_NAME', /Model\.Model-Name is missing/],
  ] as const) {
    const error = await rejectsWith(code, () => soundManifest(read(value), 'x.model'));
    assert.match(error.message, words);
  }
});

test('--convert takes over service, engine, author, license and the files of the model', () => {
  const { document } = read(OLD);
  assert.equal(document && convertManifest(document), {
    handler: 'noop_service.py',
    extensions: { symbolFile: 's.json', parametersFile: 'p.params' },
    fields: {
      engine: { engineName: 'MXNet', engineVersion: '0.12' },
      license: 'Apache 2.0',
      publisher: { author: 'A', email: 'a@example.com' },
    },
  });
  const empty = read({ model: {} }).document;
  assert.is(empty && convertManifest(empty), undefined);
  const current = foundManifest(Buffer.from('{"model":{}}'), { path: 'x', legacy: false, modelDir: '' }).document;
  assert.is(current && convertManifest(current), undefined);
});

test('in a directory it is found as in an archive', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-manifest-'));
  try {
    assert.is((await findManifestIn(join(root, 'absent'))).text, undefined);
    mkdirSync(join(root, 'model'));
    writeFileSync(join(root, 'manifest.json'), JSON.stringify(OLD));
    assert.is((await findManifestIn(root)).served.faults[0]?.found, 'manifest.json');
    writeFileSync(join(root, 'model', 'manifest.json'), JSON.stringify(OLD));
    const nested = await findManifestIn(root);
    assert.is(nested.text?.entry, 'model/manifest.json');
    assert.is(nested.served.manifestPath, 'manifest.json');
    assert.is((await findManifestIn(join(root, 'model'), 'manifest.json')).served.modelName, 'noop');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
