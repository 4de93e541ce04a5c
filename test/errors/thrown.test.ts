import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelDescription } from '#serve/http/mms/model-description.js';
import { notAllowed } from '#serve/http/mms/not-found.js';
import type { Model } from '#serve/models/model.js';
import { bestClasses } from '#service/builtin/classes.js';
import { OnnxService } from '#service/onnx-service.js';
import { inFolder } from '../support/model-folder.js';
import { thrownCode } from '../support/rejects.js';

test('scores that are not float32 are not turned into classes', () => {
  const outputs = { ids: { type: 'int64' as const, data: new BigInt64Array(2), dims: [1, 2] } };
  assert.is(
    thrownCode(() => bestClasses(outputs, ['a', 'b'], {})),
    'ERR_MODEL_OUTPUT',
  );
});

test('a service that overrides initialize and forgets the parent is told so', () => {
  class Forgetful extends OnnxService {
    protected preprocess() {
      return {};
    }
    protected postprocess() {
      return '';
    }
    read() {
      return this.session;
    }
  }
  assert.is(
    thrownCode(() => new Forgetful().read()),
    'ERR_NOT_INITIALIZED',
  );
});

test(
  "an archive's own OpenAPI document that is not one is refused by name",
  inFolder({}, async ({ path }) => {
    await mkdir(join(path, 'MAR-INF'));
    await writeFile(join(path, 'MAR-INF', 'openapi.json'), '{}');
    const model = { name: 'm', files: { dir: path, release: async () => {} } } as unknown as Model;
    assert.is(
      thrownCode(() => modelDescription(model)),
      'ERR_MODEL_DESCRIPTION',
    );
  }),
);

test('a method that a path does not have has its own code', () => assert.is(notAllowed().code, 'ERR_METHOD'));

test.run();
