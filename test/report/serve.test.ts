import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logJson, logLine } from '#report/serve.js';

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

test.run();
