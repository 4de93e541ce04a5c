import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from '#bench/load/load.js';
import { requestMessage } from '#bench/load/load-request.js';
import { judgeByStatus } from '#bench/target/judge.js';

export interface LoadOptions {
  /** An http URL; its path is requested with POST. */
  readonly url: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** Keep-alive connections, each with one request at a time. */
  readonly connections: number;
  /** Ends after this many requests at least … */
  readonly requests?: number;
  /** … or after so many seconds, whichever comes first. */
  readonly seconds?: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers with another status than 200 to 299, and requests without an answer. */
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const LOOK_MS = 10;

/** A closed loop by the generator of `mar bench`, for so long or so many requests. Throws where the server answers no more. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { url, connections, requests = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = options;
  const target = new URL(url);
  const request = { name: url, message: requestMessage(target, options), faultOf: judgeByStatus };
  const generator = new Load({
    target,
    requests: [request],
    shape: { kind: 'closed', connections },
    timeoutMs: 120_000,
  });
  let lost: string | undefined;
  void generator.lost.then((reason) => {
    lost = reason;
  });
  const window = generator.openWindow();
  generator.start();
  const failures = (): number => [...window.errors.values()].reduce((sum, count) => sum + count, 0);
  while (lost === undefined && window.good + failures() < requests && window.seconds < seconds)
    await sleep(Math.max(1, Math.min(LOOK_MS, (seconds - window.seconds) * 1000)));
  generator.closeWindow();
  if (lost !== undefined) {
    generator.abandon();
    throw new Error(`${url} answers no more: ${lost}`);
  }
  await generator.stop();
  return {
    requests: window.good + failures(),
    failures: failures(),
    seconds: window.seconds,
    perSecond: window.perSecond,
    p50: window.latency.quantile(0.5),
    p90: window.latency.quantile(0.9),
    p99: window.latency.quantile(0.99),
  };
}
