import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Worker } from '#hosting/worker.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { inFolder } from '../support/model-folder.js';

/** Lends a Python worker with this `service.py` and collects what it prints. */
function withHandler(code: string, use: (worker: Worker, lines: string[]) => Promise<void>) {
  return inFolder({ 'service.py': code }, async ({ path: modelDir }) => {
    const lines: string[] = [];
    const worker = await WorkerHandle.start({
      modelName: 'm',
      modelDir,
      handler: 'service:handle',
      runtime: 'python',
      batchSize: 8,
      onLine: ({ text }) => lines.push(text),
    });
    try {
      await use(worker, lines);
    } finally {
      await worker.stop();
    }
  });
}

const json = (id: string, text: string, headers: [string, string][] = []) => ({
  id,
  headers,
  parameters: [{ name: 'body', contentType: 'application/json', value: Buffer.from(text) }],
});

const COUNT = `
def handle(data, context):
    return [str(len(row["body"])) for row in data] if data else None
`;

test(
  'JSON nested beyond what Python can read fails its own request and no other of the batch',
  withHandler(COUNT, async (worker) => {
    const { code, predictions } = await worker.predict([
      json('a', '[1,2]'),
      json('b', '['.repeat(2000)),
      json('c', '[3]'),
    ]);
    assert.is(code, 200);
    assert.equal(
      predictions.map(({ status }) => status),
      [200, 400, 200],
    );
    assert.equal([String(predictions[0]?.body), String(predictions[2]?.body)], ['2', '1']);
    assert.match(String(predictions[1]?.body), /'body' is JSON that is nested too deeply/);
  }),
);

const EIA_CALLS = `
import types
mx = types.SimpleNamespace()
torch = types.SimpleNamespace(jit=types.SimpleNamespace(optimized_execution=lambda flag: None))

def handle(data, context):
    if not data:
        return None
    how = data[0]["body"]
    if how == "mxnet":
        return [mx.mod.Module(context=mx.eia(0))]
    if how == "mxnet 1.7":
        import eimx
    if how == "tensorflow":
        from ei_for_tf.python.predictor.predictor_client import EIPredictor
    if how == "pytorch 1.3":
        torch.jit.optimized_execution(True, {"target_device": "eia:0"})
    if how == "pytorch 1.5":
        import torcheia
    return [context.manifest["eia"]]
`;

test(
  'what only the EI builds of frameworks could run fails with a hint that names the migration; other errors get none',
  withHandler(EIA_CALLS, async (worker) => {
    const hint = /\nhint: The handler calls Elastic Inference.*`mar eia migrate ARCHIVE --to cpu`/;
    for (const how of ['mxnet', 'mxnet 1.7', 'tensorflow', 'pytorch 1.3', 'pytorch 1.5']) {
      const { code, message } = await worker.predict([json('a', JSON.stringify(how))]);
      assert.is(code, 503, how);
      assert.match(message, hint, how);
    }
    const { message } = await worker.predict([json('a', '"other"')]);
    assert.match(message, "TypeError: 'NoneType' object is not subscriptable");
    assert.not.match(message, hint);
  }),
);

const SILENT_ERRORS = `
class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")

class PredictionException(Exception):
    def __init__(self, message, error_code):
        self.message, self.error_code = message, error_code

def handle(data, context):
    if not data:
        return None
    if data[0]["body"] == "raise":
        raise Mute()
    return ["fine", PredictionException(Mute(), 422), Mute()]
`;

test(
  'an error that cannot even be told hurts only its own request; raised, it fails the batch with its type',
  withHandler(SILENT_ERRORS, async (worker) => {
    const { predictions } = await worker.predict(['a', 'b', 'c'].map((id) => json(id, '1')));
    assert.equal(
      predictions.map(({ status }) => status),
      [200, 503, 503],
    );
    assert.match(String(predictions[2]?.body), /result 3 of the batch is of type Mute/);
    const raised = await worker.predict([json('d', '"raise"')]);
    assert.is(raised.code, 503);
    assert.match(raised.message, /^Prediction failed\n.*Mute/);
  }),
);

const METRICS = `
class Service(object):
    def initialize(self, context):
        self.calls = context.metrics.add_metric_to_cache("Calls", "count", ["ModelName"])
        self.config = context.model_yaml_config

    def handle(self, data, context):
        self.calls.add_or_update(len(data), ["m"])
        self.calls.add_or_update(-1, ["m"])
        context.metrics.get_metric("Calls").add_or_update(7, ["m"], "some-id")
        return [{"sequence": context.get_sequence_id(index), "config": self.config} for index in range(len(data))]
`;

test(
  'metrics of a cache, sequence ids and an empty configuration are there as in TorchServe',
  withHandler(METRICS, async (worker, lines) => {
    const { predictions } = await worker.predict([
      json('a', '1', [['ts_request_sequence_id', 'seq-9']]),
      json('b', '1'),
    ]);
    assert.equal(
      predictions.map(({ body }) => JSON.parse(String(body))),
      [
        { sequence: 'seq-9', config: {} },
        { sequence: null, config: {} },
      ],
    );
    await worker.stop();
    const told = lines.filter((line) => line.startsWith('[METRICS]'));
    assert.is(told.length, 3, told.join('\n'));
    assert.match(told[0] ?? '', /^\[METRICS\]Failed to update metric with name:Calls with value: -1/);
    assert.match(told[1] ?? '', /^\[METRICS\]Calls\.Count:2\|#ModelName:m\|#type:COUNTER\|#hostname:[^,]+,\d+$/);
    assert.match(
      told[2] ?? '',
      /^\[METRICS\]Calls\.Count:7\|#ModelName:m\|#type:COUNTER\|#hostname:[^,]+,\d+,some-id$/,
    );
  }),
);

const TYPED = `
class Service(object):
    def initialize(self, context):
        pass

    def handle(self, data, context):
        context.metrics.add_time("T", 1, None, "ms", None, "GAUGE")
        context.metrics.add_size("S", 2, idx=None, unit="kB", metric_type="GAUGE")
        context.metrics.add_percent("P", 3, idx=None, dimensions=[], metric_type="HISTOGRAM")
        context.metrics.add_metric(name="M", value=4, unit="count", metric_type="COUNTER")
        known = context.metrics.get_metric("HandlerTime", metric_type="GAUGE")
        if context.get_request_header(0, "describe") == "True":
            return [self.describe_handle()]
        return [known.unit for _ in data]

    def describe_handle(self):
        return "what it is"
`;

test(
  "metrics may say their type, TorchServe's own are in the cache, and a description costs no other request its answer",
  withHandler(TYPED, async (worker, lines) => {
    const { predictions } = await worker.predict([
      json('a', '1'),
      json('b', '1', [['describe', 'True']]),
      json('c', '1'),
    ]);
    assert.equal(
      predictions.map(({ body }) => String(body)),
      ['Milliseconds', 'what it is', 'Milliseconds'],
    );
    await worker.stop();
    const told = new Set(lines.filter((line) => line.startsWith('[METRICS]')).map((line) => line.split('|')[0]));
    assert.equal([...told].sort(), [
      '[METRICS]M.Count:4',
      '[METRICS]P.Percent:3',
      '[METRICS]S.Kilobytes:2',
      '[METRICS]T.Milliseconds:1',
    ]);
  }),
);

const PRIVATE = `
def handle(data, context):
    if data is None:
        return None
    keys = [context.header_key_sequence_id, context.header_key_sequence_start, context.header_key_sequence_end]
    kept = context._system_properties is context.system_properties and context._metrics is context.metrics
    context._request_processor[0].add_response_property("x-keys", ",".join(keys))
    return [kept for _ in data]
`;

test(
  'the private names that handlers of the servers reach for are there',
  withHandler(PRIVATE, async (worker) => {
    const { predictions } = await worker.predict([json('a', '1')]);
    const [answer] = predictions;
    assert.is(String(answer?.body), 'true');
    assert.equal(
      answer?.headers.filter(([name]) => name === 'x-keys'),
      [['x-keys', 'ts_request_sequence_id,ts_request_sequence_start,ts_request_sequence_end']],
    );
  }),
);

test.run();
