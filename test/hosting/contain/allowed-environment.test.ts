import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowedEnvironment } from '#hosting/contain/allowed-environment.js';

test('a foreign handler sees how the machine speaks and counts, and what is named; no token, key or address of an agent', () => {
  const env = {
    PATH: '/bin',
    HOME: '/h',
    LC_ALL: 'C',
    OMP_NUM_THREADS: '2',
    MAR_RUN: '/r',
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const more = {
    GITHUB_TOKEN: 'x',
    SSH_AUTH_SOCK: '/s',
    NPM_TOKEN: 'x',
    PATHOLOGY: 'x',
    MODEL_SIZE: 'small',
    NODE_OPTIONS: 'x',
  };
  assert.equal(allowedEnvironment({ ...env, ...more }, ['MODEL_SIZE']), {
    PATH: '/bin',
    HOME: '/h',
    LC_ALL: 'C',
    OMP_NUM_THREADS: '2',
    MAR_RUN: '/r',
    MODEL_SIZE: 'small',
  });
});

test.run();
