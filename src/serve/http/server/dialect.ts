import type { Answer } from './answer.js';
import type { Apis, HttpRequest, RequestHead, RouteContext } from './exchange.js';

/** Answers a request, once its body is there. */
export type Route = (request: HttpRequest) => Answer | Promise<Answer>;

/** One HTTP API as a listener speaks it: its routes, and the status and sentence of each error. A folder beside this one holds each. */
export interface Dialect {
  /**
   * What answers a request, found before a byte of its body is read: what needs no body to be refused is refused here. This and
   * the route throw what `answerOfError` puts into words.
   */
  route(context: RouteContext, apis: Apis, head: RequestHead): Route;
  /** What a client hears of an error; the cause and what to do only where `withDetail`. */
  answerOfError(error: unknown, withDetail: boolean): Answer;
}
