import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checked, IMAGE, MODEL_DATA } from '#deploy/given-values.js';
import { rejectsWith } from '../support/rejects.js';

test('an image as a registry has it', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const image of [
    'x',
    'localhost:5000/a/b:1.0',
    `registry.example/a__b-c@${digest}`,
    `r.example/x:V1_a@${digest}`,
  ])
    assert.is(checked(IMAGE, image), image);
  for (const image of [
    '',
    'https://r.example/x:1',
    'r.example/x:',
    'r.example/',
    'R.example/x',
    'a b',
    'x:a/y',
    'x@sha256:0',
  ])
    await rejectsWith('ERR_DEPLOY_VALUE', async () => checked(IMAGE, image));
});

test('what is refused is said with its form', async () => {
  const { message } = await rejectsWith('ERR_DEPLOY_VALUE', async () => checked(MODEL_DATA, 's3://b/x.tar.gz'));
  assert.match(message, "--model-data is 's3://b/x.tar.gz'; expected s3://BUCKET/KEY.tar.gz, the bucket of 3 to 63");
});

test.run();
