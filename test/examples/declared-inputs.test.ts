import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspect, pack } from '#index.js';
import { inspectReport } from '#report/inspect.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { runMar } from '../support/run-mar.js';
import { withRunner } from '../support/runner.js';

const page = readFileSync(new URL('../../docs/handlers.md', import.meta.url), 'utf8');
const [, EXAMPLE = ''] = /^```ts\n(.*?)^```$/ms.exec(page.slice(page.indexOf('## Declared inputs'))) ?? [];

const test = suite<{ folder: Folder; archive: string }>('declared inputs');
test.before(async (context) => {
  context.folder = layFolder({
    'model/service.ts': EXAMPLE,
    'card.png': await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
  });
  const { path } = context.folder;
  const packed = await pack({
    modelName: 'speaker',
    modelPath: `${path}/model`,
    handler: 'service.ts',
    exportPath: path,
    strict: true,
  });
  context.archive = packed.target;
});
test.after(({ folder }) => folder.remove());

test('the example of docs/handlers.md: a request that does not fit fails alone, the others of its batch are answered', async ({
  archive,
}) => {
  await withRunner(
    {},
    async (runner) => {
      const query = `url=speaker.mar&batch_size=3&max_batch_delay=2000&initial_workers=1`;
      assert.is((await runner.manage('POST', `/models?${query}`)).status, 200);
      const ask = async (body: unknown): Promise<[number, unknown]> => {
        const headers = { 'content-type': 'application/json' };
        const answer = await runner.predict('speaker', JSON.stringify(body), { headers });
        return [answer.status, await answer.json()];
      };
      const answers = await Promise.all([
        ask({ text: 'hi', times: 2 }),
        ask({ times: 9 }),
        ask({ text: 'ho', tone: 'loud' }),
      ]);
      const message =
        "the input 'text' is missing, expected a text of at most 200 characters\nthe input 'times' is 9, expected an integer from 1 to 5";
      assert.equal(answers, [
        [200, { said: 'hi hi', bytes: 0 }],
        [400, { code: 400, type: 'BadRequestException', message }],
        [200, { said: 'HO', bytes: 0 }],
      ]);
      const described = (await (await runner.manage('GET', '/models/speaker')).json()) as { inputs: unknown };
      assert.equal(described.inputs, {
        text: { type: 'string', maxLength: 200, description: 'what is said' },
        times: { type: 'integer', minimum: 1, maximum: 5, default: 1 },
        tone: { type: 'string', choices: ['kind', 'loud'], default: 'kind' },
        card: { type: 'image', optional: true, description: 'goes with it' },
      });
      const options = await fetch(`${runner.inferenceUrl}/predictions/speaker`, { method: 'OPTIONS' });
      const document = Object(await options.json());
      const { content } = document.paths['/predictions/speaker'].post.requestBody;
      assert.equal(content['application/json'].schema, {
        type: 'object',
        required: ['text'],
        properties: {
          text: { description: 'what is said', type: 'string', maxLength: 200 },
          times: { default: 1, type: 'integer', minimum: 1, maximum: 5 },
          tone: { default: 'kind', type: 'string', enum: ['kind', 'loud'] },
          card: { description: 'goes with it', type: 'string', contentEncoding: 'base64' },
        },
        additionalProperties: false,
      });
      const { card, times } = content['multipart/form-data'].schema.properties;
      assert.equal([card, times.minimum], [{ description: 'goes with it', contentMediaType: 'image/*' }, 1]);
      assert.equal(Object.keys(content).slice(2), ['text/plain']);
    },
    { modelStore: archive.replace(/\/[^/]*$/, '') },
  );
});

test('mar predict -i sends them by name, as text or as a file', async ({ archive, folder }) => {
  const run = async (...argv: string[]) => runMar(['predict', archive, ...argv], { cwd: folder.path });
  const { code, stdout, stderr } = await run('-i', 'text=a;type=b', '-i', 'times=2', '-i', 'card=@card.png');
  assert.is(code, 0, stderr);
  const { said, bytes } = JSON.parse(stdout);
  assert.is(said, 'a;type=b a;type=b');
  assert.ok(bytes > 50);
  const refused = await run('-i', 'text=a', '-i', 'card=b');
  assert.is(refused.code, 1);
  assert.match(refused.stdout, /the input 'card' is \\"b\\", expected an image/);
  assert.match((await run('-i', 'text')).stderr, /'text' is not an input, expected NAME=VALUE or NAME=@FILE/);
  assert.match((await run('-i', 'text=a', '-d', '[1]')).stderr, /given twice: --input and --data/);
});

test('mar inspect shows what each one takes', async ({ archive }) => {
  const inspected = await inspect(archive);
  assert.is(inspected.inputs?.[1]?.takes, 'an integer from 1 to 5');
  const report = inspectReport(inspected);
  assert.match(
    report,
    [
      'Inputs',
      '  text   a text of at most 200 characters (what is said)',
      '  times  an integer from 1 to 5; 1 if absent',
      '  tone   one of "kind", "loud"; "kind" if absent',
      '  card   an image: its bytes, base64 in JSON; may be absent (goes with it)',
    ].join('\n'),
  );
  assert.not.match(report, 'modelArchiver.inputs');
});

const DECLARED = `
import { type Handle, type InputDeclarations, type InputsOf, numbersOf, floats, OnnxService, preprocessed, type Context, type Tensors } from 'model-archiver/service';

export const inputs = {
  row: { type: 'tensor', shape: [2] },
  scale: { type: 'number', default: 2 },
  note: { type: 'string', optional: true },
} as const satisfies InputDeclarations;
type Request = InputsOf<typeof inputs>;

export const handle: Handle<typeof inputs> = (batch) => batch.map(({ row, scale, note }) => [row.dims, scale, note?.length]);

export class Scaled extends OnnxService<string | undefined, Request> {
  static readonly inputs = inputs;

  protected override preprocess({ row, scale, note }: Request) {
    return preprocessed(floats(Array.from(numbersOf(row), (value) => value * scale), [1, 2]), note);
  }

  protected override postprocess({ y }: Tensors, _context: Context, _index: number, note: string | undefined) {
    return [Array.from(y?.data ?? [], Number), note];
  }
}
`;

test('a function has its types from Handle, an OnnxService gets them in preprocess', async ({ folder }) => {
  folder.write({ 'typed/service.ts': DECLARED, 'typed/model.onnx': identity() });
  const { path } = folder;
  for (const [entry, answer] of [
    ['handle', [[2], 3, 2]],
    ['Scaled', [[3, 6], 'hi']],
  ] as const) {
    const { target } = await pack({
      modelName: entry,
      modelPath: `${path}/typed`,
      handler: `service.ts:${entry}`,
      exportPath: path,
      strict: true,
    });
    const argv = ['predict', target, '-i', 'row=[1, 2]', '-i', 'scale=3', '-i', 'note=hi'];
    const { code, stdout, stderr } = await runMar(argv, { cwd: path });
    assert.is(code, 0, stderr);
    assert.equal(JSON.parse(stdout), answer);
  }
});

function identity(): Buffer {
  return encodeOnnx({
    inputs: [{ name: 'x', dims: ['n', 2] }],
    outputs: [{ name: 'y', dims: ['n', 2] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: [] }],
  });
}

test.run();
