import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inOwnNetwork, missingOwnNetwork } from '../../support/own-network.js';
import { testUnless } from '../../support/test-unless.js';

const STATUSES = {
  'register without': 401,
  'register with a wrong one': 401,
  register: 200,
  '/ping': 200,
  '/invocations': 200,
  '/predictions/m': 200,
  '/models/m/invoke': 200,
  'OPTIONS /': 200,
  '/ready': 200,
  'describe without': 401,
  'list without': 401,
  'unregister without': 401,
  nothing: 404,
};

testUnless(
  missingOwnNetwork,
  test,
  'beyond this machine, and wherever both APIs share an address, managing wants the token of key_file.json; predicting does not',
  () => {
    const { one, two, local } = JSON.parse(inOwnNetwork('./beyond-this-machine.ts'));
    const seen = { mode: 0o600, keyFile: 'gone' };
    assert.equal(one, { statuses: STATUSES, ...seen, events: ['management-exposed'] });
    assert.equal(two, { statuses: STATUSES, ...seen, events: ['management-exposed'] });
    assert.equal(local, { statuses: STATUSES, ...seen, events: ['management-shared'] });
  },
);

test.run();
