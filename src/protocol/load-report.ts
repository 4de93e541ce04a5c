/** Where the inference sessions of a loaded model run. */
export interface RunningSessions {
  /** The device: `cpu` or `gpu:N`. */
  readonly running: string;
  /** Execution providers of the sessions, best first. */
  readonly executionProviders: readonly string[];
}

/** The message of a successful load, as our own workers send it: the peers' sentence and, in a second line, what is known of the sessions. */
export function loadedMessage(sentence: string, sessions: RunningSessions | undefined): string {
  return sessions ? `${sentence}\n${JSON.stringify(sessions)}` : sentence;
}

/** Reads that second line; undefined without one, as from the peers' workers and from models without a session of ours. */
export function sessionsOf(message: string): RunningSessions | undefined {
  const line = message.split('\n')[1];
  if (line === undefined) return undefined;
  try {
    const { running, executionProviders }: Partial<RunningSessions> = JSON.parse(line);
    const valid = typeof running === 'string' && Array.isArray(executionProviders);
    return valid ? { running, executionProviders: executionProviders.map(String) } : undefined;
  } catch {
    return undefined;
  }
}
