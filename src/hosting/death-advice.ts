/** What to do about a worker that did not answer in time. */
export const SLOW_ANSWER =
  'The handler loops, or waits for what never comes, or needs longer: response_timeout of the registration, default_response_timeout of the server.';
/** … that did not load in time. */
export const SLOW_START = 'Loading may take as long as an answer, and 120 s at least: raise response_timeout.';
/** … whose answer is too large. */
export const LARGE_ANSWER = 'Answer with less, or raise max_response_size (bytes).';
/** … whose connection carries something else. */
export const NO_PROTOCOL =
  'The descriptors 3 and 4 of a worker are its connection: nothing in a handler may write to them.';

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
