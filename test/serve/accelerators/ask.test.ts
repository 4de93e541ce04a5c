import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askAccelerators } from '#serve/accelerators/ask.js';
import { rejectsWith } from '../../support/rejects.js';

const EMULATION = {
  ordinal: 0,
  memory: {},
  calls: { queueTimeMs: {}, runTimeMs: {} },
  models: [],
};
const WHOLE = {
  acceleratorHealth: { status: 'healthy' },
  acceleratorType: 'eia1.medium',
  acceleratorId: 'eia-1',
  emulation: EMULATION,
};

/** What is made of a server that says this of its accelerators. */
async function asked(acceleratorSet: unknown): Promise<unknown> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { connection: 'close' }).end(JSON.stringify({ acceleratorSet }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return await askAccelerators({ url: `http://127.0.0.1:${port}` });
  } finally {
    server.close();
  }
}

test('what a server says of its accelerators is taken as it is', async () => {
  assert.equal(await asked([WHOLE, WHOLE]), [WHOLE, WHOLE]);
  assert.equal(await asked([]), []);
});

for (const [missing, broken] of [
  ['health', { ...WHOLE, acceleratorHealth: 'healthy' }],
  ['type', { ...WHOLE, acceleratorType: 1 }],
  ['id', { ...WHOLE, acceleratorId: undefined }],
  ['emulation', { ...WHOLE, emulation: undefined }],
  ['ordinal', { ...WHOLE, emulation: { ...EMULATION, ordinal: '0' } }],
  ['memory', { ...WHOLE, emulation: { ...EMULATION, memory: undefined } }],
  ['calls', { ...WHOLE, emulation: { ...EMULATION, calls: [] } }],
  ['times in the queue', { ...WHOLE, emulation: { ...EMULATION, calls: { runTimeMs: {} } } }],
  ['times of runs', { ...WHOLE, emulation: { ...EMULATION, calls: { queueTimeMs: {} } } }],
  ['models', { ...WHOLE, emulation: { ...EMULATION, models: {} } }],
] as const) {
  test(`a description without ${missing} that can be shown is not passed on, whatever stands beside it`, async () => {
    const error = await rejectsWith('ERR_SERVER', () => asked([WHOLE, broken]));
    assert.match(error.message, /emulates no accelerators \(it answers 200\)\.$/);
  });
}

test.run();
