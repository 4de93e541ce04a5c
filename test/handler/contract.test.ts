import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const packs = (cwd: string, handler: string) => pack({ modelName: 'noop', modelPath: 'm', handler, cwd, dryRun: true });

test(
  'an entry point whose type does not fit stops the build, and one that may fit does not',
  inFolder(
    {
      'm/wrong.ts': [
        'export const num = (batch: unknown[]) => batch.length;',
        'export function nothing(batch: unknown[]) { batch.map(() => 1); }',
        'export const text = (batch: string) => [batch];',
        'export class Service { handle(batch: unknown[]): Promise<number> { return Promise.resolve(batch.length); } }',
        'export class Empty {}',
        'export function* lazy(batch: unknown[]) { yield* batch; }',
        'export class Later { async *handle(batch: unknown[]) { yield* batch; } }',
        'export const value = 5;',
      ].join('\n'),
      'm/right.ts': [
        "import { type Context, type Inputs, OnnxService, type Tensors } from 'model-archiver/service';",
        'export const list = async (batch: Buffer[], context: { readonly modelName: string }) => batch.map(() => context.modelName);',
        'export const any = (batch: any): any => batch;',
        'export const unknown = (batch: any[], _context: Context): unknown => batch;',
        'export class Own extends OnnxService {',
        '  protected preprocess(_inputs: Inputs): Tensors { return {}; }',
        '  protected postprocess(outputs: Tensors) { return outputs; }',
        '}',
        'export const object = { handle: (batch: readonly Inputs[]) => batch.map(({ body }) => body) };',
      ].join('\n'),
    },
    async ({ path }) => {
      const wrong: [name: string, said: RegExp][] = [
        ['num', /wrong\.ts:1:\d+: contract: num returns number, expected a list/],
        ['nothing', /wrong\.ts:2:1: contract: nothing returns void/],
        [
          'text',
          /wrong\.ts:3:\d+: contract: text cannot be called with .*Type 'any\[\]' is not assignable to type 'string'/,
        ],
        ['Service', /wrong\.ts:4:1: contract: Service returns number/],
        ['Empty', /Empty is neither a function nor a class or object with a method handle/],
        ['lazy', /lazy returns Generator<.*>, expected a list/],
        ['Later', /Later returns AsyncGenerator<.*>, expected a list/],
        ['value', /value is neither a function/],
      ];
      for (const [name, said] of wrong) {
        const { detail } = await rejectsWith('ERR_HANDLER_CONTRACT', () => packs(path, `wrong.ts:${name}`));
        assert.match(detail ?? '', said);
      }
      for (const name of ['list', 'any', 'unknown', 'Own', 'object'])
        assert.equal((await packs(path, `right.ts:${name}`)).typeProblems, [], name);
    },
  ),
);

test(
  'a handler in JavaScript that returns nothing, or no list, stops the build',
  inFolder(
    {
      'm/service.mjs': [
        'export function nothing(batch) { batch.map((one) => one); }',
        'export const number = (batch) => 5;',
        'export class Service { async handle(batch) { for (const one of batch) console.log(one); await 1; } }',
        'export function* lazy(batch) { yield* batch; }',
        'export const never = async function* (batch) { yield* batch; };',
        'export function later() { throw new Error("not yet"); }',
        'export const list = (batch) => batch.map(() => { });',
        'export function mixed(batch) { if (batch) return batch; }',
      ].join('\n'),
    },
    async ({ path }) => {
      const wrong = {
        nothing: 'nothing',
        number: 'a number',
        Service: 'nothing',
        lazy: 'a generator',
        never: 'a generator',
      };
      for (const [name, what] of Object.entries(wrong)) {
        const { detail } = await rejectsWith('ERR_HANDLER_CONTRACT', () => packs(path, `service.mjs:${name}`));
        assert.match(detail ?? '', new RegExp(`service\\.mjs:\\d+:\\d+: ${name} returns ${what}, expected a list`));
      }
      for (const name of ['later', 'list', 'mixed']) await packs(path, `service.mjs:${name}`);
    },
  ),
);

test(
  'what a provided module does not export stops the build, with its place and what was meant',
  inFolder(
    {
      'm/a.mjs':
        "import { softmx } from 'model-archiver/service';\nexport const handle = (batch) => batch.map(() => softmx([1]));",
      'm/b.ts':
        "import { softmx } from 'model-archiver/service';\nexport const handle = (batch: unknown[]) => batch.map(() => softmx);",
      'm/c.cjs':
        "const { softmx } = require('model-archiver/service');\nexports.handle = (batch) => batch.map(() => softmx);",
      'm/d.cjs':
        "const s = require('model-archiver/service');\nexports.handle = (batch) => batch.map(() => s.softmx([1]));",
      'm/e.mjs':
        "import { Tensr } from 'onnxruntime-node';\nexport const handle = (batch) => batch.map(() => new Tensr());",
      'm/f.mjs':
        "import service from 'model-archiver/service';\nexport const handle = (batch) => batch.map(() => service);",
      'm/right.mjs':
        "import * as s from 'model-archiver/service';\nimport sharp from 'sharp';\nimport ort, { Tensor } from 'onnxruntime-node';\nexport const handle = (batch) => batch.map(() => [s.softmax([1]), sharp.cache, ort.env, Tensor]);",
    },
    async ({ path }) => {
      for (const handler of ['a.mjs', 'b.ts', 'c.cjs', 'd.cjs']) {
        const { detail } = await rejectsWith('ERR_HANDLER_CONTRACT', () => packs(path, handler));
        assert.match(
          detail ?? '',
          /:\d+:\d+: model-archiver\/service does not export 'softmx' \(did you mean 'softmax'\?\)/,
          handler,
        );
      }
      const tensor = await rejectsWith('ERR_HANDLER_CONTRACT', () => packs(path, 'e.mjs'));
      assert.match(tensor.detail ?? '', /onnxruntime-node does not export 'Tensr' \(did you mean 'Tensor'\?\)/);
      const whole = await rejectsWith('ERR_HANDLER_CONTRACT', () => packs(path, 'f.mjs'));
      assert.match(whole.detail ?? '', /model-archiver\/service does not export 'default'/);
      await packs(path, 'right.mjs');
    },
  ),
);

test.run();
