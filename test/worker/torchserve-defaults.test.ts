import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Folder, layFolder } from '../support/model-folder.js';
import { testUnless } from '../support/test-unless.js';
import { DEFAULT_HANDLERS } from '../support/torchserve-defaults.js';
import { askBoth, type Both, firstDifference, missingModules, startBoth } from '../support/torchserve-side-by-side.js';

const test = suite<{ folder: Folder; both: Both }>("TorchServe's default handlers by name");

const missing = missingModules('torchvision', 'captum');
test.before(async (context) => {
  context.folder = layFolder();
  if (missing === undefined) context.both = await startBoth();
});
test.after(async ({ folder, both }) => {
  await both?.stop();
  folder.remove();
});

/** What users vary: no names of classes, a configuration that says nothing of the handler, one faulty request in a batch. */
const classifier = DEFAULT_HANDLERS['image_classifier'];
const VARIED: typeof DEFAULT_HANDLERS = classifier
  ? {
      nameless_image_classifier: {
        ...classifier,
        files: { 'model-config.yaml': 'minWorkers: 1\n' },
        flags: [
          ...['--handler', 'image_classifier', '--serialized-file', 'model.pt'],
          ...['--config-file', 'model-config.yaml'],
        ],
        asks: [{ body: '@wide.png' }, { body: '@wide.png' }, { body: 'no image' }, { form: { data: '@tall.jpg' } }],
        batch: 3,
      },
    }
  : {};

for (const [name, example] of Object.entries({ ...DEFAULT_HANDLERS, ...VARIED }))
  testUnless(missing, test, `${name} answers as in TorchServe`, async ({ folder, both }) => {
    const [compared] = await askBoth(both, folder, name, example, ['default']);
    assert.ok(compared);
    assert.is(firstDifference(compared), undefined);
    assert.is(compared.ours[0]?.[0], 200);
  });

test.run();
