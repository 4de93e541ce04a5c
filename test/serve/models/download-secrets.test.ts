import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicSource, publicTarget } from '#public-source.js';
import { withRunner } from '../../support/runner.js';
import { withWeb } from './downloading.js';

for (const [source, shown] of [
  ['model.mar', 'model.mar'],
  ['folder/a?b=c@d', 'folder/a?b=c@d'],
  ['http://host/x.mar?part=2', 'http://host/x.mar?part=2'],
  ['http://user:SECRET@host:9/x.mar', 'http://***@host:9/x.mar'],
  ['https://SECRET@host/a@b.mar', 'https://***@host/a@b.mar'],
  ['http:user:SECRET@host/x.mar', 'http:***@host/x.mar'],
  ['http://u:SECRET@[broken/x.mar', 'http://***@[broken/x.mar'],
  [
    'https://s3/x.mar?X-Amz-Signature=SECRET&X-Amz-Date=1&token=SECRET',
    'https://s3/x.mar?X-Amz-Signature=***&X-Amz-Date=1&token=***',
  ],
] as const) {
  test(`${source} is shown as ${shown}`, () => assert.is(publicSource(source), shown));
}

test('of the target of a request, the source that it names is shown as a source', () => {
  const secret = encodeURIComponent('http://u:SECRET@h/x.mar?sig=SECRET');
  assert.is(
    publicTarget(`/models?batch_size=2&url=${secret}&synchronous=true`),
    '/models?batch_size=2&url=http://***@h/x.mar?sig=***&synchronous=true',
  );
  for (const target of ['/ping', '/models?url=x.mar&%', '/predictions/m?x=http%3A%2F%2Fh%2Fa'])
    assert.is(publicTarget(target), target);
});

test('a secret in the source of a model is in no answer and in no line of the log', () =>
  withWeb(
    (_request, response) => response.writeHead(404).end(),
    (url) =>
      withRunner(
        {},
        async (runner) => {
          for (const source of [
            url.replace('//', '//user:SECRET-42@'),
            'http://user:SECRET-42@127.0.0.1:1',
            'http://user:SECRET-42@[',
            `${url}/y.mar?sig=SECRET-42`,
          ]) {
            const asked = encodeURIComponent(`${source}/x.mar`);
            const answer = await runner.manage('POST', `/models?url=${asked}`);
            assert.ok(answer.status >= 400);
            assert.not.match(await answer.text(), /SECRET-42/, source);
          }
          assert.not.match(JSON.stringify(runner.log), /SECRET-42/);
          assert.ok(runner.log.some(({ event }) => event === 'access'));
        },
        { accessLog: true },
      ),
  ));

test.run();
