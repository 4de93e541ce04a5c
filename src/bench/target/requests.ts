import { MarError } from '#errors/mar-error.js';
import { type CaseRequest, goldenRequests } from '#testing/golden-requests.js';
import { modelRequest, type PredictInput } from '#testing/predict.js';
import { type LoadRequest, requestMessage } from '../load/load-request.js';
import { judgeByCase, judgeByStatus } from './judge.js';

/** What a load consists of. */
export interface LoadContent {
  /** At least one. */
  readonly requests: (target: URL) => LoadRequest[];
  /** Whether answers are held against golden cases, or only their status is looked at. */
  readonly judged: 'golden cases' | 'status';
  /** Golden cases that are not part of it, each with the reason. */
  readonly leftOut: readonly string[];
}

/** The golden cases of an archive, but for those that expect a refusal, which is not what a load is for. `headers` go with each. */
export async function loadOfCases(
  archive: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LoadContent> {
  const { cases, problems } = await goldenRequests(archive);
  const isAnswered = ({ status }: CaseRequest): boolean => status < 400;
  const used = cases.filter(isAnswered);
  const refusals = cases.filter((one) => !isAnswered(one)).map(({ path, status }) => `${path}: expects ${status}`);
  if (used.length === 0) {
    throw new MarError(`${archive} has no golden case that its model answers.`, {
      code: 'ERR_BENCH_NO_LOAD',
      ...(problems[0] !== undefined && { detail: problems.join('\n') }),
    });
  }
  return {
    judged: 'golden cases',
    leftOut: [...problems, ...refusals],
    requests: (target) =>
      used.map((one) => ({
        name: one.path,
        message: requestMessage(target, withHeaders(one.request, headers)),
        faultOf: judgeByCase(one),
      })),
  };
}

function withHeaders(request: CaseRequest['request'], headers: Readonly<Record<string, string>>) {
  return { ...request, headers: { ...headers, ...request.headers } };
}

/** The inputs that are given, each as `predict` would send it. */
export async function loadOfInputs(inputs: readonly PredictInput[]): Promise<LoadContent> {
  const parts = await Promise.all(
    inputs.map(async (input) => ({ name: input.file ?? 'the given request', request: await modelRequest(input) })),
  );
  return {
    judged: 'status',
    leftOut: [],
    requests: (target) =>
      parts.map(({ name, request }) => ({
        name,
        message: requestMessage(target, request),
        faultOf: judgeByStatus,
      })),
  };
}
