import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { pack } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const HANDLE = 'handle(batch) { return batch.map(String); }';
const A = { a: { type: 'integer', minimum: -1 } };
const WRITTEN = "{ a: { type: 'integer', minimum: -1 } }";

/** Packs a handler and returns the inputs of its manifest. */
async function packed(path: string, handler: string, record = true): Promise<unknown> {
  const { target } = await pack({
    modelName: 'm',
    modelPath: `${path}/m`,
    handler,
    exportPath: path,
    force: true,
    record,
  });
  const archive = await openArchive(target);
  try {
    const entry = archive.get('MAR-INF/MANIFEST.json');
    if (entry === undefined) throw new Error('it has no manifest');
    const manifest = JSON.parse(String(await archive.bytes(entry)));
    return manifest.model.extensions?.modelArchiver?.inputs;
  } finally {
    await archive.close();
  }
}

const DECLARED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a static member': { 'h.mjs': `export default class { static inputs = ${WRITTEN}; ${HANDLE} }` },
  'a constant of another file': {
    'h.ts': `import { inputs, LOW } from './in.js';\nexport class S { static readonly inputs = { ...inputs, a: { ...inputs.a, minimum: -LOW } } as const; handle(batch: unknown[]) { return batch.map(String); } }`,
    'in.ts':
      "const type = 'integer' as const;\nexport const LOW = 3 - 2;\nexport const inputs = { a: { type, minimum: 0 } };",
  },
  'a class that its base declares': {
    'h.mjs': `class Base { static inputs = ${WRITTEN}; ${HANDLE} }\nexport class S extends Base {}`,
  },
  'static members as before ES2022': {
    'h.ts': `export class S { static inputs = ${WRITTEN}; handle(batch: unknown[]) { return batch.map(String); } }`,
    'tsconfig.json': '{"compilerOptions": {"target": "ES2020"}}',
  },
  'a member of an object': {
    'h.mjs': `const inputs = Object.freeze(${WRITTEN});\nexport default { inputs, ${HANDLE} };`,
  },
  'an export beside a function': { 'h.mjs': `export const inputs = ${WRITTEN};\nexport function ${HANDLE}` },
};
for (const [what, files] of Object.entries(DECLARED))
  test(
    `declared by ${what}`,
    inFolder(Object.fromEntries(Object.entries(files).map(([name, text]) => [`m/${name}`, text])), async ({ path }) => {
      assert.equal(await packed(path, Object.keys(files)[0] ?? ''), A);
    }),
  );

test(
  'inputs that are only a name in the handler are none of its declarations',
  inFolder(
    {
      'm/h.mjs': `function one(\n  inputs,\n) { return inputs; }\nexport class S { ${HANDLE.replace('String', 'one')} }`,
    },
    async ({ path }) => assert.is(await packed(path, 'h.mjs'), undefined),
  ),
);

test(
  'what is computed, out of form or hidden stops the build, and so does a manifest without a record',
  inFolder(
    {
      'm/computed.mjs': `export default class { static inputs = Object.fromEntries([]); ${HANDLE} }`,
      'm/form.mjs': `export default class { static inputs = { a: { type: 'int' } }; ${HANDLE} }`,
      'm/hidden.cjs': `module.exports = class { static inputs = ${WRITTEN}; ${HANDLE} };`,
      'm/right.mjs': `export default class { static inputs = ${WRITTEN}; ${HANDLE} }`,
    },
    async ({ path }) => {
      const refused = async (handler: string, record = true) => {
        const { message, detail } = await rejectsWith('ERR_HANDLER_CONTRACT', () => packed(path, handler, record));
        return `${message} ${detail}`;
      };
      assert.match(await refused('computed.mjs'), 'cannot be read: Object.fromEntries([]) is not written out');
      assert.match(await refused('form.mjs'), '/a/type must be one of "string"');
      assert.match(await refused('hidden.cjs'), 'cannot be read: what default is is not written out');
      assert.match(await refused('right.mjs', false), 'which the runner finds in the record of the manifest');
    },
  ),
);

test.run();
