import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Run with networks and processes of its own: what a container of an image runs, and one question. Prints an ImageOutcome as JSON. */
export interface ImageTask {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A place for what the server writes. */
  readonly base: string;
  /** What the server prints once its model is loaded, as a regular expression. */
  readonly loaded: string;
  /** Where the model answers. */
  readonly path: string;
  readonly body: string;
  /** The command of a HEALTHCHECK, run while the server runs; then the server gets a SIGTERM. */
  readonly health?: readonly string[];
}

/** What came of it; `failed` says why there is no answer. */
export interface ImageOutcome {
  readonly failed?: string;
  readonly answer?: unknown;
  /** Exit codes of the health check and, after it, of the server. */
  readonly health?: number | null;
  readonly ended?: number | null;
}

/** Not of loopback: who listens there only is not asked by a platform. */
const ADDRESS = '192.0.2.1';
const URL = `http://${ADDRESS}:8080`;
const { command, env, base, loaded, path, body, health }: ImageTask = JSON.parse(process.argv[2] ?? '');
// The toolkit writes its settings into /etc: here into a copy that nobody else sees.
execFileSync('sh', ['-c', 'cp -a /etc "$1" 2> /dev/null; mount --bind "$1" /etc', 'sh', join(base, 'etc')]);
execFileSync('ip', ['address', 'add', `${ADDRESS}/32`, 'dev', 'lo']);
const done = (outcome: ImageOutcome): void => {
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
};
const server = spawn(command[0] ?? '', command.slice(1), { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'] });
server.once('error', (error) => done({ failed: `${command[0]} cannot be started: ${error.message}` }));
server.once('exit', (code) => done({ failed: `it ended with ${code}:\n${printed}` }));
let printed = '';
await new Promise<void>((isLoaded) => {
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk).slice(-8000);
      if (new RegExp(loaded).test(printed)) isLoaded();
    });
});
const ping = await fetch(`${URL}/ping`).catch(({ cause }: Error) => {
  done({ failed: `${URL} cannot be asked: ${String(cause)}` });
  return new Promise<never>(() => {});
});
const response = await fetch(URL + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const text = await response.text();
if (!ping.ok) done({ failed: `/ping: ${ping.status}\n${printed}` });
else if (response.status !== 200) done({ failed: `${response.status} ${text}\n${printed}` });
else if (health === undefined) done({ answer: JSON.parse(text) });
else {
  server.removeAllListeners('exit');
  const checked = spawnSync(health[0] ?? '', health.slice(1), { env });
  server.kill('SIGTERM');
  const [ended] = await once(server, 'exit');
  done({ answer: JSON.parse(text), health: checked.status, ended });
}
