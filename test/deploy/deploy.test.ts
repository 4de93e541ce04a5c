import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { convert, deployDocker, deployKserve, deploySagemaker, pack, VERSION } from '#index.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { testUnless } from '../support/test-unless.js';

const PYTHON = process.env['MAR_TEST_DEPLOY_PYTHON'];
const HADOLINT = process.env['MAR_TEST_HADOLINT'];
const missingSdks =
  PYTHON && existsSync(PYTHON) ? undefined : 'MAR_TEST_DEPLOY_PYTHON names no Python with botocore and kserve';
const missingHadolint = HADOLINT && existsSync(HADOLINT) ? undefined : 'MAR_TEST_HADOLINT does not name hadolint';

const test = suite<{ folder: Folder; greeter: string; python: string; tarball: string }>('mar deploy');
test.before(async (context) => {
  const folder = layFolder({
    'python/service.py': 'def handle(data, context):\n    return None if data is None else [b"fine" for _ in data]\n',
    'python/requirements.txt': 'pip\n',
  });
  const options = { modelPath: 'templates/custom-service', handler: 'service.ts', exportPath: folder.path } as const;
  context.folder = folder;
  context.greeter = (await pack({ ...options, modelName: 'greeter' })).target;
  context.tarball = (await pack({ ...options, modelName: 'greet_er', target: 'sagemaker' })).target;
  const python = { modelName: 'py', modelPath: join(folder.path, 'python'), handler: 'service.py' } as const;
  const requirementsFile = join(python.modelPath, 'requirements.txt');
  context.python = (await pack({ ...python, exportPath: folder.path, requirementsFile })).target;
});
test.after(({ folder }) => folder.remove());

const IMAGE = 'registry.example/greeter:1';
const SAGEMAKER = {
  image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/mms:1',
  role: 'arn:aws:iam::123456789012:role/endpoint',
  modelData: 's3://bucket/models/greeter.tar.gz',
  instanceType: 'ml.m5.large',
} as const;

test('docker: a recipe, what it may see, and the archive', async ({ folder, greeter }) => {
  const { files, directory, notes, next } = await deployDocker(greeter, { cwd: folder.path });
  assert.is(directory, join(folder.path, 'greeter-docker'));
  assert.equal(files, ['Dockerfile', '.dockerignore', 'greeter.mar']);
  assert.equal(readdirSync(directory).sort(), [...files].sort());
  assert.equal(readFileSync(join(directory, 'greeter.mar')), readFileSync(greeter));
  assert.is(readFileSync(join(directory, '.dockerignore'), 'utf8'), '*\n!Dockerfile\n!greeter.mar\n');
  const text = readFileSync(join(directory, 'Dockerfile'), 'utf8');
  assert.match(text, /^FROM node:22\.\d+\.\d+-bookworm-slim\n/);
  assert.match(text, `model-archiver@${VERSION}\n`);
  assert.match(text, '\nUSER 1000\n');
  assert.match(text, '\nSTOPSIGNAL SIGTERM\n');
  assert.match(text, /\nHEALTHCHECK .*\/ready/);
  assert.match(text, ' model=/opt/models/greeter.mar ');
  assert.match(text, `'exec mar serve --host 0.0.0.0 "$model" "$@"' > /usr/local/bin/serve `);
  assert.match(text, '\nENTRYPOINT []\nCMD ["serve"]\n');
  assert.not.match(text, /python|pip/);
  assert.equal(notes, []);
  assert.is(next[0], 'docker build --tag greeter .');
});

testUnless(missingHadolint, test, 'hadolint finds nothing in any recipe', async ({ folder, greeter, python }) => {
  for (const archive of [greeter, python]) {
    const { directory } = await deployDocker(archive, { out: 'linted', cwd: folder.path, force: true });
    const done = spawnSync(HADOLINT ?? '', [join(directory, 'Dockerfile')], { encoding: 'utf8' });
    assert.is(done.status, 0, done.stdout + done.stderr);
  }
});

test('docker: Python and requirements only where the archive has them', async ({ folder, python }) => {
  const { directory, notes } = await deployDocker(python, { out: 'with-python', cwd: folder.path });
  const text = readFileSync(join(directory, 'Dockerfile'), 'utf8');
  assert.match(text, 'install -y --no-install-recommends python3 python3-venv ');
  assert.match(text, '/opt/python/bin/pip install --no-cache-dir --requirement requirements.txt ');
  assert.match(text, 'exec mar serve --host 0.0.0.0 --python /opt/python/bin/python "$model"');
  assert.equal(notes, ['The image installs requirements.txt of the archive.']);
  const bare = join(folder.path, 'bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'service.py'), 'def handle(data, context):\n    return data\n');
  const { target } = await pack({ modelName: 'bare', modelPath: bare, handler: 'service.py', exportPath: folder.path });
  const without = await deployDocker(target, { out: 'no-requirements', cwd: folder.path });
  assert.match(without.notes[0] ?? '', 'the image has Python and no package');
  assert.not.match(readFileSync(join(without.directory, 'Dockerfile'), 'utf8'), /venv|pip/);
});

test('files that are there stay without --force, and then nothing is written', async ({ folder, greeter }) => {
  const out = join(folder.path, 'taken');
  mkdirSync(out);
  writeFileSync(join(out, '.dockerignore'), 'mine');
  writeFileSync(join(out, 'other'), 'mine');
  await rejectsWith('ERR_TARGET_EXISTS', () => deployDocker(greeter, { out }));
  assert.equal(readdirSync(out), ['.dockerignore', 'other']);
  await deployDocker(greeter, { out, force: true });
  assert.is(readFileSync(join(out, '.dockerignore'), 'utf8'), '*\n!Dockerfile\n!greeter.mar\n');
  assert.is(readFileSync(join(out, 'other'), 'utf8'), 'mine');
  // Into the directory of the archive itself.
  const beside = await deployDocker(greeter, { out: folder.path });
  assert.ok(existsSync(join(beside.directory, 'Dockerfile')));
  // A place that cannot be written leaves nothing: a directory stands where a file would go.
  const blocked = join(folder.path, 'blocked');
  mkdirSync(join(blocked, 'greeter.mar', 'x'), { recursive: true });
  assert.ok(
    (await deployDocker(greeter, { out: blocked, force: true }).catch((error: Error) => error)) instanceof Error,
  );
  assert.equal(readdirSync(blocked), ['greeter.mar']);
  const unmade = await rejectsWith('ERR_TARGET_UNWRITABLE', () => deployDocker(greeter, { out: greeter }));
  assert.match(unmade.message, `Cannot write to ${greeter}: a file stands where a directory would go.`);
  assert.match(unmade.advice, '--out');
});

test('what does not validate is refused, with --force too, and so is a directory', async ({ folder }) => {
  const broken = join(folder.path, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'service.py'), 'def handle(data, context):\n    return data\n');
  writeFileSync(
    join(broken, 'weights.pt'),
    Buffer.from('gASVGwAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAFhlIWUUpQu', 'base64'),
  );
  const { target } = await pack({
    modelName: 'broken',
    modelPath: broken,
    handler: 'service.py',
    exportPath: folder.path,
  });
  const out = join(folder.path, 'not-made');
  const refused = await rejectsWith('ERR_DEPLOY_INVALID', () => deployDocker(target, { out, force: true }));
  assert.match(refused.detail ?? '', /^ {2}- weights\.pt\b.* \[MAR\d+ [a-z-]+\]$/m);
  await rejectsWith('ERR_DEPLOY_DIRECTORY', () => deployDocker(broken, { out }));
  const named = join(folder.path, 'named');
  mkdirSync(named);
  writeFileSync(join(named, 'service.py'), 'def handle(data, context):\n    return data\n');
  writeFileSync(join(named, "a'; b.txt"), 'pip\n');
  const odd = { modelName: 'odd', modelPath: named, handler: 'service.py', exportPath: folder.path } as const;
  const { target: quoted } = await pack({ ...odd, requirementsFile: join(named, "a'; b.txt") });
  const refusal = await rejectsWith('ERR_DEPLOY_INVALID', () => deployDocker(quoted, { out }));
  assert.match(refusal.message, 'which no recipe can name');
  assert.not(existsSync(out));
});

test('kserve: resources only as given or measured', async ({ folder, greeter }) => {
  const bare = await deployKserve(greeter, { cwd: folder.path, image: IMAGE });
  const text = readFileSync(join(bare.directory, 'inference-service.yaml'), 'utf8');
  assert.not.match(text, 'resources');
  assert.match(text, '"--workers", "1", "--shutdown-timeout", "20", "/opt/models/greeter.mar"]');
  assert.equal(bare.notes.slice(0, 2), [
    'No memory is requested: give --memory, or --measure.',
    'No processor is requested: give --cpu.',
  ]);
  const out = 'measured';
  const measured = await deployKserve(greeter, {
    cwd: folder.path,
    image: IMAGE,
    measure: true,
    workers: 2,
    cpu: '500m',
    out,
  });
  const [, mib, requests, asked] =
    /a worker took (\d+) MiB after (\d+) requests; (\d+)Mi is 2 of them and a fifth more, with 128 MiB /.exec(
      measured.notes[0] ?? '',
    ) ?? [];
  assert.ok(Number(mib) > 20 && Number(requests) > 1, measured.notes[0]);
  assert.ok(
    Number(asked) >= 128 + 2 * 1.15 * Number(mib) && Number(asked) < 160 + 2 * 1.25 * Number(mib),
    measured.notes[0],
  );
  const resource = readFileSync(join(measured.directory, 'inference-service.yaml'), 'utf8');
  assert.match(resource, `requests:\n            cpu: "500m"\n            memory: "${asked}Mi"`);
  for (const wrong of [
    { image: 'Registry.example/x' },
    { image: 'a b' },
    { image: IMAGE, cpu: '1.5.2' },
    { image: IMAGE, cpu: '0m' },
    { image: IMAGE, memory: '512mb' },
    { image: IMAGE, memory: '512' },
    { image: IMAGE, memory: '1Gi', measure: true },
  ])
    await rejectsWith('ERR_DEPLOY_VALUE', () => deployKserve(greeter, { out: 'none', cwd: folder.path, ...wrong }));
  await rejectsWith('ERR_DEPLOY_NAME', () =>
    deployKserve(greeter, { image: IMAGE, cwd: folder.path, namespace: 'No' }),
  );
});

test('kserve: without a golden case nothing is measured, and nothing written', async ({ folder, python }) => {
  const out = join(folder.path, 'unmeasured');
  const options = { image: IMAGE, measure: true, out };
  const error = await rejectsWith('ERR_DEPLOY_MEASURE', () => deployKserve(python, options));
  assert.match(error.message, 'it has no golden case to ask');
  assert.not(existsSync(out));
});

test('sagemaker: nothing is made up, and a tarball it is', async ({ folder, greeter, tarball }) => {
  const cwd = folder.path;
  for (const [key, value] of [
    ['role', 'endpoint'],
    ['role', 'arn:aws:iam::1:role/x'],
    ['modelData', 's3://bucket/model.mar'],
    ['modelData', 'https://bucket/model.tar.gz'],
    ['modelData', 's3://b/model.tar.gz'],
    ['instanceType', 'm5.large'],
    ['image', ''],
  ] as const)
    await rejectsWith('ERR_DEPLOY_VALUE', () => deploySagemaker(tarball, { ...SAGEMAKER, cwd, [key]: value }));
  const zip = await rejectsWith('ERR_DEPLOY_TARBALL', () => deploySagemaker(greeter, { ...SAGEMAKER, cwd }));
  assert.match(zip.advice, `mar convert ${greeter} --to sagemaker-tar`);
  const { output } = await convert(greeter, { to: 'sagemaker-tar' });
  await deploySagemaker(output, { ...SAGEMAKER, cwd, out: 'converted' });
  const unbridged = { modelPath: 'templates/custom-service', handler: 'service.ts', exportPath: cwd } as const;
  const { target } = await pack({ ...unbridged, modelName: 'node', archiveFormat: 'tgz-flat' });
  await rejectsWith('ERR_DEPLOY_INVALID', () => deploySagemaker(target, { ...SAGEMAKER, cwd }));
  // What the validator warns of is told: this one only some containers load.
  const { target: inFolder } = await pack({
    ...unbridged,
    modelName: 'below',
    target: 'sagemaker',
    archiveFormat: 'tgz',
  });
  const { notes } = await deploySagemaker(inFolder, { ...SAGEMAKER, cwd });
  assert.match(notes.join('\n'), /\[MAR229 [a-z-]+\]/);
  assert.match(notes.join('\n'), /\[MAR137 sagemaker-tarball\]/);
  for (const flag of ['--image', '--role', '--model-data', '--instance-type']) {
    const given = { '--image': 'x', '--role': 'x', '--model-data': 'x', '--instance-type': 'x' };
    const args = Object.entries(given).flatMap((pair) => (pair[0] === flag ? [] : pair));
    const { code, stderr } = await runMar(['deploy', 'sagemaker', tarball, ...args]);
    assert.is(code, 2);
    assert.match(stderr, `required option '${flag} `);
  }
  const { stdout } = await runMar(
    [
      ...['deploy', 'sagemaker', tarball, '--out', 'told', '--image', SAGEMAKER.image, '--role', SAGEMAKER.role],
      ...['--model-data', SAGEMAKER.modelData, '--instance-type', SAGEMAKER.instanceType],
    ],
    { cwd },
  );
  assert.match(stdout, 'The model greet_er is called greet-er in SageMaker');
  assert.match(stdout, '  aws sagemaker create-endpoint --cli-input-json file://create-endpoint.json\n');
});

/** Holds each body to its shape: required members and types by botocore's validator, patterns and choices by the model itself. */
const BOTOCORE = `
import json, re, sys
import botocore.session, botocore.validate
service = botocore.session.get_session().get_service_model('sagemaker')
def walk(shape, value, path):
    pattern = shape.metadata.get('pattern')
    if isinstance(value, str):
        if pattern and not re.fullmatch(pattern, value): yield '%s: %r is not like %s' % (path, value, pattern)
        if shape.enum and value not in shape.enum: yield '%s: %r is not a choice' % (path, value)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in shape.members: yield from walk(shape.members[key], item, path + '.' + key)
    elif isinstance(value, list):
        for item in value: yield from walk(shape.member, item, path + '[]')
faults = []
for operation, file in json.loads(sys.argv[1]):
    shape = service.operation_model(operation).input_shape
    body = json.load(open(file))
    report = botocore.validate.ParamValidator().validate(body, shape)
    if report.has_errors(): faults.append(report.generate_report())
    faults += walk(shape, body, operation)
print(json.dumps(faults))
`;

testUnless(missingSdks, test, "sagemaker: botocore's model of the service agrees", async ({ folder, tarball }) => {
  const { directory, files } = await deploySagemaker(tarball, { ...SAGEMAKER, cwd: folder.path, instanceCount: 2 });
  assert.equal(files, ['create-model.json', 'create-endpoint-config.json', 'create-endpoint.json']);
  const bodies = ['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'].map((operation, index) => [
    operation,
    join(directory, files[index] ?? ''),
  ]);
  const faults = (): string[] => JSON.parse(python(BOTOCORE, JSON.stringify(bodies)));
  assert.equal(faults(), []);
  const config = join(directory, 'create-endpoint-config.json');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('ml.m5.large', 'ml.none.large').replace('"ModelName"', '"Modelname"'),
  );
  assert.ok(faults().length >= 2, 'it can find something');
});

/** What KServe's own classes read, written again, is the same: no member that they do not know, none of another type. */
const KSERVE = `
import json, sys, yaml
import kserve
from kubernetes import client
for name in dir(kserve):
    if name.startswith('V1') and not hasattr(client.models, name): setattr(client.models, name, getattr(kserve, name))
value = yaml.safe_load(open(sys.argv[1]))
class Response: data = json.dumps(value)
api = client.ApiClient()
read = api.deserialize(Response, 'V1beta1InferenceService')
print(json.dumps([value, api.sanitize_for_serialization(read)]))
`;

testUnless(missingSdks, test, "kserve: KServe's SDK reads all of it", async ({ folder, greeter }) => {
  const options = { cwd: folder.path, image: IMAGE, cpu: '1', memory: '1Gi', namespace: 'models', out: 'by-sdk' };
  const { directory } = await deployKserve(greeter, options);
  const path = join(directory, 'inference-service.yaml');
  const same = (): boolean => {
    const [written, read] = JSON.parse(python(KSERVE, path));
    try {
      assert.equal(read, written);
      return true;
    } catch {
      return false;
    }
  };
  assert.ok(same());
  writeFileSync(path, readFileSync(path, 'utf8').replace('readinessProbe', 'readyProbe'));
  assert.not(same(), 'it can find something');
});

function python(script: string, argument: string): string {
  const done = spawnSync(PYTHON ?? '', ['-c', script, argument], { encoding: 'utf8' });
  assert.is(done.status, 0, done.stderr);
  return done.stdout.trim().split('\n').at(-1) ?? '';
}

test.run();
