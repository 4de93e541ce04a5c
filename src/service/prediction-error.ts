/** Marks the class across copies of this module, so that a handler's own bundle of it is recognised too. */
const BRAND = Symbol.for('model-archiver.PredictionError');

/**
 * An error with an HTTP status for the client. Thrown from `handle` it answers the whole batch; as one element of the
 * returned list it answers that request alone.
 */
export class PredictionError extends Error {
  /** HTTP status, 100 to 999; default 500. */
  readonly status: number;
  readonly [BRAND] = true;

  constructor(message: string, status: number = 500, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PredictionError';
    this.status = status;
  }

  static override [Symbol.hasInstance](value: unknown): value is PredictionError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
