import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type PeerServer, startPeer } from '../check/peer-server.js';
import type { Folder } from './model-folder.js';
import { peerPython } from './peers.js';
import { runModelArchiver } from './run-mar.js';
import { type Served, serveLocal } from './served.js';

/** What makes an archive of TorchServe's kind, and what it is asked. */
export interface Example {
  /** Python that writes files into the directory `sys.argv[1]`: models, inputs. */
  readonly make?: string;
  /** Files laid beside them. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Flags of torch-model-archiver but for the name, the version and where the archive goes; paths are in that directory. */
  readonly flags: readonly string[];
  readonly asks: readonly Ask[];
  /** How many of the last requests arrive as one batch; without it all go one by one. */
  readonly batch?: number;
}

/** One request: `PATH` below the server, the body (a file of the directory after `@`, or a form), headers. */
export interface Ask {
  readonly path?: 'predictions' | 'explanations';
  readonly body?: string | Buffer;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Both servers with what their handlers need: our runner and the real TorchServe, on one model store. */
export interface Both {
  readonly peer: PeerServer;
  readonly ours: Served;
  stop(): Promise<void>;
}

/** An answer: the status and the body. */
export type Answer = readonly [number, string];

/** What one example's archive, in one of its formats, was answered by both. */
export interface Compared {
  readonly format: string;
  readonly ours: readonly Answer[];
  readonly theirs: readonly Answer[];
}

/** The formats of torch-model-archiver, and how the file's name ends. */
const FORMATS = { default: '.mar', tgz: '.tar.gz', 'no-archive': '' } as const;
const HOOK = fileURLToPath(new URL('torchvision', import.meta.url));

/** Why no archive that needs these Python modules can be run by both here, or undefined. */
export function missingModules(...modules: readonly string[]): string | undefined {
  const python = peerPython('torchserve');
  if (python === undefined) return 'MAR_TEST_TORCHSERVE_PYTHON does not name a Python with torchserve';
  const code = 'import sys, importlib.util as u; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])';
  const missing = execFileSync(python, ['-c', code, ...modules], { encoding: 'utf8' }).trim();
  return missing === '' ? undefined : `the Python with torchserve lacks ${missing}`;
}

/** Starts both, with these lines in the config.properties of each. Every variable of this process is theirs, one thread for each worker. */
export async function startBoth(properties: readonly string[] = []): Promise<Both> {
  process.env['PYTHONPATH'] = HOOK;
  process.env['OMP_NUM_THREADS'] = '1';
  const peer = await startPeer('torchserve', {}, properties);
  const python = peerPython('torchserve') ?? '';
  const config = join(dirname(peer.store), 'ours.properties');
  writeFileSync(config, `${properties.join('\n')}\n`);
  const flags = ['--python', python, '--model-store', peer.store, '--mms-config', config, '--no-error-detail'];
  const ours = await serveLocal(flags);
  const stop = async (): Promise<void> => {
    await ours.stop();
    peer.stop();
  };
  return { peer, ours, stop };
}

/** Packs an example in each of these formats with our packer, and asks both servers the same of each archive. */
export async function askBoth(
  { peer, ours }: Both,
  folder: Folder,
  name: string,
  example: Example,
  formats: readonly (keyof typeof FORMATS)[],
): Promise<Compared[]> {
  folder.write({ [`${name}/`]: '' });
  const directory = join(folder.path, name);
  folder.write(
    Object.fromEntries(Object.entries(example.files ?? {}).map(([file, text]) => [`${name}/${file}`, text])),
  );
  if (example.make !== undefined)
    execFileSync(peerPython('torchserve') ?? '', ['-c', example.make, directory], { cwd: directory, stdio: 'pipe' });
  const compared: Compared[] = [];
  for (const format of formats) {
    const model = `${name}-${format}`;
    const args = ['--model-name', model, '--version', '1.0', '--archive-format', format, '--export-path', peer.store];
    const packed = await runModelArchiver([...args, ...example.flags], { cwd: directory });
    assert.is(packed.code, 0, packed.stderr);
    const answers = (server: string, management: string) =>
      ask(server, management, model, `${model}${FORMATS[format]}`, directory, example);
    compared.push({
      format,
      ours: await answers(ours.inference, ours.management),
      theirs: await answers(peer.inference, peer.management),
    });
  }
  return compared;
}

/** The first answer that is not the same, cut to what can be read; undefined where all are. */
export function firstDifference({ format, ours, theirs }: Compared): string | undefined {
  for (const index of Array.from({ length: Math.max(ours.length, theirs.length) }, (_, at) => at)) {
    const [one, other] = [ours[index] ?? [], theirs[index] ?? []].map((answer) => answer.join(' '));
    if (one === other) continue;
    const from = Math.max(0, [...(one ?? '')].findIndex((letter, at) => letter !== other?.[at]) - 40);
    const cut = (text = '') => JSON.stringify(text.slice(from, from + 200));
    return `${format}, answer ${index + 1}, from character ${from}: ours ${cut(one)}, TorchServe's ${cut(other)}`;
  }
  return undefined;
}

async function ask(
  server: string,
  management: string,
  model: string,
  url: string,
  directory: string,
  { asks, batch = 1 }: Example,
): Promise<Answer[]> {
  const query = `url=${url}&model_name=${model}&initial_workers=1&synchronous=true&batch_size=${batch}&max_batch_delay=${batch > 1 ? 300 : 1}`;
  const registered = await fetch(`${management}/models?${query}`, { method: 'POST' });
  const told = await registered.text();
  if (registered.status !== 200) return [[registered.status, told]];
  const send = async (one: Ask): Promise<Answer> => {
    const answer = await fetch(`${server}/${one.path ?? 'predictions'}/${model}`, {
      method: 'POST',
      ...bodyOf(one, directory),
    });
    return [answer.status, await answer.text()];
  };
  const answers: Answer[] = [];
  const alone = batch > 1 ? asks.slice(0, -batch) : asks;
  for (const one of alone) answers.push(await send(one));
  answers.push(...(await Promise.all(asks.slice(alone.length).map(send))));
  await (await fetch(`${management}/models/${model}`, { method: 'DELETE' })).arrayBuffer();
  return answers;
}

function bodyOf({ body = '', form, headers = {} }: Ask, directory: string): RequestInit {
  const fileOf = (text: string) => readFileSync(join(directory, text.slice(1)));
  if (form === undefined)
    return {
      body: typeof body === 'string' && body.startsWith('@') ? fileOf(body) : body,
      headers: { 'content-type': 'application/octet-stream', ...headers },
    };
  const data = new FormData();
  for (const [name, text] of Object.entries(form))
    if (text.startsWith('@')) data.append(name, new Blob([fileOf(text)]), text.slice(1));
    else data.append(name, text);
  return { body: data, headers };
}
