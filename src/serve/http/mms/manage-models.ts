import { MarError } from '#errors/mar-error.js';
import type { Model } from '../../models/model.js';
import { type Answer, jsonAnswer } from '../server/answer.js';
import type { Route } from '../server/dialect.js';
import type { HttpRequest, RequestHead, RouteContext } from '../server/exchange.js';
import { firstValue, integerValue, type Parameters, parseQuery } from '../server/query.js';
import { statusAnswer } from './answer-forms.js';
import { describeModel } from './describe-model.js';
import { notAllowed } from './not-found.js';
import { readRegistration } from './read-registration.js';

/** `/models` and `/models/NAME`. Throws `ERR_METHOD`. */
export function manageModels(context: RouteContext, { method, target }: RequestHead): Route {
  const { segments, query } = target;
  const name = segments[2];
  if (name === undefined) {
    if (method === 'GET') return () => listModels(context, parseQuery(query));
    if (method === 'POST') return (request) => registerModel(context, request);
    throw notAllowed();
  }
  if (method === 'GET') return () => describeModel(context.manager.get(name), context.accelerators);
  if (method === 'PUT') return () => scaleModel(context, name, parseQuery(query));
  if (method === 'DELETE') return () => unregisterModel(context, name);
  throw notAllowed();
}

/** A page of at most 100; the token is sent also when the page ends exactly at the end, as Multi Model Server does. */
function listModels({ manager }: RouteContext, parameters: Parameters): Answer {
  const limit = integerValue(parameters, 'limit', 100);
  const start = Math.max(0, integerValue(parameters, 'next_page_token', 0));
  const end = start + (limit < 0 || limit > 100 ? 100 : limit);
  const models = manager.list();
  const page = models.slice(start, end).map(({ name, url }) => ({ modelName: name, modelUrl: url }));
  return jsonAnswer({ ...(end <= models.length ? { nextPageToken: String(end) } : {}), models: page });
}

async function registerModel(context: RouteContext, request: HttpRequest): Promise<Answer> {
  const { registration, synchronous } = readRegistration(request, context.settings);
  checkWorkers('initial_workers', registration.initialWorkers, context);
  const model = await context.manager.register(registration);
  const { initialWorkers } = registration;
  // Ours: who registers cannot see the environment of the server.
  const more = model.files.proxy === undefined ? {} : { proxy: model.files.proxy };
  if (initialWorkers <= 0) return statusAnswer(`Model "${model.name}" registered`, 200, undefined, more);
  const onFailure = async (error: MarError): Promise<void> => {
    if (error.code === 'ERR_WORKER_START' && context.manager.holds(model)) await context.manager.unregister(model.name);
  };
  return scale(context, model, { min: initialWorkers, max: initialWorkers, synchronous, onFailure, more });
}

function scaleModel(context: RouteContext, name: string, parameters: Parameters): Promise<Answer> {
  const min = integerValue(parameters, 'min_worker', 1);
  const max = integerValue(parameters, 'max_worker', min);
  if (max < min) throw new MarError('max_worker cannot be less than min_worker.', { code: 'ERR_PARAMETER' });
  const model = context.manager.get(name);
  if (min < 0) throw new MarError('min_worker cannot be negative.', { code: 'ERR_PARAMETER' });
  checkWorkers('min_worker', min, context);
  const synchronous = firstValue(parameters, 'synchronous')?.toLowerCase() === 'true';
  return scale(context, model, { min, max, synchronous });
}

/** Each worker is a process: a slip of the finger must not start a million. `max_worker` starts none. */
function checkWorkers(parameter: string, count: number, { settings }: RouteContext): void {
  const { maxWorkersPerModel: most } = settings;
  if (count <= most) return;
  throw new MarError(`${parameter} is ${count}, and a model has at most ${most} workers here.`, {
    code: 'ERR_PARAMETER',
    hint: 'Ask for fewer, or raise max_workers_per_model (--max-workers) where the server is started.',
  });
}

interface Scaling {
  readonly min: number;
  readonly max: number;
  readonly synchronous: boolean;
  readonly onFailure?: (error: MarError) => Promise<void>;
  /** What the answer says besides. */
  readonly more?: object;
}

/** Answers when the workers are there, or at once when not synchronous; then failures only reach the log. */
async function scale(
  { manager }: RouteContext,
  model: Model,
  { min, max, synchronous, onFailure, more }: Scaling,
): Promise<Answer> {
  const scaled = manager.scale(model, min, max);
  if (!synchronous) {
    scaled.catch(() => {});
    return statusAnswer('Processing worker updates...', 202, undefined, more);
  }
  try {
    const result = await scaled;
    if (!manager.holds(model)) {
      const message = `Model ${model.name} was unregistered meanwhile.`;
      throw new MarError(message, { code: 'ERR_MODEL_NOT_FOUND' });
    }
    if (result === 'scaled') return statusAnswer('Workers scaled', 200, undefined, more);
    return statusAnswer('Workers scaling in progress...', 210, 'Partial Success', more);
  } catch (error) {
    if (error instanceof MarError) await onFailure?.(error);
    throw error;
  }
}

async function unregisterModel({ manager }: RouteContext, name: string): Promise<Answer> {
  await manager.unregister(name);
  return statusAnswer(`Model "${name}" unregistered`);
}
