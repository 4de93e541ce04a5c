import type { Context } from './context.js';
import type { Inputs } from './inputs.js';

/**
 * One result per request, in the order of the batch. Objects, lists and numbers are answered as JSON, strings and Buffers as
 * they are; a `PredictionError` in the list answers that one request with its status.
 */
export type Results = readonly unknown[];

/** A service: the contract of Multi Model Server, with one step more that a service may offer. `Request` is `InputsOf` its declared inputs. */
export interface ModelService<Prepared = unknown, Request extends object = Inputs> {
  /** Called once, before the first batch. What it throws is the reason why the model does not load. */
  initialize?(context: Context): void | Promise<void>;
  /**
   * Work on a batch that may overlap the current `handle` call: the worker calls it as soon as the next batch arrives, and
   * hands the result to `handle`. Decoding images belongs here. It must not change the service's state.
   */
  prepare?(batch: readonly Request[], context: Context): Prepared | Promise<Prepared>;
  /** Calls never overlap. */
  handle(batch: readonly Request[], context: Context, prepared?: Prepared): Results | Promise<Results>;
  /** Called when the worker ends in good order. */
  close?(): void | Promise<void>;
}

/** Base class for services without a model file of their own; `Request` is `InputsOf` the declared inputs. */
export abstract class Service<Request extends object = Inputs> implements ModelService<unknown, Request> {
  initialize(_context: Context): void | Promise<void> {}

  abstract handle(batch: readonly Request[], context: Context): Results | Promise<Results>;
}
