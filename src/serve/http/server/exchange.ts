import type { ServerSettings } from '../../config/settings.js';
import type { Log } from '../../log.js';
import type { ModelManager } from '../../models/model-manager.js';
import type { Readiness } from '../../models/readiness.js';
import type { RequestTarget } from './query.js';

/** One complete request. */
export interface HttpRequest {
  /** Made by the server; sent back as x-request-id and handed to the handler. */
  readonly id: string;
  readonly method: string;
  readonly target: RequestTarget;
  /** As received: name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  /** Value of the content-type header, `''` without one. */
  readonly contentType: string;
  readonly body: Buffer;
  /** Calls back when the client goes away before its answer. */
  onDisconnect(callback: () => void): void;
}

/** Which APIs a listener serves. */
export interface Apis {
  readonly inference: boolean;
  readonly management: boolean;
}

/** What routes work on. */
export interface RouteContext {
  readonly manager: ModelManager;
  readonly readiness: Readiness;
  readonly settings: ServerSettings;
  readonly log: Log;
}
