import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelManager } from '#serve/models/model-manager.js';
import { Readiness } from '#serve/models/readiness.js';
import { settingsOf } from '../../support/settings.js';

test('what is held runs in its order once the start is through, and what comes later at once; the end opens what is open already', async () => {
  const manager = new ModelManager({
    settings: await settingsOf(),
    store: { open: () => Promise.reject(new Error('nothing is opened')) },
    startWorker: () => Promise.reject(new Error('nothing is started')),
    log: () => {},
  });
  const readiness = new Readiness(manager);
  const ran: string[] = [];
  readiness.hold(() => ran.push('first'));
  readiness.hold(() => ran.push('second'));
  assert.equal([readiness.holding, ran], [true, []]);
  readiness.open();
  assert.equal([readiness.holding, ran], [false, ['first', 'second']]);
  readiness.hold(() => ran.push('late'));
  assert.equal([readiness.ended, ran], [false, ['first', 'second', 'late']]);
  readiness.open();
  readiness.end();
  assert.equal([readiness.holding, readiness.ended, ran], [false, true, ['first', 'second', 'late']]);
});

test.run();
