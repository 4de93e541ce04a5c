/** Failures of commands and functions by their codes, each brought about for real. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { declaredDevice } from '#device/declared-device.js';
import type { ErrorCode } from '#errors/codes.js';
import { ERROR_CODES } from '#errors/codes.js';
import { installModelRequirements } from '#hosting/install-requirements.js';
import { makeRunDirectory } from '#hosting/run-directory.js';
import { init, pack, predict } from '#index.js';
import { makeManagementKey } from '#serve/http/guards/management-key.js';
import { secureServers } from '#serve/http/server/tls.js';
import { ImageClassifier } from '#service/builtin/image-classifier.js';
import { TextClassifier } from '#service/builtin/text-classifier.js';
import { findModelFile } from '#service/onnx/find-model-file.js';
import { askServer } from '#testing/ask.js';
import { entryPoint } from '#worker/entry-point.js';
import { findHandlerFile } from '#worker/handler-file.js';
import { anyModel, textModel } from '../init/sample-models.js';
import { withContext } from '../service/context.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { settingsOf } from '../support/settings.js';

const PYTHON = 'def handle(data, context):\n    return data\n';
const SCRIPT = 'export const handle = (batch: unknown[]) => batch;\n';
const NAMED = ['--model-name', 'x'] as const;

/** A command line of `mar` with `--json`, in a folder with these files. */
const COMMANDS: readonly (readonly [ErrorCode, Readonly<Record<string, string>>, ...string[]])[] = [
  ['ERR_FLAG_REQUIRED', { 'm/service.py': PYTHON }, 'build', 'm'],
  ['ERR_FLAG_REPEATED', { 'm/service.py': PYTHON }, 'build', 'm', '--model-path', 'n', ...NAMED],
  [
    'ERR_HANDLER_AMBIGUOUS',
    { 'm/service.py': PYTHON, 'm/service.ts': SCRIPT },
    'build',
    'm',
    ...NAMED,
    '--handler',
    'service',
  ],
  ['ERR_RUNTIME', { 'm/service.ts': SCRIPT }, 'build', 'm', ...NAMED, '--handler', 'service.ts', '--runtime', 'python'],
  ['ERR_MODEL_MISSING', { 'm/a.txt': 'x' }, 'build', 'm', ...NAMED, '--handler', 'tensor'],
  ['ERR_CONVERT_ONNX', { 'm/a.onnx': 'x' }, 'build', 'm', ...NAMED, '--handler', 'tensor', '--convert'],
  [
    'ERR_VERSION_REQUIRED',
    { 'a.pt': 'x' },
    'build',
    ...NAMED,
    '--handler',
    'image_classifier',
    '--serialized-file',
    'a.pt',
  ],
  ['ERR_ALLOW_ENTRY', {}, 'validate', 'a.mar', '--allow-import', 'os.system'],
  ['ERR_RULE_UNKNOWN', {}, 'validate', 'a.mar', '--ignore', 'nope'],
  ['ERR_SEVERITY_UNKNOWN', {}, 'validate', 'a.mar', '--severity', 'unknown-field=loud'],
  ['ERR_TARGET_UNKNOWN', {}, 'validate', 'a.mar', '--target', 'moon'],
  ['ERR_DIRECTORY_MISSING', {}, 'init', 'nowhere', '--yes'],
  ['ERR_DIRECTORY_UNREADABLE', { file: 'x' }, 'init', 'file', '--yes'],
  [
    'ERR_LABELS_UNREADABLE',
    { 'm/': '' },
    'init',
    'm',
    '--yes',
    '--template',
    'image-classifier',
    '--labels',
    'none.txt',
  ],
  ['ERR_MODEL_UNREADABLE', { 'm/a.onnx': 'version https://git-lfs.github.com/spec/v1\n' }, 'init', 'm', '--yes'],
];

for (const [code, files, ...argv] of COMMANDS)
  test(
    `mar ${argv.join(' ')}: ${code}`,
    inFolder(files, async ({ path }) => {
      const { stdout, code: exit } = await runMar([...argv, '--json'], { cwd: path });
      const { error } = JSON.parse(stdout);
      assert.is(error.code, code, error.message);
      assert.is(error.kind, ERROR_CODES[code].kind);
      assert.ok(error.hint.length > 0);
      assert.is(exit, 2);
    }),
  );

for (const [code, env] of [
  ['ERR_SOURCE_DATE_EPOCH', { SOURCE_DATE_EPOCH: 'yesterday' }],
  ['ERR_ENVIRONMENT', { MAR_ARCHIVE_FORMAT: 'rar' }],
  ['ERR_ENVIRONMENT', { MAR_FORCE: 'perhaps' }],
] as const)
  test(
    `${Object.entries(env).join()}: ${code}`,
    inFolder({ 'm/service.py': PYTHON }, async ({ path }) => {
      const argv = ['build', 'm', ...NAMED, '--handler', 'service.py', '--json'];
      const { stdout } = await runMar(argv, { cwd: path, env });
      assert.is(JSON.parse(stdout).error.code, code);
    }),
  );

test('mar validate of a URL: ERR_ARCHIVE_URL', async () => {
  const { stdout, code } = await runMar(['validate', 'http://127.0.0.1/a.mar', '--json']);
  const [failure] = JSON.parse(stdout).failures;
  assert.equal([failure.code, failure.hint.length > 0, code], ['ERR_ARCHIVE_URL', true, 2]);
});

test(
  'functions of packing and init',
  inFolder({ 'm/a.onnx': anyModel, 't/a.onnx': textModel, 'e/': '', 'x.mar': 'PK' }, async ({ path }) => {
    await rejectsWith('ERR_TOKENIZER_MISSING', () => init({ cwd: path, directory: 't', template: 'text-classifier' }));
    await rejectsWith('ERR_TEMPLATE_MODEL', () => init({ cwd: path, directory: 'm', template: 'image-classifier' }));
    await rejectsWith('ERR_MODEL_MISSING', () => init({ cwd: path, directory: 'e', template: 'tensor' }));
    await rejectsWith('ERR_ANSWER', () => init({ cwd: path, directory: 'e', ask: async () => 'neither' }));
    await rejectsWith('ERR_INPUT_UNREADABLE', () => predict(join(path, 'x.mar'), { file: join(path, 'cat.jpg') }));
    const asked = { modelName: 'x', modelPath: 'm', cwd: path } as const;
    await rejectsWith('ERR_DEVICE_CONTEXT', () => pack({ ...asked, modelContext: 'tpu' }));
  }),
);

test(
  'functions of a worker and of a server',
  inFolder({ 'm/service.mjs': '', file: 'x' }, async ({ path }) => {
    const file = join(path, 'file');
    await rejectsWith('ERR_HANDLER_NOT_FOUND', () => findHandlerFile(join(path, 'm'), 'other:handle'));
    await rejectsWith('ERR_HANDLER_NOT_FOUND', () => findHandlerFile(join(path, 'm'), '../file:handle'));
    await rejectsWith('ERR_ENTRY_POINT', () => entryPoint({}, 'handle', 'service.mjs'));
    await rejectsWith('ERR_ENTRY_POINT', () => entryPoint({ handle: 5 }, 'handle', 'service.mjs'));
    const model = { modelDir: join(path, 'm'), runtime: 'python', env: process.env } as const;
    await rejectsWith('ERR_REQUIREMENTS_FILE', () =>
      installModelRequirements({ ...model, requirementsFile: '../file' }),
    );
    await rejectsWith('ERR_KEY_FILE', () => makeManagementKey(join(file, 'key.json')));
    await rejectsWith('ERR_TEMPORARY_DIRECTORY', () => makeRunDirectory(join(path, 'none')));
    const settings = await settingsOf({ privateKeyFile: file, certificateFile: file });
    await rejectsWith('ERR_TLS', () => secureServers(settings));
    await rejectsWith('ERR_DEVICE_DECLARATION', () => declaredDevice({ modelArchiver: { device: { model: 5 } } }));
  }),
);

test('a service that cannot tell its model, or whose model does not fit', async () => {
  for (const files of [{}, { 'a.onnx': anyModel, 'b.onnx': anyModel }])
    await withContext(files, (context) => rejectsWith('ERR_MODEL_FILE', () => findModelFile(context, undefined)));
  await withContext({ 'a.onnx': anyModel }, async (context) => {
    await rejectsWith('ERR_MODEL_FILE', () => findModelFile(context, '../a.onnx'));
    await rejectsWith('ERR_MODEL_INPUT', () => new ImageClassifier().initialize(context));
    await rejectsWith('ERR_TOKENIZER', () => new TextClassifier().initialize(context));
  });
});

test('a server that is not there, and one that does not answer', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  assert.ok(address !== null && typeof address === 'object');
  const url = `http://127.0.0.1:${address.port}/predictions/x`;
  const request = { body: Buffer.from('{}'), contentType: 'application/json' };
  const late = await rejectsWith('ERR_SERVER_TIMEOUT', () => askServer(url, 20)(request));
  assert.match(late.message, url);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  const gone = await rejectsWith('ERR_SERVER', () => askServer(url, 1000)(request));
  assert.match(gone.advice, /mar serve-local/);
});

test.run();
