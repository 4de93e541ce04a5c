import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KSERVE_NAME } from '#conventions/kserve.js';
import { NAMESPACE_NAME, nameFor, SAGEMAKER_NAME } from '#deploy/names.js';
import { rejectsWith } from '../support/rejects.js';

test('the name of a model is made valid where that can be done', () => {
  assert.is(nameFor(KSERVE_NAME, undefined, 'ResNet_152.v2'), 'resnet-152-v2');
  assert.is(nameFor(SAGEMAKER_NAME, undefined, 'ResNet_152.v2'), 'ResNet-152-v2');
  assert.is(nameFor(SAGEMAKER_NAME, undefined, '_a__b_'), 'a-b');
  assert.is(nameFor(KSERVE_NAME, undefined, `a${'b'.repeat(52)}`).length, 53);
});

test('what cannot be made valid is refused with the rule, and so is a name that was given', async () => {
  for (const [rule, given, model, says] of [
    [KSERVE_NAME, undefined, '152-resnet', /^The model's name '152-resnet' cannot be made .* a letter first/],
    [KSERVE_NAME, undefined, 'a'.repeat(54), /53 characters at most/],
    [KSERVE_NAME, undefined, '模型', /cannot be made a name for KServe/],
    [KSERVE_NAME, 'ResNet', 'resnet', /^'ResNet' is not a name for KServe: expected lower-case/],
    [SAGEMAKER_NAME, undefined, '--', /for SageMaker: expected letters/],
    [SAGEMAKER_NAME, 'a_b', 'a', /^'a_b' is not a name for SageMaker/],
    [SAGEMAKER_NAME, 'a'.repeat(64), 'a', /63 characters at most/],
    [NAMESPACE_NAME, '-x', '-x', /for Kubernetes: expected lower-case/],
  ] as const) {
    const error = await rejectsWith('ERR_DEPLOY_NAME', async () => nameFor(rule, given, model));
    assert.match(error.message, says);
  }
});

test.run();
