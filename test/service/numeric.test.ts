import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinService } from '#service/builtin/index.js';
import type { RequestFacts } from '#service/context.js';
import type { Context, ModelService } from '#service/index.js';
import { withContext } from './context.js';
import {
  ask,
  difference,
  elementsOf,
  type Form,
  type Recorded,
  type RecordedGraph,
  recordedGraphs,
  requestOf,
} from './numeric.js';

const FORMS: readonly Form[] = ['json', 'fields', 'bytes', 'body'];
/** Sizes of the batches that are asked for what was asked alone. */
const BATCHES = [2, 5, 9];

type Batch = (requests: readonly Partial<RequestFacts>[]) => Context;

function withService(graph: RecordedGraph, use: (service: ModelService, batch: Batch) => Promise<void>): Promise<void> {
  const files = Object.fromEntries(
    Object.entries(graph.files).map(([path, content]) => [path, Buffer.from(content, 'base64')]),
  );
  return withContext(files, async (context, batch) => {
    const service = await builtinService('tensor');
    if (!service) throw new Error('there is no service tensor');
    await service.initialize?.(context);
    await use(service, batch);
    await service.close?.();
  });
}

/** What is wrong with an answer. */
function faults(
  { status, body }: Awaited<ReturnType<typeof ask>>[number],
  outputs: Readonly<Record<string, Recorded>>,
  isQuantised: boolean,
): string[] {
  if (status !== 200) return [`${status} ${body}`];
  const found: Readonly<Record<string, unknown>> = JSON.parse(String(body));
  assert.equal(Object.keys(found).sort(), Object.keys(outputs).sort());
  return Object.entries(outputs).flatMap(([name, recorded]) => {
    const problem = difference(found[name], recorded, isQuantised);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });
}

/** A model with one output answers its bytes to a client that asks for them, with their shape. */
async function answersBytes(
  service: ModelService,
  batch: Batch,
  asked: readonly { request: Omit<RequestFacts, 'id'>; outputs: Readonly<Record<string, Recorded>> }[],
): Promise<void> {
  for (const { request, outputs } of asked) {
    const [only, ...others] = Object.values(outputs);
    if (!only || others.length > 0 || only.maps || typeof only.data !== 'string') continue;
    const accept = ['accept', 'application/octet-stream'] as const;
    const [answer] = await ask(service, [{ ...request, headers: [...request.headers, accept] }], batch);
    assert.is(answer?.shape, only.dims.join(','));
    const found = { ...only, data: answer?.body.toString('base64') ?? '' };
    const exact = new Set(['float32', 'float64', 'float16']).has(only.type)
      ? elementsOf(found).length
      : elementsOf(found);
    const expected = typeof exact === 'number' ? elementsOf(only).length : elementsOf(only);
    assert.equal(exact, expected);
  }
}

const graphs = recordedGraphs();

test('the recording holds graphs of every family and type', () => {
  assert.ok(graphs.length >= 60);
  const types = new Set(
    graphs.flatMap(({ requests }) =>
      requests.flatMap(({ inputs }) => Object.values(inputs).map((tensor) => (tensor.maps ? 'map' : tensor.type))),
    ),
  );
  assert.equal([...types].sort(), [
    'bool',
    'float16',
    'float32',
    'float64',
    'int16',
    'int32',
    'int64',
    'int8',
    'string',
    'uint16',
    'uint32',
    'uint64',
    'uint8',
  ]);
});

for (const graph of graphs) {
  const isQuantised = /^q|quantise/.test(graph.name);
  test(`${graph.name} is answered as by Python's onnxruntime, in every form, alone and in batches`, () =>
    withService(graph, async (service, batch) => {
      for (const form of FORMS) {
        const asked = graph.requests.flatMap(({ inputs, outputs }) => {
          const request = requestOf(inputs, form);
          return request ? [{ request, outputs }] : [];
        });
        if (asked.length === 0) continue;
        if (form === 'body') await answersBytes(service, batch, asked);
        for (const { request, outputs } of asked) {
          const [answer] = await ask(service, [request], batch);
          assert.ok(answer);
          assert.equal(faults(answer, outputs, isQuantised), [], `${form}, alone`);
        }
        for (const size of form === 'json' || form === 'bytes' ? BATCHES : []) {
          const chosen = Array.from({ length: size }, (_, index) => asked[index % asked.length]).flatMap(
            (one) => one ?? [],
          );
          const answers = await ask(
            service,
            chosen.map(({ request }) => request),
            batch,
          );
          for (const [index, answer] of answers.entries())
            assert.equal(
              faults(answer, chosen[index]?.outputs ?? {}, isQuantised),
              [],
              `${form}, ${index + 1} of a batch of ${size}`,
            );
        }
      }
    }));
}

test.run();
