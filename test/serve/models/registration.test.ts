import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findManifestIn } from '#manifest/read-manifest.js';
import type { ModelFacts } from '#serve/models/model.js';
import { factsOf, type Registration } from '#serve/models/registration.js';
import { layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const REQUEST: Registration = { url: 'https://u:p@h/x.mar', batchSize: 2, maxBatchDelayMs: 7, initialWorkers: 1 };
const DEFAULTS = { responseTimeoutSeconds: 9 };

/** What a manifest with these fields and this request come to. */
async function facts(
  model: Readonly<Record<string, unknown>> | undefined,
  request: Partial<Registration> = {},
  defaults: Parameters<typeof factsOf>[3] = DEFAULTS,
  top: Readonly<Record<string, unknown>> = { runtime: 'python' },
): Promise<ModelFacts> {
  const manifest = JSON.stringify({ ...top, model });
  const folder = layFolder(model === undefined ? {} : { 'MAR-INF/MANIFEST.json': manifest });
  try {
    const found = await findManifestIn(folder.path);
    return factsOf({ ...REQUEST, ...request }, found, '/dir', defaults);
  } finally {
    folder.remove();
  }
}

test('what the request says goes over the manifest, and that over the defaults', async () => {
  const plain = await facts({ modelName: 'cats', handler: 's:h' });
  assert.equal(
    { ...plain, manifest: undefined },
    {
      name: 'cats',
      url: 'https://***@h/x.mar',
      handler: 's:h',
      runtime: 'python',
      batchSize: 2,
      maxBatchDelayMs: 7,
      responseTimeoutSeconds: 9,
      loadedAtStartup: false,
      manifest: undefined,
      modelDir: join('/dir', ''),
    },
  );
  const said = await facts(
    { modelName: 'cats', handler: 's:h' },
    { modelName: 'dogs', handler: 't:g', runtime: 'nodejs', responseTimeoutSeconds: 3, fallbackName: 'fish' },
  );
  assert.equal(
    [said.name, said.handler, said.runtime, said.responseTimeoutSeconds, said.loadedAtStartup],
    ['dogs', 't:g', 'nodejs', 3, true],
  );
  const fallback = await facts({}, { fallbackName: 'fish' }, { ...DEFAULTS, defaultServiceHandler: 'd:h' });
  assert.equal([fallback.name, fallback.handler], ['fish', 'd:h']);
  const own = await facts({ modelName: 'cats', handler: 's:h' }, {}, { ...DEFAULTS, defaultServiceHandler: 'd:h' });
  assert.is(own.handler, 's:h');
});

test('how batches are made is what the request says, else what the archive asks for, else single requests', async () => {
  const nothing = { batchSize: undefined, maxBatchDelayMs: undefined };
  const serving = { batchSize: 8, maxBatchDelay: 30, threads: 3 };
  const tuned = { modelName: 'cats', handler: 's:h', extensions: { modelArchiver: { serving } } };
  const batches = ({ batchSize, maxBatchDelayMs, threads }: ModelFacts): unknown[] => [
    ...[batchSize, maxBatchDelayMs, threads],
  ];
  assert.equal(batches(await facts(tuned)), [2, 7, 3]);
  assert.equal(batches(await facts(tuned, nothing)), [8, 30, 3]);
  assert.equal(batches(await facts(tuned, { batchSize: undefined, maxBatchDelayMs: 0 })), [8, 0, 3]);
  assert.equal(batches(await facts({ modelName: 'cats', handler: 's:h' }, nothing)), [1, 100, undefined]);
});

test('of a bridged archive the handler behind the bridge runs, and the bridge only where Python is asked for', async () => {
  const extensions = { modelArchiver: { bridge: { handler: 'service:classify' } } };
  const bridged = { modelName: 'cats', handler: 'mar_bridge:handle', extensions };
  const runs = async (request: Partial<Registration>): Promise<unknown[]> => {
    const { handler, runtime } = await facts(bridged, request);
    return [handler, runtime];
  };
  assert.equal(await runs({}), ['service:classify', 'nodejs']);
  assert.equal(await runs({ runtime: 'nodejs' }), ['service:classify', 'nodejs']);
  for (const runtime of ['python', 'python3'] as const)
    assert.equal(await runs({ runtime }), ['mar_bridge:handle', runtime]);
  assert.equal(await runs({ runtime: 'python', handler: 't:g' }), ['t:g', 'python']);
});

test('what the request says itself need not be right in the manifest; what it does not say has to be', async () => {
  const halves = { modelName: 'half \ud800', handler: 's:h' };
  assert.is((await facts(halves, { modelName: 'cats' })).name, 'cats');
  for (const request of [{}, { fallbackName: 'fish' }, { modelName: '' }])
    await rejectsWith('ERR_MANIFEST_NAME', () => facts(halves, request));
  await rejectsWith('ERR_MANIFEST_NO_NAME', () => facts({ handler: 's:h' }));
  assert.is((await facts({ handler: 's:h' }, { modelName: 'cats' })).name, 'cats');
  await rejectsWith('ERR_MANIFEST_NO_HANDLER', () => facts({ modelName: 'cats' }));
  assert.is((await facts({ modelName: 'cats' }, { handler: 's:h' })).handler, 's:h');
  const cobol = { runtime: 'cobol' };
  const model = { modelName: 'cats', handler: 's:h' };
  await rejectsWith('ERR_MANIFEST_RUNTIME', () => facts(model, {}, DEFAULTS, cobol));
  assert.is((await facts(model, { runtime: 'python' }, DEFAULTS, cobol)).runtime, 'python');
  await rejectsWith('ERR_MANIFEST_MISSING', () => facts(undefined));
  await rejectsWith('ERR_MANIFEST_NO_HANDLER', () => facts(undefined, { modelName: 'x' }));
});

test('a name that no address can say is refused with what to do', async () => {
  const error = await rejectsWith('ERR_MODEL_INVALID', () =>
    facts({ modelName: 'cats', handler: 's:h' }, { modelName: 'a\u0000b' }),
  );
  assert.match(error.message, /^The model name "a\\u0000b" .*\.$/);
  assert.match(error.hint ?? '', /^Register it under another name/);
});

test.run();
