import { type LoadResult, load } from './load.js';
import { type RunningServer, type ServerName, type StartOptions, startServer } from './peers.js';
import { firstPrediction, type Request } from './ready.js';

/** What one run of one server gave. */
export interface Session {
  /** Milliseconds from the start of the process to the first answer. */
  readonly startMilliseconds: number;
  /** One result for each asked number of connections. */
  readonly loads: ReadonlyMap<number, LoadResult>;
}

export interface SessionOptions extends StartOptions {
  readonly model: string;
  readonly request: Request;
  readonly connections: readonly number[];
  readonly seconds: number;
  /** Called while the server is up: idle before the loads, and after each of them. */
  readonly observe?: (server: RunningServer, moment: 'idle' | 'loaded') => void;
}

/** Starts a server, waits for its first prediction, warms it up, loads it with each number of connections, and ends it. */
export async function session(name: ServerName, options: SessionOptions): Promise<Session> {
  const started = performance.now();
  const server = await startServer(name, options);
  try {
    const startMilliseconds = await firstPrediction(server, options.model, options.request, started);
    options.observe?.(server, 'idle');
    const url = `${server.inferenceUrl}/predictions/${options.model}`;
    const loads = new Map<number, LoadResult>();
    for (const connections of options.connections) {
      await load({ url, ...options.request, connections, seconds: options.seconds / 3 });
      const result = await load({ url, ...options.request, connections, seconds: options.seconds });
      if (result.failures > 0) throw new Error(`${name} failed ${result.failures} of ${result.requests} requests`);
      loads.set(connections, result);
      options.observe?.(server, 'loaded');
    }
    return { startMilliseconds, loads };
  } finally {
    await server.stop();
  }
}
