import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../support/model-folder.js';
import { packAndAsk } from './served.js';

const PROVIDED = [
  "const { PredictionError, Service, softmax } = require('model-archiver/service');",
  "const sharp = require('sharp');",
  "const { Tensor } = require('onnxruntime-node');",
  "const found = [typeof PredictionError, typeof sharp, new Tensor('float32', [1], [1]).size, softmax([0, 0])[0]];",
].join('\n');
const FOUND = ['function', 'function', 1, 0.5];

test(
  'require of the provided modules works in a handler, in a package that it bundles, and through createRequire',
  inFolder(
    {
      'm/a.cjs': `${PROVIDED}\nmodule.exports = class extends Service { handle(batch) { return batch.map(() => found); } };`,
      'm/b.ts': "import found from 'old';\nexport const handle = (batch: unknown[]) => batch.map(() => found);",
      'node_modules/old/index.js': `${PROVIDED}\nmodule.exports = found;`,
      'm/c.mjs': `import { createRequire } from 'node:module';\nconst demand = createRequire(import.meta.url);\n${PROVIDED.replaceAll('require(', 'demand(')}\nexport const handle = (batch) => batch.map(() => found);`,
      'm/d.mjs': `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nconst found = require('old');\nexport const handle = (batch) => batch.map(() => found);`,
    },
    async ({ path }) => {
      for (const handler of ['a.cjs', 'b.ts', 'c.mjs', 'd.mjs'])
        assert.equal((await packAndAsk(path, handler)).answer, FOUND, handler);
    },
  ),
);

test(
  'exports of each CommonJS form are found',
  inFolder(
    {
      'm/lib/impl.js': 'exports.handle = (batch) => batch.map(() => __dirname.split("/").pop());',
      'm/a.cjs': "module.exports = require('./lib/impl');",
      'm/b.js': "Object.assign(exports, require('./lib/impl.js'));",
      'm/c.js': "module.exports = { handle: (batch) => batch.map(() => 'lib') };",
      'm/d.ts': "class S { handle(batch: unknown[]) { return batch.map(() => 'lib'); } }\nexport = S;",
      'm/e.ts':
        "import path from 'node:path';\nexport = { handle: (batch: unknown[]) => batch.map(() => path.basename('lib')) };",
      'm/f.cts':
        "import path = require('node:path');\nexports.handle = (batch: unknown[]) => batch.map(() => path.basename('lib'));",
      'm/g.js':
        "Object.defineProperty(exports, '__esModule', { value: true });\nexports.handle = void 0;\nexports.default = class {};\nexports.handle = (batch) => batch.map(() => 'lib');",
    },
    async ({ path }) => {
      for (const handler of ['a.cjs', 'a.cjs:handle', 'b.js', 'c.js', 'c.js:handle', 'd.ts', 'e.ts', 'f.cts', 'g.js']) {
        const { answer, build } = await packAndAsk(path, handler);
        assert.is(answer, 'lib', handler);
        assert.equal(build.typeProblems, [], handler);
      }
    },
  ),
);

test.run();
