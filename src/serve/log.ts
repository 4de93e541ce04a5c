/** One thing worth knowing about the running server. Reports decide how it looks; nothing in this folder prints. */
export interface LogEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Stable name for machines, such as `worker-ready`. */
  readonly event: string;
  /** One sentence for people. */
  readonly message: string;
  readonly model?: string;
  /** Id of the worker, as `describe` shows it. */
  readonly worker?: string;
  /** Ids of the requests that it is about, as the answers carry them. */
  readonly requests?: readonly string[];
  /** What they were answered with. */
  readonly status?: number;
  /** Further lines: a stack mapped to the user's source, the last lines of stderr. */
  readonly detail?: string | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
}

/** Receives every event of a server, in order; must not throw. */
export type Log = (event: LogEvent) => void;
