import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingPath } from './recordings.js';

/** One recorded step compared with our answer. */
export interface Compared {
  readonly id: string;
  readonly same: boolean;
  /** Each difference as `path: want … got …`. */
  readonly diff: readonly string[];
}

/** Sends the recorded requests of a profile to a server that has this model store, with the recording's replay.py. */
export async function replay(
  profile: string,
  store: string,
  urls: { inferenceUrl: string; managementUrl: string },
): Promise<Compared[]> {
  const dir = await mkdtemp(join(tmpdir(), 'mar-replay-'));
  try {
    const out = join(dir, 'results.jsonl');
    const child = spawn(
      'python3',
      [
        recordingPath('replay.py'),
        ...['--golden', recordingPath('mms-golden.jsonl'), '--profile', profile, '--store', store],
        ...['--inference', new URL(urls.inferenceUrl).host, '--management', new URL(urls.managementUrl).host],
        ...['--file-port', String(await freePort()), '--out', out],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await once(child, 'exit');
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    return lines.map((line): Compared => JSON.parse(line));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** True when all that differs is what follows the first line of `message`, and the length of the answer. */
export function onlyAddsCause(diff: readonly string[]): boolean {
  const rest = diff.filter((line) => !line.startsWith('resp.headers.content-length:'));
  return (
    rest.length > 0 &&
    rest.every((line) => {
      const [, want, got] = /^json\.message: want "(.*)" got "(.*)$/s.exec(line) ?? [];
      return want !== undefined && got?.startsWith(`${want}\\n`);
    })
  );
}

/** The ids in the first column of the tables of a Markdown document. */
export function listedDifferences(markdown: string): Set<string> {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| `'));
  return new Set(
    rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, id]) => id ?? '')),
  );
}
