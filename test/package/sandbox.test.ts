import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/test-unless.js';
import { installPackage } from './installed.js';

const { project, remove } = installPackage();
const folder = project ?? '';

test.after(remove);

/** Each tries one thing; what it says when it worked begins with a `!`. `SECRET` is a file outside of the archive. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  'reads a file': "return '!' + fs.readFileSync(SECRET, 'utf8');",
  'writes a file': "fs.writeFileSync(SECRET + '.new', ''); return '!';",
  'writes into the archive': "fs.writeFileSync('new', ''); return '!';",
  'starts a program': "return '!' + execFileSync('id');",
  'starts a thread': 'return inThread({});',
  'starts a thread without the flags of the process': 'return inThread({ execArgv: [] });',
  'starts a thread with other flags':
    "return inThread({ execArgv: ['--experimental-permission', '--allow-fs-read=*'] });",
  'hooks imports': "register('data:text/javascript,'); return '!';",
  'loads native code': "process.dlopen({ exports: {} }, path.resolve('addon.node')); return '!';",
  'requires native code': "require('./addon.node'); return '!';",
  'brings native loading back': "Object.defineProperty(process, 'dlopen', { value: () => {} }); return '!';",
  'writes through sharp':
    "await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).toFile(SECRET + '.png'); return '!';",
  'opens a debugger': "inspector.open(0); return '!';",
};

const HANDLER = `import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import inspector from 'node:inspector';
import { createRequire, register } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { PredictionError } from 'model-archiver/service';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
const require = createRequire(import.meta.url);
const SECRET = SECRET_PATH;
const inThread = (options) => new Promise((resolve, reject) => {
  const code = "require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync(" + JSON.stringify(SECRET) + ", 'utf8'))";
  new Worker(code, { eval: true, ...options }).on('message', (text) => resolve('!' + text)).on('error', reject);
});
const attempts = {
ATTEMPTS
};
export async function handle(batch) {
  const said = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { said[name] = await attempt(); } catch (error) { said[name] = error.code ?? error.message; }
  }
  said.works = [typeof ort.InferenceSession.create, (await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).raw().toBuffer()).length];
  said.own = fs.readFileSync('own.txt', 'utf8');
  if (String(batch[0].body) === 'refuse') throw new PredictionError('one class', 418);
  return batch.map(() => said);
}
`;

testUnless(
  project === undefined ? 'the package registry cannot be reached' : undefined,
  test,
  'a sandboxed handler gets at nothing but its archive, and the provided modules work',
  async () => {
    const model = join(folder, 'model');
    const secret = join(folder, 'secret.txt');
    mkdirSync(join(model, 'MAR-INF'), { recursive: true });
    writeFileSync(secret, 'secret');
    writeFileSync(join(model, 'own.txt'), 'own');
    const binaries = join(folder, 'node_modules', 'onnxruntime-node', 'bin');
    const addon = readdirSync(binaries, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.node'));
    copyFileSync(join(binaries, addon ?? ''), join(model, 'addon.node'));
    const attempts = Object.entries(ATTEMPTS).map(
      ([name, code]) => `${JSON.stringify(name)}: async () => { ${code} },`,
    );
    const code = HANDLER.replace('SECRET_PATH', JSON.stringify(secret)).replace('ATTEMPTS', attempts.join('\n'));
    writeFileSync(join(model, 'service.mjs'), code);
    const manifest = { runtime: 'nodejs', model: { modelName: 'm', handler: 'service:handle' } };
    writeFileSync(join(model, 'MAR-INF', 'MANIFEST.json'), JSON.stringify(manifest));
    const any = 'http://127.0.0.1:0';
    const addresses = ['--inference-address', any, '--management-address', any];
    const server = spawn(
      join(folder, 'node_modules', '.bin', 'mar'),
      ['serve-local', model, '--sandbox', '--workers', '1', '--json', ...addresses],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(server, 'exit');
    try {
      const [line] = await Promise.race([once(server.stdout, 'data'), exited]);
      const { inferenceUrl } = JSON.parse(String(line));
      const predict = (body: string) => fetch(`${inferenceUrl}/predictions/m`, { method: 'POST', body });
      const said = (await (await predict('')).json()) as Record<string, unknown>;
      for (const name of Object.keys(ATTEMPTS)) assert.not.match(String(said[name]), /^!/, name);
      assert.is(said['loads native code'], 'ERR_SANDBOX');
      assert.equal([said['works'], said['own']], [['function', 3], 'own']);
      assert.is((await predict('refuse')).status, 418);
    } finally {
      server.kill('SIGTERM');
      await exited;
    }
  },
);

test.run();
