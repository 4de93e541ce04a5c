import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asksReadiness, readinessAnswer } from '#serve/http/server/readiness-answer.js';
import { settled } from '../../../support/fake-clock.js';
import { inFolder } from '../../../support/model-folder.js';
import { routed, seen } from '../../../support/routed.js';

test('/ready is asked for with or without a slash, a query or a fragment, and by nothing longer', () => {
  for (const url of ['/ready', '/ready/', '/ready?x=1', '/ready#x', '/ready/?x'])
    assert.is(asksReadiness(url), true, url);
  for (const url of [undefined, '', '/', '/readyness', '/ready/x', '/ready//', '/a/ready', 'ready', '/READY'])
    assert.is(asksReadiness(url), false, url);
});

const MANIFEST = JSON.stringify({ runtime: 'python', model: { modelName: 'm', handler: 'service:handle' } });

test(
  '200 when the start is over and each of its models has a worker, else 503 and what is waited for',
  inFolder({ 'm/MAR-INF/MANIFEST.json': MANIFEST }, async (folder) => {
    const { context, serve, manager } = await routed(folder);
    const { readiness } = context;
    const answer = () => {
      const { status, contentType, body } = seen(readinessAnswer(readiness));
      assert.is(contentType, 'application/json');
      return [status, body];
    };
    assert.equal(answer(), [503, { ready: false, waiting: [] }]);
    readiness.expect('x.mar');
    assert.equal(answer(), [503, { ready: false, waiting: ['x.mar'] }]);
    readiness.settled('x.mar');
    readiness.open();
    assert.equal(answer(), [200, { ready: true }]);
    const [worker] = await serve('m', 1, { startup: true });
    assert.equal(answer(), [200, { ready: true }]);
    worker?.die();
    await settled();
    assert.equal(answer(), [503, { ready: false, waiting: ['m'] }]);
    await manager.close(0);
  }),
);

test.run();
