import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../support/runner.js';

const ALIVE = 'export const handle = (batch) => batch.map((row) => String(row.body));';
const NAMES = ['a', 'b'] as const;
type Name = (typeof NAMES)[number];

/** What the server should know of each model: absent, or the workers it was last scaled to. */
type Expected = Map<Name, number>;

type Operation =
  | { readonly kind: 'register'; readonly name: Name; readonly workers: number }
  | { readonly kind: 'unregister'; readonly name: Name }
  | { readonly kind: 'scale'; readonly name: Name; readonly workers: number }
  | { readonly kind: 'predict'; readonly name: Name };

const name = fc.constantFrom(...NAMES);
const workers = fc.integer({ min: 0, max: 2 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), name, workers }),
  fc.record({ kind: fc.constant('unregister' as const), name }),
  fc.record({ kind: fc.constant('scale' as const), name, workers }),
  fc.record({ kind: fc.constant('predict' as const), name }),
);

/** The status that the operation should get, and its effect on what is expected. */
function apply(expected: Expected, { kind, name, ...rest }: Operation): number {
  const current = expected.get(name);
  if (kind === 'register') {
    if (current !== undefined) return 409;
    expected.set(name, 'workers' in rest ? rest.workers : 0);
    return 200;
  }
  if (current === undefined) return 404;
  if (kind === 'unregister') expected.delete(name);
  if (kind === 'scale' && 'workers' in rest) expected.set(name, rest.workers);
  return kind === 'predict' && current === 0 ? 503 : 200;
}

function send(runner: Parameters<Parameters<typeof withRunner>[1]>[0], operation: Operation): Promise<Response> {
  const { kind, name } = operation;
  if (kind === 'register') {
    return runner.manage('POST', `/models?url=m&model_name=${name}&initial_workers=${operation.workers}`);
  }
  if (kind === 'unregister') return runner.manage('DELETE', `/models/${name}`);
  if (kind === 'scale') return runner.manage('PUT', `/models/${name}?min_worker=${operation.workers}&synchronous=true`);
  return runner.predict(name, 'x');
}

test('any sequence of operations leaves the server in the state of the model', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 8 }), async (operations) => {
        const expected: Expected = new Map();
        for (const operation of operations) {
          const status = apply(expected, operation);
          assert.is((await send(runner, operation)).status, status, JSON.stringify(operation));
        }
        for (const [model, count] of expected) {
          const described = (await (await runner.manage('GET', `/models/${model}`)).json()) as { workers: unknown[] };
          assert.is(described.workers.length, count);
        }
        for (const model of expected.keys()) await runner.manage('DELETE', `/models/${model}`);
      }),
      { numRuns: 15 },
    );
  });
});

/** What each operation may get while others happen at the same time; a batch that was accepted is never lost (500). */
const MAY_GET: Readonly<Record<Operation['kind'], readonly number[]>> = {
  // 210: the workers were changed again before they had loaded.
  register: [200, 210, 409],
  unregister: [200, 404],
  scale: [200, 210, 404],
  predict: [200, 404, 503],
};

test('operations at the same time: each gets an answer that fits the others, and everything can be taken down', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 12 }), async (operations) => {
        const answers = await Promise.all(
          operations.map(async (operation) => {
            const response = await send(runner, operation);
            return { ...operation, status: response.status, text: await response.text() };
          }),
        );
        const { models } = (await (await runner.manage('GET', '/models')).json()) as {
          models: { modelName: string }[];
        };
        for (const { kind, status, text } of answers) {
          assert.ok(MAY_GET[kind].includes(status), `${kind} ${status} ${text}`);
          if (kind === 'predict' && status === 200) assert.is(text, 'x');
        }
        for (const model of NAMES) {
          const own = answers.filter(({ name }) => name === model);
          const done = (kind: string) => own.filter((one) => one.kind === kind && one.status < 300).length;
          const left = models.filter(({ modelName }) => modelName === model).length;
          assert.is(done('register') - done('unregister'), left, `registrations of ${model}, those undone, those left`);
          if (own.some(({ kind }) => kind === 'register')) continue;
          assert.ok(
            own.every(({ status }) => status === 404),
            `${model} was never registered`,
          );
        }
        for (const model of NAMES) await runner.manage('DELETE', `/models/${model}`);
        assert.equal(await (await runner.manage('GET', '/models')).json(), { models: [] });
        assert.is(await (await fetch(`${runner.inferenceUrl}/ping`)).text(), '{\n  "status": "Healthy"\n}\n');
      }),
      { numRuns: 15 },
    );
  });
});

test.run();
