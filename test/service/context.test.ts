import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '#version.js';
import { withContext } from './context.js';

test('request headers are found whatever their case; the last of a name counts', () =>
  withContext({}, async (_, batch) => {
    const context = batch([
      {
        headers: [
          ['X-A', '1'],
          ['x-a', '2'],
          ['B', '3'],
        ],
      },
      {},
    ]);
    assert.is(context.getRequestHeader(0, 'X-a'), '2');
    assert.is(context.getRequestHeader(1, 'X-a'), undefined);
    assert.equal(context.getRequestHeaders(0), { 'X-A': '1', 'x-a': '2', B: '3' });
    assert.equal(context.requestIds, ['r0', 'r1']);
  }));

test('response headers replace each other whatever their case, and cannot start another header', () =>
  withContext({}, async (_, batch) => {
    const context = batch([{}, {}]);
    context.setResponseHeader(1, 'Content-Type', 'a/b');
    context.setResponseContentType(1, 'c/d');
    assert.equal(context.responseFacts(1)?.headers, [['content-type', 'c/d']]);
    assert.throws(() => context.setResponseHeader(0, 'X', 'a\r\nX-Injected: yes'), /line break/);
    assert.throws(() => context.setResponseHeader(0, 'X\n', 'a'), /line break/);
    assert.throws(() => context.setResponseStatus(200, '', 2), /not in the batch of 2/);
    context.setAllResponseStatus(201, 'Made');
    assert.equal([context.responseFacts(0)?.status, context.responseFacts(1)?.phrase], [201, 'Made']);
  }));

test('metrics leave as lines in the form of the peers', () =>
  withContext({}, async (_, batch) => {
    const context = batch([{}, {}]);
    assert.equal(context.drainMetrics(), []);
    context.metrics.addCounter('Hits', 1);
    context.metrics.addCounter('Hits', 2);
    context.metrics.addTime('Run', 1.5, 'ms', 1);
    context.metrics.addSize('In', 2, 'kB');
    context.metrics.addPercent('Full', 50);
    const lines = context.drainMetrics();
    assert.match(lines[0] ?? '', /^\[METRICS\]Hits\.Count:3\|#ModelName:m,Level:Model\|#hostname:.+,\d+,r0,r1$/);
    assert.match(lines[1] ?? '', /^\[METRICS\]Run\.Milliseconds:1\.5\|.*,r1$/);
    assert.match(lines[2] ?? '', /In\.Kilobytes:2\|/);
    assert.match(lines[3] ?? '', /Full\.Percent:50\|/);
    assert.equal(context.drainMetrics(), []);
  }));

test('the directory, the GPU and the batch have one name each, and the names that Python handlers know', () =>
  withContext({}, async (context) => {
    const { modelDir, gpuId, batchSize, systemProperties } = context;
    assert.ok(existsSync(modelDir));
    assert.equal([gpuId, batchSize], [null, 4]);
    assert.equal(systemProperties, {
      model_dir: modelDir,
      gpu_id: null,
      batch_size: 4,
      server_name: 'MMS',
      server_version: VERSION,
    });
  }));

test.run();
