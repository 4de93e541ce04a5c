import * as assert from 'uvu/assert';
import { mms } from '#serve/http/mms/mms.js';
import type { HttpRequest } from '#serve/http/server/exchange.js';
import { settled } from '../../../support/fake-clock.js';
import { httpRequest } from '../../../support/http-request.js';
import { BOTH, type Routed, routed, routedSuite } from '../../../support/routed.js';

const INFERENCE = { inference: true, management: false };
const MANAGEMENT = { inference: false, management: true };
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'];

const test = routedSuite('routes of Multi Model Server');

const NO_ROUTE = {
  status: 404,
  type: 'ResourceNotFoundException',
  message: 'Requested resource is not found, please refer to API document.',
};
const NO_METHOD = {
  status: 405,
  type: 'MethodNotAllowedException',
  message: 'Requested method is not allowed, please refer to API document.',
};
const noModel = (name: string) => ({
  status: 404,
  type: 'ModelNotFoundException',
  message: `Model not found: ${name}`,
});

/** What a refusal says: status, type and message; the status stands in the body too. */
async function refusal(server: Routed, ...asked: Parameters<Routed['ask']>) {
  const { status, contentType, body } = await server.ask(...asked);
  assert.is(contentType, 'application/json');
  const { code, type, message } = Object(body);
  assert.is(code, status);
  return { status, type, message };
}

/** Asks with one worker there, answers what it was handed, and tells which inputs it got. */
async function predicted(server: Routed, method: string, target: string, options: Parameters<typeof httpRequest>[2]) {
  const [worker] = await server.serve('m', 1, { startup: true });
  const asked = server.answer(method, target, options);
  await settled();
  const [owed] = worker?.owed ?? [];
  const inputs = owed?.jobs[0]?.parameters.map(({ name, value }) => `${name}=${value}`);
  worker?.answer();
  return { answer: await asked, inputs, id: owed?.jobs[0]?.id };
}

test('the API description: OPTIONS / and any method of /api-description, of what the listener serves', async ({
  server,
}) => {
  const paths = async (method: string, target: string, apis = BOTH): Promise<string[]> => {
    const { status, contentType, body } = await server.ask(method, target, { apis });
    assert.equal([status, contentType], [200, 'application/json'], `${method} ${target}`);
    return Object.keys(Object(body).paths);
  };
  const both = await paths('OPTIONS', '/');
  assert.ok(both.includes('/ping') && both.includes('/models'), both.join());
  for (const method of METHODS) assert.equal(await paths(method, '/api-description'), both);
  const inference = await paths('OPTIONS', '/', INFERENCE);
  assert.equal([inference.includes('/ping'), inference.includes('/models')], [true, false]);
  const management = await paths('GET', '/api-description/', MANAGEMENT);
  assert.equal([management.includes('/ping'), management.includes('/models')], [false, true]);
  assert.equal(Object.keys(Object((await server.ask('OPTIONS', '/')).body)).slice(0, 3), ['openapi', 'info', 'paths']);
});

test('the root with another method, more slashes, and anything below /api-description are 405', async ({ server }) => {
  for (const method of METHODS) assert.equal(await refusal(server, method, '/'), NO_METHOD);
  assert.equal(await refusal(server, 'OPTIONS', '//'), NO_METHOD);
  assert.equal(await refusal(server, 'GET', '/api-description/x'), NO_METHOD);
});

test('/ping: any method, anything behind it; with management alone there is none', async ({ server }) => {
  for (const target of ['/ping', '/ping/', '/ping/a/b/c', '/ping?x=1']) {
    for (const method of [...METHODS, 'OPTIONS'])
      assert.equal(await server.ask(method, target, { apis: INFERENCE }), {
        status: 200,
        reason: undefined,
        contentType: 'application/json',
        body: { status: 'Healthy' },
      });
  }
  assert.equal(await refusal(server, 'GET', '/ping', { apis: MANAGEMENT }), NO_ROUTE);
  const [worker] = await server.serve('m', 1);
  worker?.die();
  await settled();
  assert.equal((await server.ask('GET', '/ping')).body, { status: 'Unhealthy' });
});

for (const [target, inputs] of [
  ['/predictions/m?a=1', 'body=x'],
  ['/predictions/m/anything/else?a=1', 'body=x'],
  ['/m/predict?a=1', 'a=1 body=x'],
  ['/models/m/invoke?a=1', 'a=1 body=x'],
  ['/invocations?model_name=m', 'model_name=m body=x'],
  ['/invocations?a=1', 'a=1 body=x'],
  ['/invocations?model_name=', 'model_name= body=x'],
  ['/models//invoke?a=1', 'a=1 body=x'],
  ['/models//invoke?model_name=m', 'model_name=m body=x'],
] as const) {
  test(`${target} reaches the model with ${inputs}`, async ({ server }) => {
    const { answer, inputs: got, id } = await predicted(server, 'POST', target, { body: 'x' });
    assert.equal([got?.join(' '), id], [inputs, 'request-1']);
    assert.equal(
      [answer.status, answer.reason, answer.contentType, String(answer.body)],
      [200, 'OK', 'text/plain', 'request-1'],
    );
  });
}

for (const method of METHODS) {
  test(`${method} reaches a model too`, async ({ server }) => {
    assert.is((await predicted(server, method, '/predictions/m', {})).answer.status, 200);
  });
}

test('what a worker says of its answer is sent: status, phrase without what HTTP cannot carry, headers', async ({
  server,
}) => {
  const [worker] = await server.serve('m', 1);
  const asked = server.answer('POST', '/predictions/m', { rawHeaders: ['X-A', '1', 'Expect', '100-continue'] });
  await settled();
  assert.equal(worker?.owed[0]?.jobs[0]?.headers, [['X-A', '1']]);
  worker?.answer((response) => ({
    ...response,
    predictions: response.predictions.map((one) => ({ ...one, status: 201, phrase: 'a\nb\tü', headers: [['X', 'y']] })),
  }));
  const { body, ...answer } = await asked;
  assert.equal(answer, { status: 201, reason: 'a b\t ', contentType: 'text/plain', headers: [['X', 'y']] });
  assert.is(String(body), 'request-1');
});

test('a worker that dies with a request fails it', async ({ server }) => {
  const [worker] = await server.serve('m', 1);
  const lost = server.ask('POST', '/predictions/m');
  await settled();
  worker?.die();
  assert.equal([(await lost).status, Object((await lost).body).message], [500, 'Worker died.']);
});

test('a request whose client has gone before its turn is not computed', async ({ server }) => {
  const [worker] = await server.serve('m', 1);
  const first = server.ask('POST', '/predictions/m');
  const leave: (() => void)[] = [];
  const impatient = (id: string): HttpRequest => ({
    ...httpRequest('POST', '/predictions/m'),
    id,
    onDisconnect: (callback) => void leave.push(callback),
  });
  for (const id of ['gone', 'last']) void mms.route(server.context, BOTH, impatient(id))(impatient(id));
  await settled();
  leave[0]?.();
  worker?.answer();
  await settled();
  assert.equal([(await first).status, worker?.handed], [200, [['request-1'], ['last']]]);
});

test('the words of a refusal have the cause only where error_detail says so', async ({ server, folder }) => {
  await server.serve('m', 0);
  const refused = 'No worker is available to serve request for model: m. Consider increasing job queue size.';
  assert.equal(await refusal(server, 'POST', '/predictions/m'), {
    status: 503,
    type: 'ServiceUnavailableException',
    message: refused,
  });
  const detailed = await routed(folder, { errorDetail: true });
  const [worker] = await detailed.serve('m', 1);
  const asked = detailed.ask('POST', '/predictions/m');
  await settled();
  worker?.die();
  const { message } = Object((await asked).body);
  assert.match(message, /^Worker died\.\n.*exited with code 3/);
  await detailed.manager.close(0);
});

test('OPTIONS on a model describes it, by every path; one that is not there is 404', async ({ server }) => {
  await server.serve('m', 0, { startup: true });
  for (const target of ['/predictions/m', '/m/predict', '/models/m/invoke', '/invocations', '/models//invoke']) {
    const { status, body } = await server.ask('OPTIONS', target);
    assert.equal([status, Object(body).info.title], [200, 'RESTful API for: m'], target);
  }
  assert.equal(await refusal(server, 'OPTIONS', '/predictions/none'), noModel('none'));
});

test('/invocations without a name wants exactly one model of the start', async ({ server }) => {
  const missing = { status: 400, type: 'BadRequestException', message: 'Parameter model_name is required.' };
  await server.serve('m', 0);
  assert.equal(await refusal(server, 'POST', '/invocations'), missing);
  assert.equal(await refusal(server, 'POST', '/models//invoke'), missing);
  assert.equal(await refusal(server, 'POST', '/invocations?model_name='), noModel(''));
  assert.equal(await refusal(server, 'POST', '/invocations?model_name=other'), noModel('other'));
});

for (const [method, target, apis] of [
  ['POST', '/predictions', BOTH],
  ['POST', '/predictions/m', MANAGEMENT],
  ['POST', '/invocations', MANAGEMENT],
  ['POST', '/invocations/m', BOTH],
  ['POST', '/models/m/other', BOTH],
  ['POST', '/models//other', BOTH],
  ['POST', '/models/m/invoke', MANAGEMENT],
  ['POST', '/models/m/invoke/x', BOTH],
  ['GET', '/models', INFERENCE],
  ['GET', '/models/m', INFERENCE],
  ['GET', '/m/predict', MANAGEMENT],
  ['GET', '/m/predict/x', BOTH],
  ['GET', '/m/other', BOTH],
  ['GET', '/nothing', BOTH],
  ['OPTIONS', '*', BOTH],
  ['OPTIONS', '/nothing', BOTH],
] as const) {
  test(`${method} ${target} with ${JSON.stringify(apis)} is 404`, async ({ server }) => {
    await server.serve('m', 0);
    assert.equal(await refusal(server, method, target, { apis }), NO_ROUTE);
  });
}

test('management refuses foreign hosts and foreign origins, inference takes them', async ({ server }) => {
  const rawHeaders = ['Host', 'evil.example'];
  const { status, type } = await refusal(server, 'GET', '/models', { rawHeaders });
  assert.equal([status, type], [403, 'BadRequestException']);
  const origin = ['Origin', 'http://evil.example'];
  assert.is((await refusal(server, 'DELETE', '/models/m', { rawHeaders: origin })).status, 403);
  assert.is((await server.ask('GET', '/ping', { rawHeaders: [...rawHeaders, ...origin] })).status, 200);
});

test.run();
