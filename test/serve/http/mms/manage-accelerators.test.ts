import * as assert from 'uvu/assert';
import { attachAccelerators } from '#device/emulated.js';
import { Accelerators } from '#serve/accelerators/accelerators.js';
import { mms } from '#serve/http/mms/mms.js';
import type { Apis } from '#serve/http/server/exchange.js';
import { httpRequest } from '../../../support/http-request.js';
import { BOTH, type Routed, routedSuite, type Seen, seen } from '../../../support/routed.js';

const test = routedSuite('/accelerators');

/** Asks a server that emulates two accelerators. */
function emulating(server: Routed, over: Partial<Routed['settings']> = {}) {
  const attached = attachAccelerators('eia1.medium,eia2.large');
  const accelerators = new Accelerators({ attached, visible: attached, concurrency: 1 });
  const context = { ...server.context, settings: { ...server.settings, ...over }, accelerators };
  const ask = async (method: string, target: string, apis: Apis = BOTH): Promise<Seen> => {
    try {
      const request = httpRequest(method, target);
      return seen(await mms.route(context, apis, request)(request));
    } catch (error) {
      return seen(mms.answerOfError(error, true));
    }
  };
  return { accelerators, ask };
}

const statusOf = ({ status }: Seen): number => status;

test('all of them, and one by ordinal or id', async ({ server }) => {
  const { accelerators, ask } = emulating(server);
  assert.equal(await ask('GET', '/accelerators'), {
    ...{ status: 200, reason: undefined, contentType: 'application/json' },
    body: { acceleratorSet: JSON.parse(JSON.stringify(accelerators.describeAll())) },
  });
  const id = accelerators.list[1]?.facts.id;
  for (const name of ['1', id]) {
    const { status, body } = await ask('GET', `/accelerators/${name}`);
    assert.equal([status, Object(body).acceleratorId], [200, id]);
  }
});

test('a fault is set and taken back, and the log says so', async ({ server }) => {
  const { accelerators, ask } = emulating(server);
  const accelerator = accelerators.get('0');
  const broken = await ask('PUT', '/accelerators/0?health=unhealthy&connected=false');
  assert.equal(Object(broken.body).acceleratorHealth, { status: 'unhealthy' });
  assert.is(Object(broken.body).emulation.connected, false);
  assert.is(accelerator.fault, 'disconnected');
  await ask('PUT', '/accelerators/0?connected=true');
  assert.is(accelerator.fault, 'unhealthy');
  await ask('PUT', '/accelerators/0?health=healthy');
  assert.is(accelerator.fault, undefined);
  assert.is(accelerators.get('1').fault, undefined);
  assert.equal(
    server.log.map(({ level, message }) => [level, message.replace(/^.*\) is /, '')]),
    [
      ['warn', 'disconnected from now on'],
      ['warn', 'unhealthy from now on'],
      ['info', 'healthy and connected from now on'],
    ],
  );
});

test('a malformed fault, an unknown accelerator and another method are refused, and change nothing', async ({
  server,
}) => {
  const { accelerators, ask } = emulating(server);
  for (const [method, target, status, words] of [
    ['PUT', '/accelerators/0', 400, 'Parameter health or connected is required.'],
    ['PUT', '/accelerators/0?health=sick', 400, "Parameter health is 'sick', expected healthy or unhealthy."],
    ['PUT', '/accelerators/0?health=unhealthy&connected=0', 400, "Parameter connected is '0', expected true or false."],
    ['PUT', '/accelerators/2?health=unhealthy', 404, 'No accelerator 2 is attached; there are 0 (eia-'],
    ['GET', '/accelerators/eia-0', 404, 'No accelerator eia-0 is attached'],
    ['DELETE', '/accelerators/0', 405, 'Requested method is not allowed'],
    ['POST', '/accelerators', 405, 'Requested method is not allowed'],
    ['GET', '/accelerators/0/1', 404, 'Requested resource is not found'],
  ] as const) {
    const { status: answered, body } = await ask(method, target);
    assert.is(answered, status, `${method} ${target}`);
    assert.ok(Object(body).message.startsWith(words), Object(body).message);
  }
  assert.equal(
    accelerators.list.map(({ fault }) => fault),
    [undefined, undefined],
  );
});

test('the path belongs to management, faults to this machine, and both to servers that emulate', async ({ server }) => {
  const { ask } = emulating(server);
  assert.is(statusOf(await ask('GET', '/accelerators', { inference: true, management: false })), 404);
  assert.is(statusOf(await server.ask('GET', '/accelerators')), 404);
  const exposed = emulating(server, { managementAddress: 'http://10.0.0.1:8081' });
  assert.is(statusOf(await exposed.ask('GET', '/accelerators')), 200);
  const refused = await exposed.ask('PUT', '/accelerators/0?connected=false');
  assert.is(refused.status, 405);
  assert.match(Object(refused.body).message, 'Faults are injected only where this machine alone reaches');
  assert.is(exposed.accelerators.get('0').fault, undefined);
});

test.run();
