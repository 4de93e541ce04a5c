import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeAccelerators } from '#index.js';
import { addressReport, logJson, logLine } from '#report/serve.js';

const TIME = new Date(0);
const FAILED = {
  level: 'error',
  event: 'prediction-failed',
  message: 'Worker 9000-00000001 of model m answered 503: Prediction failed',
  model: 'm',
  worker: '9000-00000001',
  requests: ['a-b'],
  status: 503,
  detail: 'RangeError: shape\n    at service.ts:7:9\u001b[2J',
  hint: undefined,
} as const;

test('a failure for people: the sentence, then request, cause and hint below it; control characters are text', () => {
  assert.is(
    logLine(FAILED, TIME),
    [
      '1970-01-01T00:00:00.000Z ERROR Worker 9000-00000001 of model m answered 503: Prediction failed',
      '    request a-b',
      '    RangeError: shape',
      '        at service.ts:7:9\\u001b[2J',
      '',
    ].join('\n'),
  );
});

test('output of a worker is in the name of its model', () => {
  const event = {
    level: 'info',
    event: 'worker-stderr',
    message: 'hello',
    model: 'm',
    worker: '9000-00000001',
  } as const;
  assert.is(logLine(event, TIME), '1970-01-01T00:00:00.000Z INFO  m: hello\n');
});

test('the same for machines is complete, on one line', () => {
  const line = logJson(FAILED, TIME);
  assert.is(line.split('\n').length, 2);
  const { hint: _none, ...rest } = FAILED;
  assert.equal(JSON.parse(line), { time: TIME.toISOString(), ...rest });
});

test('emulated accelerators stand below the addresses, as what they are', async () => {
  const urls = { inferenceUrl: 'http://127.0.0.1:1', managementUrl: 'http://127.0.0.1:2' };
  assert.is(addressReport(urls), 'Inference API   http://127.0.0.1:1\nManagement API  http://127.0.0.1:2\n');
  const types = { accelerators: 'eia1.medium,eia2.large', env: { EI_VISIBLE_DEVICES: '1' } };
  const accelerators = await describeAccelerators(types);
  const [, , first = '', second = ''] = addressReport({ ...urls, accelerators }).split('\n');
  assert.match(
    first,
    /^Accelerator 0 {3}eia1\.medium eia-[0-9a-f]{32}, emulated on this machine, hidden from handlers$/,
  );
  assert.match(second, /^Accelerator 1 {3}eia2\.large eia-[0-9a-f]{32}, emulated on this machine as eia:0$/);
});

test.run();
