import type { Readable, Writable } from 'node:stream';

/** The world as a command sees it: replaced in tests, the process's own in the bins. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts on SIGINT, SIGTERM, SIGQUIT and SIGHUP. */
  readonly signal: AbortSignal;
}

/** What a command file gets: the world, and where to leave the exit code (0 when it never calls `exit`). */
export interface CommandContext {
  readonly io: Io;
  exit(code: ExitCode): void;
  /** Standard output leads nowhere from here on: `--quiet`. */
  silence(): void;
}

/** 0 fine, 1 findings or a failed case, 2 usage or could not complete, 3 a defect of ours. */
export type ExitCode = 0 | 1 | 2 | 3;
