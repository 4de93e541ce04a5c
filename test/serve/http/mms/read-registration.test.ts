import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRegistration } from '#serve/http/mms/read-registration.js';
import { httpRequest } from '../../../support/http-request.js';
import { thrown } from '../../../support/rejects.js';
import { settingsOf } from '../../../support/settings.js';

const settings = await settingsOf({ defaultWorkersPerModel: 3 });
const fromQuery = (query: string) => readRegistration(httpRequest('POST', `/models?${query}`), settings);
const fromJson = (value: unknown, contentType = 'application/json') =>
  readRegistration(
    httpRequest('POST', '/models?url=of-the-query', {
      body: typeof value === 'string' ? value : JSON.stringify(value),
      contentType,
    }),
    settings,
  );

const DEFAULTS = {
  url: 'x.mar',
  modelName: undefined,
  handler: undefined,
  runtime: undefined,
  batchSize: undefined,
  maxBatchDelayMs: undefined,
  initialWorkers: 3,
  responseTimeoutSeconds: undefined,
};
const WHOLE = {
  url: 'x.mar',
  modelName: 'm',
  handler: 's:h',
  runtime: 'python3',
  batchSize: 4,
  maxBatchDelayMs: 50,
  initialWorkers: 2,
  responseTimeoutSeconds: 7,
};

test('a query says everything, or the url alone', () => {
  assert.equal(fromQuery('url=x.mar'), { registration: DEFAULTS, synchronous: true });
  const query =
    'url=x.mar&model_name=m&handler=s:h&runtime=python3&batch_size=4&max_batch_delay=50&initial_workers=2&response_timeout=7&synchronous=false';
  assert.equal(fromQuery(query), { registration: WHOLE, synchronous: false });
});

test('a JSON body says it instead of the query, texts as numbers and numbers as text too', () => {
  assert.equal(fromJson({ url: 'x.mar' }), { registration: DEFAULTS, synchronous: true });
  const json = {
    url: 'x.mar',
    model_name: 'm',
    handler: 's:h',
    runtime: 'python3',
    batch_size: '4',
    max_batch_delay: 50,
  };
  const more = { initial_workers: 2, response_timeout: '7', synchronous: 'False' };
  assert.equal(fromJson({ ...json, ...more }, 'Application/JSON; charset=utf-8'), {
    registration: WHOLE,
    synchronous: false,
  });
  assert.is(fromJson({ url: 5 }).registration.url, '5');
  const nothing = { model_name: null, batch_size: null, synchronous: null };
  assert.equal(fromJson({ url: 'x.mar', ...nothing }), { registration: DEFAULTS, synchronous: true });
  assert.is(fromJson('{}', 'text/plain').registration.url, 'of-the-query');
});

test('synchronous is true only where it says so', () => {
  assert.equal(
    ['true', 'TRUE', 'yes', '', '1'].map((text) => fromQuery(`url=x&synchronous=${text}`).synchronous),
    [true, true, false, false, false],
  );
  assert.is(fromJson({ url: 'x', synchronous: true }).synchronous, true);
});

test('numbers of a query that do not parse count as absent; a negative timeout is none', () => {
  const { registration } = fromQuery(
    'url=x.mar&batch_size=many&initial_workers=1.5&response_timeout=-1&max_batch_delay=',
  );
  assert.equal(registration, DEFAULTS);
  assert.is(fromQuery('url=x&response_timeout=0').registration.responseTimeoutSeconds, 0);
  assert.is(fromQuery('url=x&initial_workers=0').registration.initialWorkers, 0);
});

test('what is wrong is named', () => {
  const wrong = (run: () => unknown): string => {
    const { code, message } = thrown(run);
    assert.is(code, 'ERR_PARAMETER');
    return message;
  };
  assert.match(
    wrong(() => fromQuery('model_name=m')),
    'Parameter url is required.',
  );
  assert.match(
    wrong(() => fromJson({})),
    'Parameter url is required.',
  );
  assert.match(
    wrong(() => fromQuery('url=x&runtime=java')),
    'Invalid RuntimeType value: java',
  );
  assert.match(
    wrong(() => fromJson({ url: [] })),
    'Parameter url is not a string.',
  );
  assert.match(
    wrong(() => fromJson({ url: 'x', batch_size: 1.5 })),
    'Parameter batch_size is not a whole number of 32 bits.',
  );
  for (const value of [2 ** 31, -(2 ** 31) - 1, 1e20, '99999999999'])
    assert.match(
      wrong(() => fromJson({ url: 'x', batch_size: value })),
      'Parameter batch_size is not a whole number of 32 bits.',
    );
  assert.match(
    wrong(() => fromJson({ url: 'x', batch_size: 'x1' })),
    'Parameter batch_size is not a whole number of 32 bits.',
  );
  assert.match(
    wrong(() => fromJson('{')),
    'not JSON',
  );
  for (const body of ['[]', 'null', '3'])
    assert.match(
      wrong(() => fromJson(body)),
      'JSON object',
    );
});

test.run();
