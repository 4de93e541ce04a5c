import type { RunningServer } from './peers.js';

export interface Request {
  readonly body: Buffer;
  readonly contentType: string;
}

/** How long a server may take to answer at all. */
const LONGEST_MS = 120_000;

/** Asks for a prediction until one is answered with 200; the milliseconds since `started`. */
export async function firstPrediction(
  server: RunningServer,
  model: string,
  request: Request,
  started = performance.now(),
): Promise<number> {
  return answered(server, { url: `${server.inferenceUrl}/predictions/${model}`, ...request }, started);
}

/** The same for a request to any path of the server. */
export async function answered(
  server: RunningServer,
  { url, body, contentType }: Request & { readonly url: string },
  started: number,
): Promise<number> {
  const limit = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      const headers = { 'content-type': contentType };
      const signal = AbortSignal.timeout(LONGEST_MS);
      const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal });
      const text = await response.text();
      if (response.status === 200) return performance.now() - started;
      if (performance.now() > limit) throw new Error(`${url} does not answer: ${response.status} ${text}`);
    } catch (error) {
      if (performance.now() > limit) throw error;
    }
    server.checkAlive();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
