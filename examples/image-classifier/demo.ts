/**
 * The main job, end to end, with the built command line tools: a TypeScript handler and an ImageNet classifier become an archive
 * with an Elastic Inference context, the archive is validated, served by real worker processes, and names a cat.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const model = join(root, 'examples/image-classifier/model');
const photograph = join(model, 'MAR-INF/tests/chelsea.png');
const out = await mkdtemp(join(tmpdir(), 'mar-demo-'));
const archive = join(out, 'resnet-152.mar');

/** Starts one of the built tools, with the command shown as a person would type it. */
function start(tool: 'mar' | 'model-archiver', args: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess {
  const shown = args.map((arg) => arg.replace(out, 'OUT').replace(model, relative(root, model)));
  process.stdout.write(`\n$ ${tool} ${shown.join(' ')}\n`);
  return spawn(process.execPath, [join(root, 'dist/bin', `${tool}.js`), ...args], {
    stdio: ['ignore', stdout, 'inherit'],
  });
}

async function run(tool: 'mar' | 'model-archiver', args: readonly string[]): Promise<void> {
  const [code] = await once(start(tool, args, 'inherit'), 'exit');
  if (code !== 0) throw new Error(`${tool} ended with exit code ${code}`);
}

/** The inference address, from the two lines that the runner prints when it accepts requests. */
async function inferenceAddress(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('the server has no standard output');
  let address: string | undefined;
  for await (const line of createInterface({ input: server.stdout })) {
    process.stdout.write(`${line}\n`);
    address ??= /inference.*?(http:\/\/\S+)/i.exec(line)?.[1];
    if (address && /management/i.test(line)) return address;
  }
  throw new Error('the server ended before it was ready');
}

async function predict(address: string): Promise<{ probability: number; class: string }[]> {
  const body = await readFile(photograph);
  process.stdout.write(
    `\nthe same as: curl -X POST ${address}/predictions/resnet-152 -T ${relative(root, photograph)}\n`,
  );
  const response = await fetch(`${address}/predictions/resnet-152`, { method: 'POST', body });
  const text = await response.text();
  process.stdout.write(`${text}\n`);
  if (!response.ok) throw new Error(`the prediction was answered ${response.status}`);
  return JSON.parse(text);
}

async function serveAndPredict(): Promise<void> {
  const anyPort = 'http://127.0.0.1:0';
  const server = start(
    'mar',
    ['serve-local', archive, '--inference-address', anyPort, '--management-address', anyPort],
    'pipe',
  );
  const ended = once(server, 'exit');
  try {
    const [best] = await predict(await inferenceAddress(server));
    if (!best || !/\bcat\b/.test(best.class)) throw new Error(`expected a cat, got ${best?.class}`);
    process.stdout.write(
      `\nThe photograph shows a ${best.class.replace(/^n\d+ /, '')} (${best.probability.toFixed(2)}).\n`,
    );
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

try {
  await run('model-archiver', [
    ...['--model-name', 'resnet-152', '--model-path', model, '--handler', 'service.ts'],
    ...['--accelerator', 'eia1.medium', '--export-path', out],
  ]);
  await run('mar', ['validate', '--run', archive]);
  await serveAndPredict();
} finally {
  await rm(out, { recursive: true, force: true });
}
