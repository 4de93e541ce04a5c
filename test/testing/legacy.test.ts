import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predict, serve } from '#index.js';
import { zip } from '../check/sample-archives.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';

const OLD = { Engine: { MXNet: 0.12 }, Model: { 'Model-Name': 'old', Service: 'service.py' } };
/** A class as 0.4 had them, without its base class; it answers with what it is told about itself. */
const SERVICE = `
import os


class Service(object):
    def initialize(self, context):
        self.context = context

    def handle(self, data, context):
        return [{"manifest": context.manifest, "files": sorted(os.listdir(os.getcwd()))}] * len(data)
`;

testUnless(
  missingCommand('python3'),
  test,
  'a 0.4 archive in a folder runs there, and its handler sees its manifest as it is',
  async () => {
    const store = mkdtempSync(join(tmpdir(), 'mar-legacy-'));
    try {
      const archive = join(store, 'old.model');
      writeFileSync(
        archive,
        zip({ 'model/manifest.json': JSON.stringify(OLD), 'model/service.py': SERVICE, 'top.txt': '' }),
      );
      const expected = { manifest: OLD, files: ['manifest.json', 'service.py'] };
      const { modelName, body } = await predict(archive, { bytes: Buffer.from('x') });
      assert.is(modelName, 'old');
      assert.equal(JSON.parse(body.toString()), expected);
      const anyPort = 'http://127.0.0.1:0';
      const server = await serve({ modelStore: store, inferenceAddress: anyPort, managementAddress: anyPort });
      try {
        const register = `${server.managementUrl}/models?url=old.model&initial_workers=1&synchronous=true`;
        assert.is((await fetch(register, { method: 'POST' })).status, 200);
        const answer = await fetch(`${server.inferenceUrl}/predictions/old`, { method: 'POST', body: 'x' });
        assert.equal(await answer.json(), expected);
        const described = await (await fetch(`${server.managementUrl}/models/old`)).json();
        assert.is(Reflect.get(Object(described), 'modelVersion'), 'snapshot');
      } finally {
        await server.close();
      }
    } finally {
      rmSync(store, { recursive: true, force: true });
    }
  },
);

test.run();
