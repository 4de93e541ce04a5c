import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CPU, formFault, inferenceService, MEMORY, resourcesOf } from '#conventions/kserve.js';

test('quantities: what Kubernetes takes and a person can have meant', () => {
  for (const value of ['512Mi', '2Gi', '1.5Gi', '0.5Gi', '1000M', '2048Ki', '1073741824'])
    assert.is(formFault(MEMORY, value), undefined, value);
  for (const value of ['512', '512m', '512MB', '2gi', '0Gi', '0.0Gi', '-1Gi', '1 Gi', '1e9', '', 'Gi', '64Ki', '2Gi\n'])
    assert.is(formFault(MEMORY, value), `--memory is '${value}'; expected memory like 512Mi or 2Gi.`);
  for (const value of ['1', '0.5', '500m', '1.125']) assert.is(formFault(CPU, value), undefined, value);
  for (const value of ['0', '0m', '0.0', '1.5m', '0.0001', 'two', '1Gi', ''])
    assert.is(formFault(CPU, value), `--cpu is '${value}'; expected processors like 1, 0.5 or 500m.`);
});

test('a resource: texts in quotes, what stands twice is written twice', () => {
  const names = { name: 'net', namespace: 'models' };
  const predictor = { args: ['no', '1'], ...resourcesOf({ cpu: '1' }), ...resourcesOf({}) };
  assert.is(
    inferenceService(names, predictor),
    [
      'apiVersion: "serving.kserve.io/v1beta1"',
      'kind: "InferenceService"',
      'metadata:',
      '  name: "net"',
      '  namespace: "models"',
      'spec:',
      '  predictor:',
      '    args: ["no", "1"]',
      '    resources:',
      '      requests:',
      '        cpu: "1"',
      '      limits:',
      '        cpu: "1"',
      '',
    ].join('\n'),
  );
});

test.run();
