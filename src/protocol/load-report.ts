/** Where the inference sessions of a loaded model run. */
export interface RunningSessions {
  /** The device: `cpu` or `gpu:N`. */
  readonly running: string;
  /** Execution providers of the sessions, best first. */
  readonly executionProviders: readonly string[];
  /** Whether the requests of a batch share a run of the model, and why not; of several sessions the last that does not. */
  readonly batching?: { readonly joins: boolean; readonly why?: string };
}

/** The message of a successful load, as our own workers send it: Multi Model Server's sentence and, in a second line, what is known of the sessions. */
export function loadedMessage(sentence: string, sessions: RunningSessions | undefined): string {
  return sessions ? `${sentence}\n${JSON.stringify(sessions)}` : sentence;
}

/** Reads that second line; undefined without one, as from Multi Model Server's workers and from models without a session of ours. */
export function sessionsOf(message: string): RunningSessions | undefined {
  const line = message.split('\n')[1];
  if (line === undefined) return undefined;
  try {
    const { running, executionProviders, batching }: Partial<RunningSessions> = JSON.parse(line);
    if (typeof running !== 'string' || !Array.isArray(executionProviders)) return undefined;
    return {
      running,
      executionProviders: executionProviders.map(String),
      ...(typeof batching?.joins === 'boolean' && {
        batching: { joins: batching.joins, ...(batching.why !== undefined && { why: String(batching.why) }) },
      }),
    };
  } catch {
    return undefined;
  }
}
