import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '#errors/codes.js';
import { locateManifest, misplacedManifest } from '#manifest/locate.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import { type FoundManifest, findManifest, foundManifest } from '#manifest/read-manifest.js';
import { refusal, soundManifest } from '#manifest/refuse.js';
import { writeManifest } from '#manifest/write-manifest.js';
import { rejectsWith } from '../support/rejects.js';

const CURRENT = { path: MANIFEST_PATH, legacy: false, modelDir: '' };
const read = (text: string | Buffer): FoundManifest => foundManifest(Buffer.from(text), CURRENT);
const kinds = (found: FoundManifest): string[] => found.served.faults.map(({ kind }) => kind);

test('a manifest is written as the peers do: two spaces, ASCII only, no newline at the end', () => {
  const text = writeManifest({ runtime: 'python', model: { modelName: 'é😀', handler: 's:h' } }).toString();
  assert.is(
    text,
    '{\n  "runtime": "python",\n  "model": {\n    "modelName": "\\u00e9\\ud83d\\ude00",\n    "handler": "s:h"\n  }\n}',
  );
});

test('what was written is read again, unknown keys included', () => {
  const manifest = { model: { modelName: 'm', handler: 's:h' }, surprise: { deep: [1] } };
  const found = read(JSON.stringify(manifest));
  assert.equal(found.document?.value, manifest);
  assert.equal(kinds(found), []);
  assert.is(soundManifest(found, 'x.mar').handler, 's:h');
});

test('the manifest lies where Multi Model Server looks for it', () => {
  const places: [string[], string | undefined, string?][] = [
    [['MANIFEST.json', 'MAR-INF/MANIFEST.json'], 'MAR-INF/MANIFEST.json', ''],
    [['b.py', 'x/MANIFEST.json', 'MANIFEST.json'], 'MANIFEST.json', ''],
    [['b/MANIFEST.json', 'a/manifest.JSON', 'a/service.py'], 'a/manifest.JSON', 'a'],
    [['a/manifest.json', 'a/MANIFEST.json'], 'a/MANIFEST.json', 'a'],
    [['manifest.json'], undefined],
    [['MAR-INF/manifest.json'], undefined],
    [['a/b/MANIFEST.json', 'aMANIFEST.json'], undefined],
    [[], undefined],
  ];
  for (const [paths, path, modelDir] of places) {
    const found = locateManifest(paths);
    assert.is(found?.path, path, paths.join());
    assert.is(found?.modelDir, modelDir, paths.join());
    if (found) assert.is(found.legacy, path !== MANIFEST_PATH, paths.join());
  }
  assert.is(misplacedManifest(['x.json', 'deep/er/Manifest.json']), 'deep/er/Manifest.json');
  assert.is(misplacedManifest(['xmanifest.json']), undefined);
});

test('each reason to refuse a manifest has a kind, a place and a code', async () => {
  const model = (fields: string) => `{"model":{"modelName":"m","handler":"s:h"${fields}`;
  const cases: [text: string | Buffer, kind: string, code: ErrorCode, words: RegExp][] = [
    ['', 'not-json', 'ERR_MANIFEST_JSON', /x\.mar .*MANIFEST\.json is empty/],
    ['{\n "a": 1,\n}', 'not-json', 'ERR_MANIFEST_JSON', /is not JSON: .*\(line 3, column 1\)/],
    ['['.repeat(600), 'not-json', 'ERR_MANIFEST_JSON', /nested deeper than 500/],
    [Buffer.from('{"description":"caf\xe9"}', 'latin1'), 'not-utf8', 'ERR_MANIFEST_JSON', /not UTF-8/],
    [`\ufeff${model('}}')}`, 'byte-order-mark', 'ERR_MANIFEST_JSON', /byte order mark/],
    ['[]', 'not-an-object', 'ERR_MANIFEST_INVALID', /not a JSON object .*expected an object/],
    ['null', 'not-an-object', 'ERR_MANIFEST_INVALID', /not a JSON object/],
    ['{"model":null}', 'no-model', 'ERR_MANIFEST_NO_MODEL', /model is null \(line 1, column 2\)/],
    ['{"model":[]}', 'field-type', 'ERR_MANIFEST_INVALID', /\/model is a list, not an object/],
    ['{}', 'no-name', 'ERR_MANIFEST_NO_NAME', /model\.modelName is missing/],
    ['{"model":{"modelName":"m"}}', 'no-handler', 'ERR_MANIFEST_NO_HANDLER', /model\.handler is missing/],
    ['{"model":{"modelName":"m","handler":""}}', 'no-handler', 'ERR_MANIFEST_NO_HANDLER', /model\.handler is missing/],
    ['{"model":{"modelName":{},"handler":"h"}}', 'field-type', 'ERR_MANIFEST_INVALID', /modelName is an object/],
    ['{"model":{"modelName":"\\ud800","handler":"h"}}', 'name-not-unicode', 'ERR_MANIFEST_NAME', /not Unicode/],
    [model('},"description":[]}'), 'field-type', 'ERR_MANIFEST_INVALID', /\/description is a list/],
    [model('},"runtime":"pyton"}'), 'runtime-unknown', 'ERR_MANIFEST_RUNTIME', /'pyton' is unknown.*'python'/],
    [model('},"runtime":5}'), 'runtime-unknown', 'ERR_MANIFEST_RUNTIME', /'5' is unknown/],
    [model('},"runtime":true}'), 'runtime-unknown', 'ERR_MANIFEST_RUNTIME', /'true' is unknown/],
    [model('},"runtime":null}'), 'runtime-unknown', 'ERR_MANIFEST_RUNTIME', /runtime is null/],
    [model('},"runtime":"LSP"}'), 'runtime-unsupported', 'ERR_MANIFEST_RUNTIME', /TorchServe only/],
    [model('},"engine":{}}'), 'no-engine-name', 'ERR_MANIFEST_NO_ENGINE_NAME', /engine\.engineName is missing/],
  ];
  for (const [text, kind, code, words] of cases) {
    const found = read(text);
    assert.is(kinds(found)[0], kind, String(text));
    const error = await rejectsWith(code, () => soundManifest(found, 'x.mar'));
    assert.match(error.message, words);
    assert.match(error.message, /x\.mar/);
  }
});

test('what the real server takes is no fault: an empty engine name, a replacement character, fields of others', () => {
  for (const text of [
    '{"model":{"modelName":"m","handler":"h"},"engine":{"engineName":""}}',
    '{"model":{"modelName":"\ufffd","handler":"h"}}',
    '{"model":{"modelName":"m","handler":"h","extensions":"none"},"engine":"MXNet","createdOn":[],"surprise":[]}',
    '{"model":{"modelName":"m","handler":"h"},"engine":null}',
  ])
    assert.equal(kinds(read(text)), [], text);
});

test('numbers and booleans are served as text, with the digits of the file', () => {
  const { served } = read('{"model":{"modelName":1.10,"handler":12345678901234567890,"modelVersion":true}}');
  assert.is(served.modelName, '1.10');
  assert.is(served.handler, '12345678901234567890');
  assert.is(served.modelVersion, 'true');
});

test('an archive without a manifest is refused, and told of a file that nearly is one', async () => {
  const archive = (...paths: string[]) => ({
    source: 'x.mar',
    entries: paths.map((path) => ({ path })),
    get: () => undefined,
    bytes: async () => Buffer.alloc(0),
  });
  const empty = await findManifest(archive());
  assert.equal(kinds(empty), ['missing', 'no-handler']);
  assert.is(empty.served.runtime, 'python');
  await rejectsWith('ERR_MANIFEST_MISSING', () => soundManifest(empty, 'x.mar'));
  const lower = await findManifest(archive('manifest.json'));
  const error = await rejectsWith('ERR_MANIFEST_MISSING', () => soundManifest(lower, 'x.mar'));
  assert.match(error.message, /; manifest\.json is not where a server looks/);
});

test('a refusal leaves out what a request says itself, and lists the rest', () => {
  const found = read('{"model":{},"runtime":"java"}');
  assert.is(refusal(found, 'x.mar', new Set(['no-name']))?.code, 'ERR_MANIFEST_NO_HANDLER');
  assert.match(refusal(found, 'x.mar')?.detail ?? '', /model\.handler is missing.*\n.*'java' is unknown/);
  assert.is(refusal(found, 'x.mar', new Set(['no-name', 'no-handler', 'runtime-unknown'])), undefined);
});

test.run();
