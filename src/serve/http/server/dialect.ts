import type { Answer } from './answer.js';
import type { Apis, HttpRequest, RouteContext } from './exchange.js';

/** One HTTP API as a listener speaks it: its routes, and the status and sentence of each error. A folder beside this one holds each. */
export interface Dialect {
  /** Answers a request, or throws what `answerOfError` puts into words. */
  route(context: RouteContext, apis: Apis, request: HttpRequest): Answer | Promise<Answer>;
  /** What a client hears of an error; the cause and what to do only where `withDetail`. */
  answerOfError(error: unknown, withDetail: boolean): Answer;
}
