import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLegacyManifest } from '#manifest/legacy.js';
import { parseManifest, readManifest } from '#manifest/read-manifest.js';
import { writeManifest } from '#manifest/write-manifest.js';
import { rejectsWith } from '../support/rejects.js';

const MINIMAL = { model: { modelName: 'm', handler: 's:h' } };

test('a manifest is written as the peers do: two spaces, ASCII only, no newline at the end', () => {
  const text = writeManifest({ runtime: 'python', model: { modelName: 'é😀', handler: 's:h' } }).toString();
  assert.is(
    text,
    '{\n  "runtime": "python",\n  "model": {\n    "modelName": "\\u00e9\\ud83d\\ude00",\n    "handler": "s:h"\n  }\n}',
  );
});

test('what was written is read again, unknown keys included', () => {
  const manifest = { ...MINIMAL, surprise: { deep: [1] } };
  assert.equal(parseManifest(Buffer.from(JSON.stringify(manifest)), 'x.mar'), manifest);
});

test('faults name the archive and the field', async () => {
  const read = (text: string) => () => parseManifest(Buffer.from(text), 'x.mar');
  assert.match((await rejectsWith('ERR_MANIFEST_JSON', read('{'))).message, /x\.mar/);
  for (const [text, words] of [
    ['[]', /must be object/],
    ['null', /must be object/],
    ['{}', /lacks 'model'/],
    ['{"model":{"modelName":"m"}}', /\/model lacks 'handler'/],
    ['{"model":{"modelName":1,"handler":"h"}}', /\/model\/modelName must be string/],
    ['{"runtime":"java","model":{"modelName":"m","handler":"h"}}', /\/runtime must be one of "python"/],
    ['{"engine":{},"model":{"modelName":"m","handler":"h"}}', /\/engine lacks 'engineName'/],
  ] as const) {
    assert.match((await rejectsWith('ERR_MANIFEST_INVALID', read(text))).detail ?? '', words);
  }
});

test('an archive without a manifest is refused', async () => {
  const empty = { source: 'x.mar', get: () => undefined, bytes: async () => Buffer.alloc(0) };
  await rejectsWith('ERR_MANIFEST_MISSING', () => readManifest(empty));
});

test('a 0.4 manifest becomes fields of 1.0', () => {
  const legacy = readLegacyManifest({
    Engine: { MXNet: 0.12 },
    'Created-By': { Author: 'A', 'Author-Email': 'a@example.com' },
    License: 'Apache 2.0',
    Model: { Service: 'noop_service.py', Symbol: 's.json', Parameters: 'p.params', 'Model-Name': 'noop' },
  });
  assert.equal(legacy, {
    handler: 'noop_service.py',
    extensions: { symbolFile: 's.json', parametersFile: 'p.params' },
    fields: {
      engine: { engineName: 'MXNet', engineVersion: '0.12' },
      license: 'Apache 2.0',
      publisher: { author: 'A', email: 'a@example.com' },
    },
  });
  assert.is(readLegacyManifest({ model: {} }), undefined);
  assert.is(readLegacyManifest([]), undefined);
});

test.run();
