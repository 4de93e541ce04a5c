/** A golden case as it is written in `MAR-INF/tests/*.json`, described by schemas/golden-case.schema.json. */
export interface GoldenCase {
  description?: string;
  request: {
    /** The body: a file of the archive, relative to `MAR-INF/tests`. */
    file?: string;
    json?: unknown;
    text?: string;
    contentType?: string;
    headers?: Record<string, string>;
  };
  expect: Expectation;
}

export interface Expectation {
  /** Default 200. */
  status?: number;
  /** Must be among the answer's classes; the answer's best class must be one of them. */
  classes?: readonly { class: string; probability?: number }[];
  /** The whole answer. */
  json?: unknown;
  text?: string;
  /** Largest difference between two numbers; default 0.0001. */
  tolerance?: number;
}
