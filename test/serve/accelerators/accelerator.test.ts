import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachAccelerators } from '#device/emulated.js';
import { Accelerator } from '#serve/accelerators/accelerator.js';
import { settled } from '../../support/fake-clock.js';
import { thrown } from '../../support/rejects.js';

const MIB = 2 ** 20;

function accelerator(concurrency = 1): Accelerator {
  const [facts] = attachAccelerators('eia1.medium');
  assert.ok(facts);
  return new Accelerator(facts, concurrency);
}

/** Calls by name that a test ends itself, and what happened so far. */
function calls(on: Accelerator) {
  const seen: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string): void => {
    const run = (): Promise<string> => {
      seen.push(`${name} runs`);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    };
    on.call(run).then(
      (turn) => seen.push(`${name} ${'value' in turn ? 'ran' : 'did not run'}${turn.fault ? `, ${turn.fault}` : ''}`),
      (error: Error) => seen.push(`${name} failed: ${error.message}`),
    );
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settled();
  };
  return { seen, call, end };
}

test('one call after the other, in the order in which they were asked for', async () => {
  const on = accelerator();
  const { seen, call, end } = calls(on);
  for (const name of ['a', 'b', 'c']) call(name);
  await settled();
  assert.equal(seen, ['a runs']);
  assert.equal([on.running, on.waiting], [1, 2]);
  await end('a');
  assert.equal(seen.slice(1).sort(), ['a ran', 'b runs']);
  call('d');
  await end('b');
  await end('c');
  assert.equal(seen.slice(-2), ['d runs', 'c ran']);
  await end('d');
  assert.equal([on.running, on.waiting, on.queued.summary().count, on.ran.summary().count], [0, 0, 4, 4]);
});

test('many calls may wait at once: nobody is warned of a leak', async () => {
  const warnings: string[] = [];
  const hear = ({ name }: Error): unknown => warnings.push(name);
  process.on('warning', hear);
  const { call, end, seen } = calls(accelerator());
  const names = Array.from({ length: 30 }, (_, index) => `call ${index}`);
  for (const name of names) call(name);
  await settled();
  for (const name of names) await end(name);
  process.off('warning', hear);
  assert.equal([warnings, seen.filter((line) => line.endsWith(' ran')).length], [[], 30]);
});

test('as many at once as it is told to run', async () => {
  const { seen, call, end } = calls(accelerator(2));
  for (const name of ['a', 'b', 'c']) call(name);
  await settled();
  assert.equal(seen, ['a runs', 'b runs']);
  await end('b');
  assert.ok(seen.includes('c runs'));
});

test('a call that fails makes room, and its error arrives', async () => {
  const on = accelerator();
  const failing = on.call(() => Promise.reject(new Error('no')));
  const next = on.call(async () => 'fine');
  const message = await failing.catch((error: Error) => error.message);
  assert.is(message, 'no');
  const turn = await next;
  assert.is('value' in turn && turn.value, 'fine');
  assert.equal([on.running, on.waiting], [0, 0]);
});

test('a fault ends those that wait, is told to the one that runs, and is over when it is taken back', async () => {
  const on = accelerator();
  const { seen, call, end } = calls(on);
  call('a');
  call('b');
  await settled();
  on.set({ health: 'unhealthy' });
  await settled();
  assert.equal(seen, ['a runs', 'b did not run, unhealthy']);
  on.set({ connected: false });
  assert.is(on.fault, 'disconnected');
  call('c');
  await settled();
  assert.is(seen.at(-1), 'c did not run, disconnected');
  on.set({ connected: true });
  assert.is(on.fault, 'unhealthy');
  on.set({ health: 'healthy' });
  assert.is(on.fault, undefined);
  // What the fault has met halfway is told so, although it is over.
  await end('a');
  assert.is(seen.at(-1), 'a ran, unhealthy');
  call('d');
  await settled();
  await end('d');
  assert.is(seen.at(-1), 'd ran');
  assert.equal([on.running, on.waiting], [0, 0]);
});

test('its memory ends, and who has it is named', () => {
  const on = accelerator();
  const tenant = (model: string, mebibytes: number) => ({ model, worker: '1', bytes: mebibytes * MIB, ranOn: 'cpu' });
  const large = thrown(() => on.admit(tenant('large', 1024.5)));
  assert.is(large.code, 'ERR_ACCELERATOR_MEMORY');
  assert.match(
    large.message,
    /^Model large needs 1024\.5 MiB for each worker, and the emulated accelerator 0 \(eia1\.medium, eia-[0-9a-f]{32}\) has 1024 MiB, all of it free\.$/,
  );
  const first = tenant('a', 600);
  on.admit(first);
  on.admit(tenant('b', 424));
  const full = thrown(() => on.admit(tenant('c', 0.1)));
  assert.match(full.message, /1024\.0 MiB of it taken by a, b\.$/);
  assert.match(full.advice, /Start fewer workers/);
  on.tenants.delete(first);
  on.admit(tenant('c', 600));
});

test.run();
