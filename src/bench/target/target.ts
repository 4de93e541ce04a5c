/** What a report says of the server. */
export interface TargetFacts {
  readonly kind: 'archive' | 'url';
  /** The archive's path or the URL, as given. */
  readonly source: string;
  readonly url: string;
  readonly modelName?: string;
  /** What runs there: our runner with its version, or what the server's own header says. */
  readonly server: string;
  /** `cpu` or `gpu:N`, and the execution providers of the sessions, best first; absent where the server does not say. */
  readonly device?: { readonly running: string; readonly executionProviders: readonly string[] };
  readonly workers?: number;
  readonly threads?: number;
  readonly batchSize?: number;
  /** Milliseconds. */
  readonly maxBatchDelay?: number;
}

/** A server to be measured. */
export interface Target {
  readonly url: URL;
  readonly facts: TargetFacts;
  /** The process of the server's front end on this machine; undefined where it is not known. */
  readonly pid: number | undefined;
  /** Resolves with a sentence when the server is known to have ended by itself. */
  readonly gone: Promise<string>;
  /** Ends what was started for the measurement. */
  stop(): Promise<void>;
}
