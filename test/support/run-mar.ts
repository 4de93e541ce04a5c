import { Readable, Writable } from 'node:stream';
import { mar } from '../../src/cli/mar.js';

export interface MarRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `mar` command line in this process, as in a pipe: no terminal, no colours. */
export async function runMar(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<MarRun> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const code = await mar(argv, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
