import { MarError } from '#errors/mar-error.js';
import { guardManagement } from '../guards/guard-management.js';
import type { Route } from '../server/dialect.js';
import type { Apis, RequestHead, RouteContext } from '../server/exchange.js';
import { firstValue, parseQuery } from '../server/query.js';
import { statusAnswer } from './answer-forms.js';
import { apiDescription } from './api-description.js';
import { manageAccelerators } from './manage-accelerators.js';
import { manageModels } from './manage-models.js';
import { modelDescription } from './model-description.js';
import { notAllowed, notFound } from './not-found.js';
import { answerPrediction } from './predict.js';

/**
 * Finds what answers a request, in Multi Model Server's order: API description, inference, management. Throws `ERR_NO_EXPLANATION`, `ERR_ROUTE`, `ERR_METHOD`,
 * what `guardManagement` throws, and `ERR_MODEL_NOT_FOUND` of a prediction.
 */
export function route(context: RouteContext, apis: Apis, head: RequestHead): Route {
  const { segments, path } = head.target;
  const [, first] = segments;
  if (segments.length === 0 || first === 'api-description') {
    const described = segments.length === 2 || (path === '/' && head.method === 'OPTIONS');
    if (!described) throw notAllowed();
    return () => apiDescription(apis);
  }
  const inference = apis.inference ? routeInference(context, head) : undefined;
  if (inference) return inference;
  if (apis.management && first === 'models' && segments.length <= 3) {
    guardManagement(context, apis, head);
    return manageModels(context, head);
  }
  if (apis.management && first === 'accelerators' && context.accelerators && segments.length <= 3) {
    guardManagement(context, apis, head);
    return manageAccelerators(context, context.accelerators, head);
  }
  throw notFound();
}

/** Any method reaches a model. Anything behind `/ping` and behind the name in `/predictions/NAME` is ignored. */
function routeInference(context: RouteContext, head: RequestHead): Route | undefined {
  const { segments } = head.target;
  const [, first, second, third] = segments;
  if (first === 'ping') return () => statusAnswer(context.manager.health());
  if (first === 'predictions' && second !== undefined) return toModel(context, head, second, false);
  if (first === 'explanations' && second !== undefined) return explain(context, head, second);
  if (first === 'invocations' && segments.length === 2) return invoke(context, head);
  if (first === 'models' && segments.length === 4) {
    if (third !== 'invoke' || second === undefined) throw notFound();
    return second === '' ? invoke(context, head) : toModel(context, head, second, true);
  }
  if (segments.length === 3 && second === 'predict' && first !== undefined) return toModel(context, head, first, true);
  return undefined;
}

/** `/invocations`: the model of the query, or the only one loaded at start. */
function invoke(context: RouteContext, head: RequestHead): Route {
  const named = firstValue(parseQuery(head.target.query), 'model_name');
  const name = named || (context.manager.startupModel()?.name ?? named);
  if (name !== undefined) return toModel(context, head, name, true);
  throw new MarError('Parameter model_name is required.', { code: 'ERR_PARAMETER' });
}

/** `/explanations/NAME`, TorchServe's: a prediction with a header that asks for reasons. Throws `ERR_NO_EXPLANATION`. */
function explain(context: RouteContext, head: RequestHead, name: string): Route {
  const model = context.manager.get(name);
  if (head.method === 'OPTIONS') return () => modelDescription(model);
  if (model.runtime === 'nodejs')
    throw new MarError(`The handler of model ${name} explains nothing.`, {
      code: 'ERR_NO_EXPLANATION',
      hint: "Explanations come from Python handlers, as TorchServe's: a class derived from BaseHandler with get_insights or explain_handle.",
    });
  // By the second our Python worker knows that a prediction is no answer here: it refuses what comes from a handler that never looked at the first.
  const headers = [
    ['explain', 'True'],
    ['mar-explanation', 'True'],
  ] as const;
  return (request) => answerPrediction(context, request, name, false, headers);
}

function toModel(context: RouteContext, head: RequestHead, name: string, withQuery: boolean): Route {
  const model = context.manager.get(name);
  if (head.method === 'OPTIONS') return () => modelDescription(model);
  return (request) => answerPrediction(context, request, name, withQuery);
}
