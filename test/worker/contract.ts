import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import type { Launcher, Worker } from '#hosting/worker.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import type { PredictJob, WorkerResponse } from '#protocol/messages.js';
import { testUnless } from '../support/test-unless.js';

/** One implementation of the worker protocol, and where it has leave to differ from ours. */
export interface Implementation {
  readonly name: string;
  readonly runtime: 'nodejs' | 'python';
  readonly launcher?: Launcher;
  /** Why it cannot be tested here. */
  readonly missing?: string | undefined;
  /** The peers tell nothing when they die, and say no content type for JSON. */
  readonly peer: boolean;
}

export const FIXTURE = {
  nodejs: new URL('../fixtures/workers/node', import.meta.url).pathname,
  python: new URL('../fixtures/workers/python', import.meta.url).pathname,
};

/** A job whose input `op` tells the contract handler what to do. */
export function job(op: string, more: Partial<PredictJob> = {}): PredictJob {
  return {
    id: more.id ?? 'id-1',
    headers: more.headers ?? [],
    parameters: [{ name: 'op', contentType: 'text/plain', value: Buffer.from(op) }, ...(more.parameters ?? [])],
  };
}

export function start(implementation: Implementation, options: { maxResponseBytes?: number } = {}): Promise<Worker> {
  const { runtime, launcher } = implementation;
  return WorkerHandle.start({
    modelName: 'contract',
    modelDir: FIXTURE[runtime],
    handler: 'contract:handle',
    runtime,
    batchSize: 4,
    ...options,
    ...(launcher && { launcher }),
  });
}

const bodies = (response: WorkerResponse): string[] => response.predictions.map(({ body }) => body.toString());
const codeOf = (error: unknown): string => (error instanceof MarError ? error.code : String(error));

/** What every worker does alike: ours in Node and Python, and the peers' own behind our front end. */
export function workerContract(implementation: Implementation): void {
  const { name, peer, missing } = implementation;
  const test = suite<{ worker?: Worker }>(name);
  const it = (title: string, run: (worker: Worker) => Promise<void>): void =>
    testUnless(missing, test, title, async (context) => {
      context.worker ??= await start(implementation);
      await run(context.worker);
    });
  test.after(async (context) => context.worker?.stop());

  it('decodes inputs by their content type', async (worker) => {
    const parameters = [
      { name: 'json', contentType: 'application/json', value: Buffer.from('[1,2,3]') },
      { name: 'text', contentType: 'text/csv', value: Buffer.from('ä') },
      { name: 'bytes', contentType: 'image/png', value: Buffer.from('ä') },
    ];
    const response = await worker.predict([job('echo', { parameters })]);
    assert.is(response.code, 200);
    assert.equal(JSON.parse(bodies(response)[0] ?? ''), [
      ['op', 'text', 4],
      ['json', 'json', 3],
      ['text', 'text', 1],
      ['bytes', 'bytes', 2],
    ]);
  });

  it('initializes once, before the first batch', async (worker) => {
    assert.equal(bodies(await worker.predict([job('initialized'), job('initialized')])), ['1', '1']);
  });

  it('answers a batch in its order, objects as JSON with indent 2', async (worker) => {
    const response = await worker.predict([job('object', { id: 'a' }), job('', { id: 'b' }), job('', { id: 'c' })]);
    assert.equal(
      response.predictions.map(({ id }) => id),
      ['a', 'b', 'c'],
    );
    const expected = JSON.stringify({ index: 1, list: [1, 2.5, null, true] }, null, 2);
    assert.is(bodies(response)[1], expected);
    assert.is(response.predictions[0]?.contentType, peer ? '' : 'application/json');
  });

  it('hands strings and bytes on as they are', async (worker) => {
    const text = await worker.predict([job('text')]);
    assert.equal(bodies(text), ['pläin']);
    assert.is(text.predictions[0]?.contentType, '');
    const bytes = await worker.predict([job('bytes')]);
    assert.equal(bytes.predictions[0]?.body, Buffer.from([0, 255, 10]));
  });

  it('carries status, phrase, content type and headers of one answer', async (worker) => {
    const { predictions } = await worker.predict([job('status'), job('')]);
    const [first, second] = predictions;
    assert.is(first?.status, 418);
    assert.is(first?.phrase, 'Teapot');
    assert.is(first?.contentType, 'text/html');
    assert.equal(
      first?.headers.find(([header]) => header === 'X-One'),
      ['X-One', 'eins'],
    );
    assert.is(second?.status, 200);
    assert.equal(second?.headers, []);
  });

  it('tells the handler about model, batch and request', async (worker) => {
    const response = await worker.predict([job('context', { id: 'x', headers: [['X-Ask', 'me']] })]);
    assert.equal(JSON.parse(bodies(response)[0] ?? ''), {
      model: 'contract',
      manifest: 'contract',
      batch: 4,
      server: 'MMS',
      gpu: null,
      id: 'x',
      header: 'me',
    });
  });

  it('carries a body of 6.5 MB both ways', async (worker) => {
    const value = Buffer.alloc(6_500_000, 'abcdefg');
    const parameters = [{ name: 'body', contentType: 'application/octet-stream', value }];
    const response = await worker.predict([job('body', { parameters })]);
    assert.ok(response.predictions[0]?.body.equals(value));
  });

  const failures: [op: string, code: number, message: string][] = [
    ['noList', 503, 'Invalid model predict output'],
    ['short', 503, 'number of batch response mismatched'],
    ['throws', 503, 'Prediction failed'],
    ['prediction', 404, 'no such thing'],
    ['memory', 507, 'Out of resources'],
  ];
  for (const [op, code, message] of failures) {
    it(`answers ${code} '${message}' and lives on`, async (worker) => {
      const response = await worker.predict([job(op, { id: 'a' }), job('', { id: 'b' })]);
      assert.is(response.code, code);
      const [sentence, ...detail] = response.message.split('\n');
      assert.is(sentence, message);
      if (op === 'throws' && !peer) assert.match(detail.join('\n'), /^\w*Error: on purpose\n.*contract\.(mjs|py)/s);
      assert.equal(
        response.predictions.map(({ id }) => id),
        ['a', 'b'],
      );
      assert.equal(bodies(await worker.predict([job('text')])), ['pläin']);
    });
  }

  it('keeps a megabyte of output off the protocol', async (worker) => {
    assert.equal(bodies(await worker.predict([job('prints')])), ['printed']);
  });

  it('rejects what a worker held when it exits, and says how it ended', async () => {
    const worker = await start(implementation);
    const error = await worker.predict([job('exits')]).catch((thrown: unknown) => thrown);
    assert.is(codeOf(error), 'ERR_WORKER_DIED');
    if (!peer) assert.match(String(error), 'exited with code 7');
    assert.is(worker.alive, false);
    assert.is((await worker.exited).expected, false);
    assert.is(codeOf(await worker.predict([job('text')]).catch((thrown: unknown) => thrown)), 'ERR_WORKER_DIED');
  });

  it('ends a worker that does not answer in time', async () => {
    const worker = await start(implementation);
    const error = await worker.predict([job('loops')], { timeoutMs: 100 }).catch((thrown: unknown) => thrown);
    assert.is(codeOf(error), 'ERR_WORKER_TIMEOUT');
    assert.match(String(error), 'did not answer within 100 ms');
    assert.is((await worker.exited).signal, 'SIGKILL');
  });

  it('ends a worker whose answer is too long', async () => {
    const worker = await start(implementation, { maxResponseBytes: 1_000_000 });
    const error = await worker.predict([job('huge')]).catch((thrown: unknown) => thrown);
    assert.is(codeOf(error), 'ERR_WORKER_PROTOCOL');
    assert.match(String(error), 'sent a response of 100000000 bytes, more than the 1000000 that are allowed');
  });

  it('takes an answer of 100 MB where it is allowed', async () => {
    const worker = await start(implementation, { maxResponseBytes: 200_000_000 });
    const response = await worker.predict([job('huge')]);
    assert.is(response.predictions[0]?.body.length, 100_000_000);
    await worker.stop();
  });

  test.run();
}
