import { MarError } from '#errors/mar-error.js';
import { refuseForeignHost } from '../guards/foreign-host.js';
import { refuseForeignOrigin } from '../guards/foreign-origin.js';
import type { Answer } from '../server/answer.js';
import type { Apis, HttpRequest, RouteContext } from '../server/exchange.js';
import { firstValue, parseQuery } from '../server/query.js';
import { statusAnswer } from './answer-forms.js';
import { apiDescription } from './api-description.js';
import { manageModels } from './manage-models.js';
import { modelDescription } from './model-description.js';
import { notAllowed, notFound } from './not-found.js';
import { answerPrediction } from './predict.js';

/**
 * Finds what answers a request, in Multi Model Server's order: API description, inference, management. Throws `ERR_ROUTE`, `ERR_METHOD`
 * and whatever the route itself throws.
 */
export function route(context: RouteContext, apis: Apis, request: HttpRequest): Answer | Promise<Answer> {
  const { segments, path } = request.target;
  const [, first] = segments;
  if (segments.length === 0 || first === 'api-description') {
    const described = segments.length === 2 || (path === '/' && request.method === 'OPTIONS');
    if (!described) throw notAllowed();
    return apiDescription(apis);
  }
  const inference = apis.inference ? routeInference(context, request) : undefined;
  if (inference) return inference;
  if (apis.management && first === 'models' && segments.length <= 3) {
    refuseForeignHost(request, context.settings);
    refuseForeignOrigin(request, context.settings);
    return manageModels(context, request);
  }
  throw notFound();
}

/** Any method reaches a model. Anything behind `/ping` and behind the name in `/predictions/NAME` is ignored. */
function routeInference(context: RouteContext, request: HttpRequest): Answer | Promise<Answer> | undefined {
  const { segments } = request.target;
  const [, first, second, third] = segments;
  if (first === 'ping') return statusAnswer(context.manager.health());
  if (first === 'predictions' && second !== undefined) return toModel(context, request, second, false);
  if (first === 'invocations' && segments.length === 2) return invoke(context, request);
  if (first === 'models' && segments.length === 4) {
    if (third !== 'invoke' || second === undefined) throw notFound();
    return second === '' ? invoke(context, request) : toModel(context, request, second, true);
  }
  if (segments.length === 3 && second === 'predict' && first !== undefined)
    return toModel(context, request, first, true);
  return undefined;
}

/** `/invocations`: the model of the query, or the only one loaded at start. */
function invoke(context: RouteContext, request: HttpRequest): Answer | Promise<Answer> {
  const named = firstValue(parseQuery(request.target.query), 'model_name');
  const name = named || (context.manager.startupModel()?.name ?? named);
  if (name !== undefined) return toModel(context, request, name, true);
  throw new MarError('Parameter model_name is required.', { code: 'ERR_PARAMETER' });
}

function toModel(
  context: RouteContext,
  request: HttpRequest,
  name: string,
  withQuery: boolean,
): Answer | Promise<Answer> {
  if (request.method === 'OPTIONS') return modelDescription(context.manager.get(name));
  return answerPrediction(context, request, name, withQuery);
}
