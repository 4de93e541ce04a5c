import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelBytes } from '#serve/accelerators/model-bytes.js';
import { inFolder } from '../../support/model-folder.js';

test(
  'files of models count, at any depth; code, texts, pictures and what belongs to the packer do not',
  inFolder(
    {
      ...{ 'net.onnx': Buffer.alloc(100), 'weights/net.data': Buffer.alloc(20), 'net-0000.params': Buffer.alloc(3) },
      ...{ 'service.py': 'x'.repeat(1000), 'synset.txt': 'cat', 'net-symbol.json': '{}', 'cat.jpg': 'x' },
      ...{ 'MAR-INF/MANIFEST.json': '{}', 'MAR-INF/tests/a.bin': Buffer.alloc(9), 'node_modules/a/b.wasm': 'xxxx' },
    },
    async ({ path }) => {
      assert.is(await modelBytes(path), 123);
      assert.is(await modelBytes(join(path, 'weights')), 20);
    },
  ),
);

test.run();
