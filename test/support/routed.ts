import { join } from 'node:path';
import { suite, type Test } from 'uvu';
import type { ServerSettings } from '#serve/config/settings.js';
import { mms } from '#serve/http/mms/mms.js';
import type { Answer } from '#serve/http/server/answer.js';
import type { Apis, RouteContext } from '#serve/http/server/exchange.js';
import type { LogEvent } from '#serve/log.js';
import type { ModelFacts } from '#serve/models/model.js';
import { ModelManager } from '#serve/models/model-manager.js';
import { Readiness } from '#serve/models/readiness.js';
import type { FakeWorker } from './fake-worker.js';
import { httpRequest } from './http-request.js';
import { type Folder, layFolder } from './model-folder.js';
import { type FakeStart, FakeStarts } from './pool.js';
import { settingsOf } from './settings.js';

const MANIFEST = JSON.stringify({ runtime: 'python', model: { modelName: 'm', handler: 'service:handle' } });

/** Both APIs, as one listener may have them. */
export const BOTH: Apis = { inference: true, management: true };

/** What a test looks at of an answer: its JSON read, and its text where it is none. */
export interface Seen {
  readonly status: number;
  readonly reason: string | undefined;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** The routes of Multi Model Server over a real manager, no token wanted: models are the folders of `folder`, workers are fake. */
export async function routed(folder: Folder, over: Partial<ServerSettings> = {}) {
  const settings = await settingsOf({ jobQueueSize: 2, disableTokenAuth: true, ...over });
  const starts = new FakeStarts();
  const log: LogEvent[] = [];
  const opened: string[] = [];
  const released: string[] = [];
  const facts: ModelFacts[] = [];
  const waiting = new Set<() => void>();
  const manager = new ModelManager({
    settings,
    store: {
      open: async (url) => {
        opened.push(url);
        return { dir: join(folder.path, url), release: async () => void released.push(url) };
      },
    },
    startWorker: (model, identity, signal) => {
      facts.push(model);
      const start = starts.start(signal, identity);
      for (const look of waiting) look();
      return start;
    },
    log: (event) => log.push(event),
  });
  /** The start of the worker with this number, counted from 0, as soon as it is asked for. */
  const started = (index: number): Promise<FakeStart> =>
    new Promise((resolve) => {
      const look = (): void => {
        const start = starts.all[index];
        if (start === undefined) return;
        waiting.delete(look);
        resolve(start);
      };
      waiting.add(look);
      look();
    });
  const readiness = new Readiness(manager);
  const managementToken = (): undefined => undefined;
  const context: RouteContext = { manager, readiness, settings, log: (event) => log.push(event), managementToken };
  const answer = async (
    method: string,
    target: string,
    { apis = BOTH, ...options }: Parameters<typeof httpRequest>[2] & { apis?: Apis } = {},
  ): Promise<Answer> => {
    try {
      const request = httpRequest(method, target, options);
      return await mms.route(context, apis, request)(request);
    } catch (error) {
      return mms.answerOfError(error, settings.errorDetail);
    }
  };
  const ask = async (...asked: Parameters<typeof answer>): Promise<Seen> => seen(await answer(...asked));
  /** A model of this name with so many loaded workers; of the start where `startup`. */
  const serve = async (name: string, workers: number, { startup = false } = {}): Promise<FakeWorker[]> => {
    const fallback = startup ? { fallbackName: name } : {};
    const first = starts.all.length;
    const model = await manager.register({
      ...{ url: 'm', modelName: name, batchSize: 1, maxBatchDelayMs: 100, initialWorkers: 0 },
      ...fallback,
    });
    const scaled = manager.scale(model, workers, workers);
    const loaded: FakeWorker[] = [];
    for (let index = 0; index < workers; index += 1) loaded.push(await (await started(first + index)).load());
    await scaled;
    return loaded;
  };
  return { context, manager, readiness, settings, starts, started, facts, log, opened, released, answer, ask, serve };
}

/** The whole of a fake server and its routes. */
export type Routed = Awaited<ReturnType<typeof routed>>;

/** A suite whose tests each have such a server over a folder with the model `m`, errors told without details. */
export function routedSuite(name: string): Test<{ folder: Folder; server: Routed }> {
  const test = suite<{ folder: Folder; server: Routed }>(name);
  test.before.each(async (context) => {
    context.folder = layFolder({ 'm/MAR-INF/MANIFEST.json': MANIFEST });
    context.server = await routed(context.folder, { errorDetail: false });
  });
  test.after.each(async ({ folder, server }) => {
    await server.manager.close(0);
    folder.remove();
  });
  return test;
}

/** Reads an answer's JSON where it is JSON. */
export function seen({ status, reason, contentType, body }: Answer): Seen {
  const text = String(body);
  return { status, reason, contentType, body: contentType === 'application/json' ? JSON.parse(text) : text };
}
