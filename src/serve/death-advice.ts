const CRASHES: readonly (string | null)[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE'];

/** What to do about a worker that ended by itself, one sentence, where the way it ended tells. */
export function adviceOnDeath(
  code: number | null,
  signal: string | null,
  stderr: readonly string[],
): string | undefined {
  const output = stderr.join('\n');
  if (/JavaScript heap out of memory/.test(output))
    return 'The handler keeps more objects than the JavaScript heap holds; Buffers and typed arrays do not count.';
  if (signal === 'SIGKILL')
    return 'The system ends processes this way when memory runs out: start fewer workers, or give the machine more.';
  if (CRASHES.includes(signal)) return 'Native code of a library that the handler loads has crashed.';
  if (code !== null && !/^(Uncaught|Unhandled rejection) /m.test(output))
    return 'A handler must not end its process: let it throw an error instead.';
  return undefined;
}
