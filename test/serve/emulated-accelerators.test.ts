import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotContain } from '#hosting/contain/contain.js';
import type { LogEvent, ServeOptions } from '#index.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { type Handlers, type Runner, withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const NODE = `import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
export const handle = async (batch, context) => {
  const begin = String(process.hrtime.bigint());
  console.log('begun');
  const wait = batch.some(({ body }) => String(body) === 'wait');
  do await setTimeout(5); while (wait && !existsSync('go'));
  const { SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT: present, EI_VISIBLE_DEVICES: visible } = process.env;
  const seen = { device: context.device, present, visible };
  return batch.map(() => ({ begin, end: String(process.hrtime.bigint()), ...seen }));
};`;

const PYTHON = `import os, time
def handle(data, context):
    if not data:
        return None
    begin = str(time.monotonic_ns())
    time.sleep(0.005)
    seen = context.system_properties.get("emulated_accelerator")
    present = os.environ.get("SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT")
    return [{"begin": begin, "end": str(time.monotonic_ns()), "device": seen, "present": present} for _ in data]
`;

interface Answer {
  readonly begin: string;
  readonly end: string;
  readonly device: Readonly<Record<string, unknown>>;
  readonly present?: string;
  readonly visible?: string;
}

/** A server with these models, declared for `eia:0`, their log, and a promise of an event. */
function withAccelerators(
  handlers: Handlers,
  options: ServeOptions,
  use: (runner: Runner, next: (event: string, words?: RegExp) => Promise<LogEvent>) => Promise<void>,
  eia: object = {},
): Promise<void> {
  const waiting: { event: string; words: RegExp; resolve: (found: LogEvent) => void }[] = [];
  const onLog = (event: LogEvent): void => {
    const at = waiting.findIndex((one) => one.event === event.event && one.words.test(event.message));
    if (at >= 0) waiting.splice(at, 1)[0]?.resolve(event);
  };
  const next = (event: string, words = /./): Promise<LogEvent> =>
    new Promise((resolve) => waiting.push({ event, words, resolve }));
  const using = async (runner: Runner): Promise<void> => {
    for (const name of Object.keys(handlers)) declare(join(runner.store, name.replace(/\.py$/, '')), eia);
    await use(runner, next);
  };
  return withRunner(handlers, using, { accelerators: 'eia1.medium', ...options, onLog });
}

/** Adds what the archiver's flags would. */
function declare(dir: string, over: object): void {
  const path = join(dir, 'MAR-INF/MANIFEST.json');
  const manifest: { model: object } = JSON.parse(readFileSync(path, 'utf8'));
  const eia = {
    ...{ acceleratorType: 'eia1.medium', count: 1, ordinals: [0], api: 'none', required: false, fallback: 'cpu' },
    contexts: { model: 'eia:0', data: 'cpu' },
    ...over,
  };
  writeFileSync(path, JSON.stringify({ ...manifest, model: { ...manifest.model, extensions: { eia } } }));
}

async function register(runner: Runner, name: string, workers = 1): Promise<Response> {
  return runner.manage('POST', `/models?url=${name}&initial_workers=${workers}&synchronous=true`);
}

const headerOf = (response: Response): string => response.headers.get('x-emulated-accelerator') ?? 'none';

/** Whether two of the answers were computed at the same time. */
function overlap(answers: readonly Answer[]): boolean {
  const runs = answers
    .map(({ begin, end }) => [BigInt(begin), BigInt(end)] as const)
    .sort((a, b) => Number(a[0] - b[0]));
  return runs.some(([, end], index) => (runs[index + 1]?.[0] ?? end) < end);
}

test('calls are sequential across workers, models and languages, and every answer says that it is an emulation', async () => {
  await withAccelerators({ a: NODE, b: NODE, 'c.py': PYTHON }, {}, async (runner) => {
    for (const name of ['a', 'b', 'c']) assert.is((await register(runner, name, 2)).status, 200);
    const asked = Array.from({ length: 24 }, (_, index) => runner.predict(['a', 'b', 'c'][index % 3] ?? ''));
    const responses = await Promise.all(asked);
    for (const response of responses) {
      assert.is(response.status, 200);
      assert.match(
        headerOf(response),
        /^eia-[0-9a-f]{32}; type=eia1\.medium; ordinal=0; ran-on=host; queue-ms=[\d.]+$/,
      );
    }
    const answers = (await Promise.all(responses.map((response) => response.json()))) as Answer[];
    assert.is(overlap(answers), false);
    const [node, , python] = answers;
    const id = runner.accelerators[0]?.acceleratorId;
    const emulated = { id, ordinal: 0, type: 'eia1.medium', memoryMiB: 1024 };
    assert.equal(node?.device, {
      ...{ model: 'eia:0', data: 'cpu', fallback: 'cpu', accelerator: { type: 'eia1.medium', count: 1 } },
      ...{ emulated, running: 'cpu', executionProviders: ['cpu'] },
    });
    assert.equal(python?.device, { ...emulated, model: 'eia:0', data: 'cpu', fallback: 'cpu' });
    assert.equal([node?.present, python?.present], ['true', 'true']);
    const described = await runMar(['eia', 'describe', '--url', runner.managementUrl, '--json']);
    const [shown] = JSON.parse(described.stdout).acceleratorSet;
    assert.is(shown.acceleratorId, id);
    assert.is(shown.emulation.calls.queueTimeMs.count, 24);
    assert.is(shown.emulation.models.length, 6);
    const model = JSON.parse(await (await runner.manage('GET', '/models/a')).text());
    assert.equal(model.accelerators, [shown]);
  });
});

test('with a concurrency of 2, and on two accelerators, two calls run at once', async () => {
  const both = { count: 2, ordinals: [0, 1] };
  for (const [options, eia] of [
    [{ acceleratorConcurrency: 2 }, {}],
    [{ accelerators: 'eia1.medium,eia1.medium' }, both],
  ] as const)
    await withAccelerators(
      { a: NODE },
      options,
      async (runner, next) => {
        await register(runner, 'a', 2);
        const begun = next('worker-stdout', /begun/);
        const first = runner.predict('a', 'wait');
        await begun;
        // It is answered although the first one is still there.
        const second = await runner.predict('a');
        assert.is(second.status, 200);
        writeFileSync(join(runner.store, 'a/go'), '');
        const answers = (await Promise.all([(await first).json(), second.json()])) as Answer[];
        assert.is(overlap(answers), true);
      },
      eia,
    );
});

test('a fault in the middle of a request: with fallback cpu the answer comes and says so, with fail a clear 503', async () => {
  for (const fallback of ['cpu', 'fail'])
    await withAccelerators(
      { a: NODE },
      {},
      async (runner, next) => {
        await register(runner, 'a');
        const begun = next('worker-stdout', /begun/);
        const told = next(fallback === 'cpu' ? 'accelerator-fallback' : 'prediction-failed');
        const asked = runner.predict('a', 'wait');
        await begun;
        const broken = await runner.manage('PUT', '/accelerators/0?connected=false');
        assert.is(broken.status, 200);
        writeFileSync(join(runner.store, 'a/go'), '');
        const response = await asked;
        const { message, requests, status } = await told;
        assert.equal(requests, [response.headers.get('x-request-id')]);
        assert.match(message, /is disconnected\./);
        if (fallback === 'cpu') {
          assert.is(response.status, 200);
          assert.match(headerOf(response), /fault=disconnected; fallback=cpu$/);
          assert.match(headerOf(await runner.predict('a')), /ran-on=host; fault=disconnected; fallback=cpu$/);
        } else {
          assert.equal([response.status, status], [503, 503]);
          const answer = (await response.json()) as { code: number; message: string };
          assert.is(answer.code, 503);
          assert.match(
            answer.message,
            /^The emulated accelerator 0 \(eia1\.medium, eia-[0-9a-f]{32}\) is disconnected\.\nhint: The fault was injected/,
          );
          assert.is((await runner.predict('a')).status, 503);
        }
        await runner.manage('PUT', '/accelerators/0?connected=true');
        const again = await runner.predict('a');
        assert.match(headerOf(again), /queue-ms=[\d.]+$/);
      },
      { fallback, required: fallback === 'fail' },
    );
});

test('a model larger than the accelerator does not load, nor do more workers than have room: 507, and no more attempts', async () => {
  await withAccelerators({ a: NODE, b: NODE }, {}, async (runner) => {
    for (const [name, mebibytes] of [
      ['a', 1025],
      ['b', 500],
    ] as const) {
      writeFileSync(join(runner.store, name, 'net.onnx'), '');
      truncateSync(join(runner.store, name, 'net.onnx'), mebibytes * 2 ** 20);
    }
    const large = await register(runner, 'a');
    assert.is(large.status, 507);
    assert.match(await large.text(), /Model a needs 1025\.0 MiB for each worker.* has 1024 MiB, all of it free\./);
    const three = await register(runner, 'b', 3);
    assert.is(three.status, 507);
    assert.match(await three.text(), /Model b needs 500\.0 MiB.* has 1024 MiB, 1000\.0 MiB of it taken by b\./);
    const [described] = JSON.parse(await (await runner.manage('GET', '/accelerators')).text()).acceleratorSet;
    assert.equal(described.emulation.memory, { sizeInMiB: 1024, usedInMiB: 1000 });
    const { workers } = JSON.parse(await (await runner.manage('GET', '/models/b')).text());
    assert.is(workers.length, 2);
    assert.is((await runner.predict('b')).status, 200);
  });
});

test('EI_VISIBLE_DEVICES renumbers for handlers, who see the variable; malformed, nothing starts', async () => {
  const env = { PATH: process.env['PATH'] ?? '', EI_VISIBLE_DEVICES: '1' };
  await withAccelerators({ a: NODE }, { accelerators: 'eia1.large,eia1.medium', env }, async (runner) => {
    await register(runner, 'a');
    const response = await runner.predict('a');
    assert.match(headerOf(response), /; type=eia1\.medium; ordinal=1; /);
    const { device, visible } = (await response.json()) as Answer;
    assert.equal([device['model'], visible], ['eia:0', '1']);
  });
  const malformed = () => withAccelerators({}, { env: { ...env, EI_VISIBLE_DEVICES: '0-1' } }, async () => {});
  const error = await rejectsWith('ERR_ACCELERATOR', malformed);
  assert.match(error.message, /EI_VISIBLE_DEVICES is '0-1'/);
});

const obstacle = await cannotContain();

testUnless(
  obstacle && `this system grants no namespaces: ${obstacle}`,
  test,
  'workers in a sandbox take their turns on an emulated accelerator as others do',
  () =>
    withAccelerators({ a: NODE, 'c.py': PYTHON }, { sandbox: true }, async (runner) => {
      for (const name of ['a', 'c']) assert.is((await register(runner, name, 2)).status, 200);
      const responses = await Promise.all(Array.from({ length: 12 }, (_, at) => runner.predict(at % 2 ? 'a' : 'c')));
      for (const response of responses) assert.match(headerOf(response), /; ordinal=0; ran-on=host; queue-ms=[\d.]+$/);
      const answers = (await Promise.all(responses.map((response) => response.json()))) as Answer[];
      assert.is(overlap(answers), false);
      assert.equal(new Set(answers.map(({ present }) => present)), new Set(['true']));
    }),
);

test('where none is emulated nothing is said of any: no route, no header, no variable', async () => {
  await withRunner({ a: NODE }, async (runner) => {
    declare(join(runner.store, 'a'), {});
    await register(runner, 'a');
    const response = await runner.predict('a');
    assert.is(headerOf(response), 'none');
    const { device, present } = (await response.json()) as Answer;
    assert.equal([device['running'], device['emulated'], present], ['cpu', undefined, undefined]);
    assert.equal([(await runner.manage('GET', '/accelerators')).status, runner.accelerators], [404, []]);
    const described = await runMar(['eia', 'describe', '--url', runner.managementUrl]);
    assert.is(described.code, 2);
    assert.match(described.stderr, /emulates no accelerators \(it answers 404\)/);
  });
});

test.run();
