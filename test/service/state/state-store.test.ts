import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StateStore } from '#service/index.js';
import { thrown } from '../../support/rejects.js';

test('state by a key: bounded, forgotten after its time, the longest unused first', () => {
  let now = 0;
  const store = new StateStore<number>({ limit: 2, expiresAfter: 10, now: () => now });
  store.set('a', 1);
  store.set('b', 2);
  assert.is(store.get('a'), 1);
  store.set('c', 3);
  assert.equal([store.get('a'), store.get('b'), store.get('c'), store.size], [1, undefined, 3, 2]);
  now = 9_000;
  assert.is(store.get('a'), 1);
  now = 10_000;
  assert.equal([store.get('a'), store.get('c'), store.size], [1, undefined, 1]);
  assert.equal([store.delete('a'), store.delete('a'), store.size], [true, false, 0]);
  store.set('__proto__', 5);
  assert.is(store.get('__proto__'), 5);
  assert.is(thrown(() => new StateStore({ limit: 0 })).code, 'ERR_SERVICE_ARGUMENT');
});

test.run();
