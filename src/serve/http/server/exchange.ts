import type { Accelerators } from '../../accelerators/accelerators.js';
import type { ServerSettings } from '../../config/settings.js';
import type { Log } from '../../log.js';
import type { ModelManager } from '../../models/model-manager.js';
import type { Readiness } from '../../models/readiness.js';
import type { RequestBody } from '../body/request-body.js';
import type { RequestTarget } from './query.js';

/** What a request says before its body. */
export interface RequestHead {
  /** Made by the server; sent back as x-request-id and handed to the handler. */
  readonly id: string;
  readonly method: string;
  readonly target: RequestTarget;
  /** As received: name, value, name, value, …; of a body that was decoded, without its encoding and with its real length. */
  readonly rawHeaders: readonly string[];
  /** Value of the content-type header, `''` without one. */
  readonly contentType: string;
}

/** One complete request. */
export interface HttpRequest extends RequestHead {
  /** Decoded where it came compressed. */
  readonly body: RequestBody;
  /** Calls back when the client goes away before its answer. */
  onDisconnect(callback: () => void): void;
}

/** Every value of a header, by its name in lower case. */
export function valuesOf({ rawHeaders }: Pick<RequestHead, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
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
  /** Undefined where none is emulated. */
  readonly accelerators?: Accelerators | undefined;
  /** Undefined until it is made, and where none is wanted. */
  readonly managementToken: () => string | undefined;
}
