import type { RunningServer } from './peers.js';

export interface Request {
  readonly body: Buffer;
  readonly contentType: string;
}

/** Asks for a prediction until one is answered with 200; the milliseconds since `started`. */
export async function firstPrediction(
  server: RunningServer,
  model: string,
  request: Request,
  started = performance.now(),
): Promise<number> {
  const limit = performance.now() + 60_000;
  for (;;) {
    try {
      const response = await fetch(`${server.inferenceUrl}/predictions/${model}`, {
        method: 'POST',
        headers: { 'content-type': request.contentType },
        body: new Uint8Array(request.body),
      });
      const text = await response.text();
      if (response.status === 200) return performance.now() - started;
      if (performance.now() > limit) throw new Error(`${model} does not answer: ${response.status} ${text}`);
    } catch (error) {
      if (performance.now() > limit) throw error;
    }
    server.checkAlive();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
