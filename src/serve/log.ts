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
  /** Of the event `access`: what was asked. */
  readonly access?: AccessRecord;
  /** Of the event `accelerator-call`: a turn of an emulated accelerator. */
  readonly emulated?: EmulatedCall;
  /** Further lines: a stack mapped to the user's source, the last lines of stderr. */
  readonly detail?: string | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
}

/** A request and its answer, as the access log has them. */
export interface AccessRecord {
  /** Address of the client; `unix` behind a socket file. */
  readonly client: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  readonly protocol: string;
  /** Bytes of the answer's body. */
  readonly bytes: number;
  readonly userAgent: string;
  /** From the end of the request's headers to the end of the answer. */
  readonly milliseconds: number;
  /** False where the client went away before the end of its answer. */
  readonly complete: boolean;
  /** Where an accelerator was emulated: the header of the answer that says so, and on what the work ran. */
  readonly emulated?: string;
}

/** A batch in its turn of an emulated accelerator. */
export interface EmulatedCall {
  readonly id: string;
  readonly ordinal: number;
  /** What the times are of: `cpu`, `gpu:N`, or `host` where only the handler knows. */
  readonly ranOn: string;
  /** Milliseconds until the turn came, and of the turn. */
  readonly queuedMs: number;
  readonly ranMs: number;
}

/** Receives every event of a server, in order; must not throw. */
export type Log = (event: LogEvent) => void;
