import { MarError } from '#errors/mar-error.js';
import type { Accelerators } from '../../accelerators/accelerators.js';
import { isLoopback, parseAddress } from '../server/address.js';
import { type Answer, jsonAnswer } from '../server/answer.js';
import type { Route } from '../server/dialect.js';
import type { RequestHead, RouteContext } from '../server/exchange.js';
import { firstValue, type Parameters, parseQuery } from '../server/query.js';
import { notAllowed } from './not-found.js';

/**
 * `/accelerators` and `/accelerators/N`, by ordinal or id: ours, and only where accelerators are emulated. `PUT` injects faults, where
 * only this machine reaches the management API. Throws `ERR_ACCELERATOR`, `ERR_METHOD`, `ERR_PARAMETER`.
 */
export function manageAccelerators(context: RouteContext, accelerators: Accelerators, head: RequestHead): Route {
  const { method, target } = head;
  const name = target.segments[2];
  if (name === undefined) {
    if (method !== 'GET') throw notAllowed();
    return () => jsonAnswer({ acceleratorSet: accelerators.describeAll() });
  }
  const accelerator = accelerators.get(name);
  if (method === 'PUT') {
    const { managementAddress } = context.settings;
    if (!isLoopback(parseAddress('management_address', managementAddress, true))) {
      throw new MarError(`Faults are injected only where this machine alone reaches the management API.`, {
        code: 'ERR_METHOD',
      });
    }
    return () => setFault(context, accelerators, name, parseQuery(target.query));
  }
  if (method !== 'GET') throw notAllowed();
  return () => jsonAnswer(accelerators.describe(accelerator));
}

function setFault({ log }: RouteContext, accelerators: Accelerators, name: string, parameters: Parameters): Answer {
  const accelerator = accelerators.get(name);
  const health = oneOf(parameters, 'health', ['healthy', 'unhealthy']);
  const connected = oneOf(parameters, 'connected', ['true', 'false']);
  if (health === undefined && connected === undefined)
    throw new MarError('Parameter health or connected is required.', { code: 'ERR_PARAMETER' });
  accelerator.set({ health, connected: connected === undefined ? undefined : connected === 'true' });
  const { id, type, ordinal } = accelerator.facts;
  const { fault } = accelerator;
  const message = `The emulated accelerator ${ordinal} (${type}, ${id}) is ${fault ?? 'healthy and connected'} from now on`;
  log({ level: fault === undefined ? 'info' : 'warn', event: 'accelerator-fault', message });
  return jsonAnswer(accelerators.describe(accelerator));
}

function oneOf<Word extends string>(
  parameters: Parameters,
  name: string,
  words: readonly [Word, Word],
): Word | undefined {
  const value = firstValue(parameters, name);
  const word = words.find((known) => known === value);
  if (value === undefined || word !== undefined) return word;
  throw new MarError(`Parameter ${name} is '${value}', expected ${words.join(' or ')}.`, { code: 'ERR_PARAMETER' });
}
