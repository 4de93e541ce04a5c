import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { settled } from '../../../support/fake-clock.js';
import { watchFate } from '../../../support/pool.js';
import { type Routed, routedSuite } from '../../../support/routed.js';

const NO_LOAD = new MarError('no load', { code: 'ERR_WORKER_LOAD' });
const NO_MEMORY = new MarError('no memory', { code: 'ERR_WORKER_OUT_OF_MEMORY' });
const PROCESSING = { status: 202, reason: undefined, body: { status: 'Processing worker updates...' } };
const SCALED = { status: 200, reason: undefined, body: { status: 'Workers scaled' } };

const test = routedSuite('management of models');

/** Status, phrase and body of an answer, which is JSON. */
async function told(server: Routed, ...asked: Parameters<Routed['ask']>) {
  const { contentType, ...rest } = await server.ask(...asked);
  assert.is(contentType, 'application/json');
  return rest;
}

const refused = (status: number, type: string, message: string) => ({
  status,
  reason: undefined,
  body: { code: status, type, message },
});
const noModel = (name: string) => refused(404, 'ModelNotFoundException', `Model not found: ${name}`);
const badRequest = (message: string) => refused(400, 'BadRequestException', message);

test('other methods of /models and /models/NAME are 405, whether the model is there or not', async ({ server }) => {
  await server.serve('m', 0);
  const message = 'Requested method is not allowed, please refer to API document.';
  const notAllowed = refused(405, 'MethodNotAllowedException', message);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
    assert.equal(await told(server, method, '/models'), notAllowed, method);
  for (const method of ['POST', 'PATCH', 'HEAD', 'OPTIONS']) {
    assert.equal(await told(server, method, '/models/m'), notAllowed, method);
    assert.equal(await told(server, method, '/models/none'), notAllowed, method);
  }
});

test('no model gets more workers than the server allows; asking for more starts none, and registers nothing', async ({
  server,
}) => {
  const { maxWorkersPerModel: most } = server.settings;
  assert.ok(most >= 16, String(most));
  for (const synchronous of [true, false]) {
    for (const count of [most + 1, 100_000_000]) {
      const beyond = (parameter: string) =>
        badRequest(`${parameter} is ${count}, and a model has at most ${most} workers here.`);
      const query = `url=m&initial_workers=${count}&synchronous=${synchronous}`;
      assert.equal(await told(server, 'POST', `/models?${query}`), beyond('initial_workers'));
      assert.equal(server.manager.list(), []);
      await server.serve('m', 0);
      const scaled = await told(server, 'PUT', `/models/m?min_worker=${count}&synchronous=${synchronous}`);
      assert.equal(scaled, beyond('min_worker'));
      await server.manager.unregister('m');
    }
  }
  assert.equal(server.starts.all, []);
  await server.serve('m', 0);
  assert.is((await told(server, 'PUT', `/models/m?min_worker=${most}&max_worker=100000000`)).status, 202);
  assert.is(server.starts.all.length, most);
});

/** The names of a page, and its token. */
async function page(server: Routed, query: string): Promise<unknown[]> {
  const { status, body } = await told(server, 'GET', `/models${query}`);
  assert.is(status, 200);
  const { models, nextPageToken, ...rest } = Object(body);
  assert.equal(rest, {});
  const names = models.map(({ modelName, modelUrl }: Record<string, string>) => `${modelName} of ${modelUrl}`);
  return [names.join(', '), nextPageToken];
}

test('the list is sorted by name, in pages; a page that ends at the end has a token too', async ({ server }) => {
  assert.equal((await told(server, 'GET', '/models')).body, { models: [] });
  for (const name of ['c', 'a', 'b']) await server.serve(name, 0);
  const all = 'a of m, b of m, c of m';
  assert.equal(await page(server, ''), [all, undefined]);
  assert.equal(await page(server, '/'), [all, undefined]);
  assert.equal(await page(server, '?limit=2'), ['a of m, b of m', '2']);
  assert.equal(await page(server, '?limit=2&next_page_token=2'), ['c of m', undefined]);
  assert.equal(await page(server, '?limit=3'), [all, '3']);
  assert.equal(await page(server, '?limit=3&next_page_token=3'), ['', undefined]);
  assert.equal(await page(server, '?limit=0'), ['', '0']);
  assert.equal(await page(server, '?next_page_token=1'), ['b of m, c of m', undefined]);
  assert.equal(await page(server, '?next_page_token=-1&limit=1'), ['a of m', '1']);
  for (const limit of ['-1', '101', 'many', '1.5', ''])
    assert.equal(await page(server, `?limit=${limit}`), [all, undefined]);
  assert.equal(
    Object.keys(Object((await told(server, 'GET', '/models?limit=1')).body)),
    ['nextPageToken', 'models'],
    'as the server orders them',
  );
});

test('a page has at most 100 models, and that many where it says nothing', async ({ server }) => {
  for (let index = 0; index < 101; index += 1) await server.serve(`m${String(index).padStart(3, '0')}`, 0);
  const size = async (query: string): Promise<unknown[]> => {
    const { models, nextPageToken } = Object((await told(server, 'GET', `/models${query}`)).body);
    return [models.length, nextPageToken];
  };
  assert.equal(await size(''), [100, '100']);
  assert.equal(await size('?limit=100'), [100, '100']);
  assert.equal(await size('?limit=101'), [100, '100']);
  assert.equal(await size('?limit=-1'), [100, '100']);
  assert.equal(await size('?limit=99'), [99, '99']);
  assert.equal(await size('?next_page_token=100'), [1, undefined]);
});

test('a registration without workers says so; a name is taken once', async ({ server }) => {
  assert.equal(await told(server, 'POST', '/models?url=m'), {
    status: 200,
    reason: undefined,
    body: { status: 'Model "m" registered' },
  });
  assert.is(server.starts.all.length, 0);
  assert.equal(
    (await told(server, 'POST', '/models?url=m&model_name=n&initial_workers=-1')).body,
    { status: 'Model "n" registered' },
    'fewer than none are none',
  );
  assert.equal(
    await told(server, 'POST', '/models?url=m'),
    refused(409, 'ConflictStatusException', 'Model m is already registered.'),
  );
  assert.equal(await told(server, 'POST', '/models'), badRequest('Parameter url is required.'));
  assert.equal(
    await told(server, 'POST', '/models?url=empty'),
    refused(400, 'InvalidModelException', 'Model name is not defined.'),
  );
});

test('a body of JSON registers as well', async ({ server }) => {
  const body = JSON.stringify({ url: 'm', model_name: 'json', batch_size: 4 });
  await told(server, 'POST', '/models', { body, contentType: 'application/json' });
  assert.is(server.manager.get('json').batchSize, 4);
});

test('a registration with workers answers when they are loaded, or at once with 202', async ({ server }) => {
  const asked = told(server, 'POST', '/models?url=m&initial_workers=2');
  const fate = watchFate(asked);
  await (await server.started(0)).load();
  assert.is(await fate(), 'pending');
  await server.starts.at(1).load();
  assert.equal(await asked, SCALED);
  const { minWorkers, maxWorkers } = server.manager.get('m');
  assert.equal([minWorkers, maxWorkers], [2, 2]);
  const now = await told(server, 'POST', '/models?url=m&model_name=n&initial_workers=1&synchronous=false');
  assert.equal([now, server.starts.all.length], [PROCESSING, 3]);
  await server.starts.at(2).fail(NO_LOAD);
  assert.equal(server.manager.list().length, 2, 'it stays and goes on trying');
});

test('a registration that waits in vain is taken back', async ({ server }) => {
  const asked = told(server, 'POST', '/models?url=m&initial_workers=1');
  await (await server.started(0)).fail(NO_LOAD);
  assert.equal(await asked, refused(500, 'InternalServerException', 'Failed to start workers'));
  assert.equal([server.manager.list(), server.released], [[], ['m']]);
});

test('where memory was short the model stays, without the workers that found none', async ({ server }) => {
  const asked = told(server, 'POST', '/models?url=m&initial_workers=1');
  await (await server.started(0)).fail(NO_MEMORY);
  assert.equal(await asked, refused(507, 'InternalServerException', 'Failed to start workers'));
  assert.equal([server.manager.get('m').minWorkers, server.released], [0, []]);
});

test('a model that is unregistered while its workers start is not found; its successor is left alone', async ({
  server,
}) => {
  const asked = told(server, 'POST', '/models?url=m&initial_workers=1');
  await server.started(0);
  await server.manager.unregister('m');
  const successor = await server.manager.register({ url: 'm', batchSize: 1, maxBatchDelayMs: 1, initialWorkers: 0 });
  assert.equal(await asked, refused(404, 'ModelNotFoundException', 'Model m was unregistered meanwhile.'));
  assert.ok(server.manager.holds(successor));
});

test('PUT scales: at once with 202, or, synchronous, when the workers are there', async ({ server }) => {
  const model = server.manager;
  await server.serve('m', 0);
  const bounds = () => [model.get('m').minWorkers, model.get('m').maxWorkers, server.starts.all.length];
  assert.equal([await told(server, 'PUT', '/models/m'), bounds()], [PROCESSING, [1, 1, 1]]);
  await (await server.started(0)).load();
  assert.equal([await told(server, 'PUT', '/models/m?min_worker=2&max_worker=3'), bounds()], [PROCESSING, [2, 3, 2]]);
  await server.starts.at(1).fail(NO_LOAD);
  const asked = told(server, 'PUT', '/models/m?min_worker=3&synchronous=TRUE');
  const fate = watchFate(asked);
  await settled();
  assert.equal(await fate(), 'pending');
  await server.starts.at(2).load();
  assert.equal(bounds().slice(0, 2), [3, 3]);
  assert.is((await asked).status, 210, 'the second one is not there');
});

test('a scaling that ends early says so with 210, one that fails with 500, and keeps the model', async ({ server }) => {
  await server.serve('m', 0);
  const early = told(server, 'PUT', '/models/m?min_worker=2&synchronous=true');
  const worker = await (await server.started(0)).load();
  worker.die();
  await server.starts.at(1).load();
  assert.equal(await early, {
    status: 210,
    reason: 'Partial Success',
    body: { status: 'Workers scaling in progress...' },
  });
  const failing = told(server, 'PUT', '/models/m?min_worker=3&synchronous=true');
  await settled();
  await server.starts.at(-1).fail(NO_LOAD);
  assert.equal(await failing, refused(500, 'InternalServerException', 'Failed to start workers'));
  assert.is(server.manager.list().length, 1);
});

test('no worker at all can be asked for; what else PUT says must make sense', async ({ server }) => {
  const [worker] = await server.serve('m', 1);
  const less = badRequest('max_worker cannot be less than min_worker.');
  assert.equal(await told(server, 'PUT', '/models/m?min_worker=2&max_worker=1'), less);
  assert.equal(await told(server, 'PUT', '/models/none?max_worker=0'), less, 'before the model is looked for');
  assert.equal(await told(server, 'PUT', '/models/none?min_worker=-1'), noModel('none'), 'the model before the sign');
  assert.equal(await told(server, 'PUT', '/models/m?min_worker=-1'), badRequest('min_worker cannot be negative.'));
  assert.equal([worker?.alive, server.manager.get('m').minWorkers], [true, 1], 'nothing was changed');
  assert.equal(await told(server, 'PUT', '/models/m?min_worker=0&synchronous=true'), SCALED);
  assert.is(worker?.alive, false);
});

test('DELETE unregisters, and answers when the files are given back', async ({ server }) => {
  const [worker] = await server.serve('m', 1);
  const gone = { status: 200, reason: undefined, body: { status: 'Model "m" unregistered' } };
  assert.equal(await told(server, 'DELETE', '/models/m'), gone);
  assert.equal([worker?.alive, server.released, server.manager.list()], [false, ['m'], []]);
  assert.equal(await told(server, 'DELETE', '/models/m'), noModel('m'));
});

test.run();
