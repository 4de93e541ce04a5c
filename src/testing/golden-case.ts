/** A golden case as it is written in `MAR-INF/tests/*.json`, described by schemas/golden-case.schema.json. */
export interface GoldenCase {
  description?: string;
  request: GoldenRequest;
  expect: Expectation;
}

/** A value that a case sends: a file of the archive, relative to `MAR-INF/tests`, a JSON value or a text. */
export interface GoldenInput {
  file?: string;
  json?: unknown;
  text?: string;
  contentType?: string;
}

/** The request of a case: one body, or several inputs by name, sent as the fields of a form. */
export interface GoldenRequest extends GoldenInput {
  inputs?: Record<string, GoldenInput>;
  headers?: Record<string, string>;
}

export interface Expectation {
  /** Default 200. */
  status?: number;
  /** Must be among the answer's classes; the answer's best class must be one of them. */
  classes?: readonly { class: string; probability?: number }[];
  /** The whole answer. */
  json?: unknown;
  text?: string;
  /** What is known of outputs that are too large to be written down, by name, in an answer as the service tensor gives it. */
  tensors?: Record<string, TensorExpectation>;
  /** Largest difference between two numbers; default 0.0001. */
  tolerance?: number;
}

export interface TensorExpectation {
  shape?: readonly number[];
  /** The first elements, row by row. */
  first?: readonly unknown[];
  /** The mean of all elements, which must be numbers. */
  mean?: number;
}
