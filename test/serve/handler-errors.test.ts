import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../support/runner.js';

const JSON_TYPE = { headers: { 'content-type': 'application/json' } };

test('a PredictionError has its status and a type that fits, thrown or returned', async () => {
  const code = `import { PredictionError } from 'model-archiver/service';
    export const handle = (batch) => batch.map(({ body: { status, isThrown } }) => {
      const error = new PredictionError('refused', status);
      if (isThrown) throw error;
      return error;
    });`;
  const types: [status: number, type: string][] = [
    [404, 'ResourceNotFoundException'],
    [409, 'ConflictStatusException'],
    [415, 'UnsupportedMediaTypeException'],
    [422, 'UnprocessableEntityException'],
    [429, 'TooManyRequestsException'],
    [503, 'ServiceUnavailableException'],
  ];
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    for (const isThrown of [false, true])
      for (const [status, type] of types) {
        const answer = await runner.predict('m', JSON.stringify({ status, isThrown }), JSON_TYPE);
        assert.is(answer.status, status);
        assert.is(answer.headers.get('content-type'), 'application/json');
        assert.equal(await answer.json(), { code: status, type, message: 'refused' });
      }
    // A status that says no error is the front end's to word, as with the peers' workers.
    const odd = await runner.predict('m', JSON.stringify({ status: 201, isThrown: true }), JSON_TYPE);
    assert.is(odd.status, 201);
    assert.equal(await odd.json(), { code: 201, type: 'InternalServerException', message: 'refused' });
  });
});

test('what is thrown is named, also where it is nothing', async () => {
  const code =
    'export const handle = (batch) => batch.map(({ body }) => { throw body === "text" ? "a text" : body === "null" ? null : undefined; });';
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    for (const [body, named] of [
      ['text', "'a text'"],
      ['null', 'null'],
      ['nothing', 'undefined'],
    ] as const) {
      const answer = await runner.predict('m', body, { headers: { 'content-type': 'text/plain' } });
      assert.is(answer.status, 503);
      const { message } = JSON.parse(await answer.text());
      assert.is(
        message,
        `Prediction failed
the handler threw ${named}, which is not an Error`,
      );
    }
  });
});

test('a stream of more than max_response_size fails its request, and the worker lives on', async () => {
  const code = `let calls = 0;
    export const handle = (batch) => batch.map(async function* ({ body }) {
      calls++;
      for (let left = body.pieces; left > 0; left--) yield '0123456789';
      yield ' ' + process.pid + ' ' + calls;
    });`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const ask = (pieces: number) => runner.predict('m', JSON.stringify({ pieces }), JSON_TYPE);
    const before = await (await ask(2)).text();
    assert.match(before, /^01234567890123456789 \d+ 1$/);
    const refused = await ask(1e9);
    assert.is(refused.status, 503);
    assert.match(await refused.text(), /The result brings more than 6553500 bytes.*max_response_size/);
    assert.is(await (await ask(2)).text(), before.replace(/1$/, '3'));
  });
});

test.run();
