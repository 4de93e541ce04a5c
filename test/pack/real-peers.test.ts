/** Our archives in the real servers; archives of the real archivers in ours. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, inspect, type PackOptions, pack, validate } from '#index.js';
import { startPeer } from '../check/peer-server.js';
import { inFolder } from '../support/model-folder.js';
import { missingPeer, type Peer, peerPython } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';

const HANDLER = `import os
def handle(data, context):
    if data is None:
        return None
    folder = context.system_properties.get("model_dir")
    with open(os.path.join(folder, "labels", "d\\u00e9j\\u00e0.txt"), encoding="utf-8") as labels:
        label = labels.read().strip()
    return [label] * len(data)
`;

const FILES = {
  'm/service.py': HANDLER,
  'm/labels/déjà.txt': 'tabby\n',
  'm/weights.bin': Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index * 31) % 251)),
  'o/': '',
};

const OURS: Readonly<Record<string, Partial<PackOptions>>> = {
  plain: {},
  stored: { archiveFormat: 'zip-store' },
  deflated: { compression: 'deflate' },
  accelerated: { accelerator: 'eia1.medium' },
  unrecorded: { record: false, runtime: 'python3' },
};

for (const peer of ['mms', 'torchserve'] as const) {
  testUnless(
    missingPeer(peer),
    test,
    `our archives register and predict in the real ${peer}`,
    inFolder(FILES, async ({ path }) => {
      const server = await startPeer(peer);
      try {
        for (const [modelName, options] of Object.entries(OURS)) {
          const { target } = await pack({
            ...{ modelName, modelPath: 'm', handler: 'service:handle', cwd: path, exportPath: 'o' },
            ...options,
          });
          const attempt = await server.attempt(`${modelName}.mar`, readFileSync(target));
          assert.ok(attempt.loaded, `${modelName}: ${attempt.answer}`);
          assert.is(attempt.prediction, 200, `${modelName}: ${attempt.answer}`);
        }
      } finally {
        server.stop();
      }
    }),
  );

  testUnless(
    missingPeer(peer),
    test,
    `archives of the real archiver of ${peer} open, extract, validate and can be inspected here`,
    inFolder(FILES, async ({ path }) => {
      const formats = ['default', 'tgz', 'no-archive', ...(peer === 'torchserve' ? ['zip-store'] : [])];
      for (const format of formats) {
        const out = join(path, 'o', format);
        mkdirSync(out);
        execFileSync(program(peer), [...flags(peer, path), '--archive-format', format, '--export-path', out]);
        const [name = ''] = readdirSync(out);
        const archive = join(out, name);
        const { archives } = await validate([archive], { target: ['local'] });
        assert.is(archives[0]?.findings.filter(({ severity }) => severity === 'error').length, 0, format);
        const seen = await inspect(archive);
        assert.ok(JSON.stringify(seen).includes('service'), format);
        if (format === 'no-archive') continue;
        await extract(archive, join(path, `x-${format}`));
        assert.is(readFileSync(join(path, `x-${format}`, 'service.py'), 'utf8'), HANDLER, format);
      }
    }),
  );
}

function program(peer: Peer): string {
  return join(dirname(peerPython(peer) ?? ''), peer === 'mms' ? 'model-archiver' : 'torch-model-archiver');
}

function flags(peer: Peer, path: string): string[] {
  const model = join(path, 'm');
  if (peer === 'mms') return ['--model-name', 'theirs', '--model-path', model, '--handler', 'service:handle'];
  const weights = ['--serialized-file', join(model, 'weights.bin'), '--extra-files', join(model, 'labels')];
  return ['--model-name', 'theirs', '--version', '1.0', '--handler', join(model, 'service.py'), ...weights];
}

test.run();
