import type { Readiness } from '../../models/readiness.js';
import { type Answer, jsonAnswer } from './answer.js';

/** True for `/ready`. Ours, whatever API is spoken: no path of Multi Model Server, TorchServe or SageMaker is called so. */
export function asksReadiness(url: string | undefined): boolean {
  return url !== undefined && /^\/ready\/?(?:[?#]|$)/.test(url);
}

/**
 * 200 once the models of the start are registered and each has a loaded worker, 503 with their names until then and whenever one
 * has lost its last worker; 503 from the moment that the server ends.
 */
export function readinessAnswer(readiness: Readiness): Answer {
  if (readiness.ended) return jsonAnswer({ ready: false, ending: true }, 503);
  const waiting = readiness.waiting();
  const ready = !readiness.holding && waiting.length === 0;
  return jsonAnswer(ready ? { ready } : { ready, waiting }, ready ? 200 : 503);
}
