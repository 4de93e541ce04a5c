import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack, serve, validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { ask } from './compare-servers.js';
import { SOURCE } from './echo-service.js';

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
