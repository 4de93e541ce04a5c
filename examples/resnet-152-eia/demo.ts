/**
 * The post "Model serving with Amazon Elastic Inference" from its first command to its table, with what replaces it today. Nothing here reaches an
 * accelerator: the service has ended, the model runs on this machine's cpu, and the table is the post's own.
 *
 * `node --import tsx examples/resnet-152-eia/demo.ts [--generated] [--width N]`: the small classifier of examples/image-classifier, which
 * knows cats; or ResNet-152 with generated weights, which knows nothing and is as large and slow as the real one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeResnet } from './make-resnet.js';

const { values: flags } = parseArgs({ options: { generated: { type: 'boolean' }, width: { type: 'string' } } });
const root = fileURLToPath(new URL('../../', import.meta.url));
const here = join(root, 'examples/resnet-152-eia');
const classifier = join(root, 'examples/image-classifier/model');
const kitten = join(classifier, 'MAR-INF/tests/chelsea.png');
const out = await mkdtemp(join(tmpdir(), 'mar-eia-demo-'));
const model = join(out, 'model');
const archive = join(out, 'resnet-152-eia.mar');

/** Starts one of the built tools, with the command shown as a person would type it. */
function start(tool: 'mar' | 'model-archiver', args: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess {
  const shown = args.map((arg) =>
    arg
      .replaceAll(out, 'OUT')
      .replaceAll(root, '')
      .replace(/^(.* .*)$/, "'$1'"),
  );
  process.stdout.write(`\n$ ${tool} ${shown.join(' ')}\n`);
  return spawn(process.execPath, [join(root, 'dist/bin', `${tool}.js`), ...args], {
    stdio: ['ignore', stdout, 'inherit'],
  });
}

async function run(tool: 'mar' | 'model-archiver', args: readonly string[]): Promise<void> {
  const [code] = await once(start(tool, args, 'inherit'), 'exit');
  if (code !== 0) throw new Error(`${tool} ended with exit code ${code}`);
}

/** A request as the post makes it with curl. */
async function curl(method: string, url: string, body?: Buffer): Promise<string> {
  process.stdout.write(`\nthe same as: curl -X ${method} ${url}${body ? ' -T kitten.png' : ''}\n`);
  const response = await fetch(url, { method, ...(body && { body }) });
  const text = await response.text();
  process.stdout.write(`${text}\n`);
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return text;
}

/** The two addresses that the server prints when it accepts requests. */
async function addresses(server: ChildProcess): Promise<{ inference: string; management: string }> {
  const found: Record<string, string> = {};
  if (server.stdout)
    for await (const line of createInterface({ input: server.stdout })) {
      const [, api, url] = /(inference|management).*?(http:\/\/\S+)/i.exec(line) ?? [];
      if (api !== undefined && url !== undefined) found[api.toLowerCase()] = url;
      const { inference, management } = found;
      if (inference !== undefined && management !== undefined) return { inference, management };
    }
  throw new Error('the server ended before it was ready');
}

/** The post's session: the model is served, scaled to one worker, and asked about a cat. */
async function serve(): Promise<void> {
  const anyPort = 'http://127.0.0.1:0';
  const ports = ['--inference-address', anyPort, '--management-address', anyPort];
  const server = start('mar', ['serve-local', '--models', `resnet-152=${archive}`, ...ports], 'pipe');
  const ended = once(server, 'exit');
  try {
    const { inference, management } = await addresses(server);
    await curl('PUT', `${management}/models/resnet-152?min_worker=1&synchronous=true`);
    const answer = await curl('POST', `${inference}/predictions/resnet-152`, await readFile(kitten));
    const [best]: { class: string }[] = JSON.parse(answer);
    if (!best || (!flags.generated && !/\bcat\b/.test(best.class)))
      throw new Error(`expected a cat, got ${best?.class}`);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

try {
  await cp(join(here, 'model'), model, { recursive: true });
  await copyFile(join(classifier, 'synset.txt'), join(model, 'synset.txt'));
  if (flags.generated) makeResnet(join(model, 'resnet-152.onnx'), Number(flags.width ?? 64));
  else {
    const small = 'efficientnet-lite0-int8.onnx';
    await copyFile(join(classifier, small), join(model, small));
    await mkdir(join(model, 'MAR-INF'), { recursive: true });
    await cp(join(classifier, 'MAR-INF/tests'), join(model, 'MAR-INF/tests'), { recursive: true });
  }
  await run('model-archiver', [
    ...['--model-name', 'resnet-152-eia', '--model-path', model, '--handler', 'service.ts'],
    ...['--accelerator', 'eia1.medium', '--export-path', out],
  ]);
  await run('mar', ['validate', '--run', archive]);
  await run('mar', ['eia', 'plan', archive]);
  await serve();
  await run('mar', ['eia', 'migrate', archive, '--to', 'cpu', '--output', join(out, 'resnet-152.mar')]);
  await run('mar', ['validate', '--run', join(out, 'resnet-152.mar')]);
  await run('mar', ['cost', join(here, 'table-1.json'), '--against', 'm5.large + eia1.medium']);
} finally {
  await rm(out, { recursive: true, force: true });
}
