import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Run with networks and processes of its own: the last line of a Dockerfile, and one question. Prints the answer. */
export interface ImageTask {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A place for what the server writes. */
  readonly base: string;
  /** Where the model answers. */
  readonly path: string;
  readonly body: string;
}

const URL = 'http://127.0.0.1:8080';
const { command, env, base, path, body }: ImageTask = JSON.parse(process.argv[2] ?? '');
// The toolkit writes its settings into /etc: here into a copy that nobody else sees.
execFileSync('sh', ['-c', 'cp -a /etc "$1" 2> /dev/null; mount --bind "$1" /etc', 'sh', join(base, 'etc')]);
const server = spawn(command[0] ?? '', command.slice(1), { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'] });
let printed = '';
for (const stream of [server.stdout, server.stderr])
  stream.on('data', (chunk: Buffer) => {
    printed = (printed + chunk).slice(-8000);
  });
const done = (text: string): void => {
  process.stdout.write(text, () => process.exit(0));
};
server.once('error', (error) => done(`${command[0]} cannot be started: ${error.message}`));
server.once('exit', (code) => done(`it ended with ${code}:\n${printed}`));
for (;;) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(URL + path, { method: 'POST', headers, body }).catch(() => undefined);
  const text = await response?.text();
  if (response?.status === 200) done(JSON.stringify(JSON.parse(text ?? '')));
  else if (response !== undefined && ![404, 503].includes(response.status))
    done(`${response.status} ${text}\n${printed}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
