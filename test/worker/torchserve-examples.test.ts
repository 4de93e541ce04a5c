import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { extract } from '#index.js';
import type { PredictJob } from '#protocol/messages.js';
import { startPeer } from '../check/peer-server.js';
import { launchPeer } from '../support/launch-peer.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { runModelArchiver } from '../support/run-mar.js';
import { serveLocal } from '../support/served.js';
import { testUnless } from '../support/test-unless.js';

const test = suite<{ folder: Folder }>("handlers as TorchServe's examples have them");

const IMPORTS = 'import json\nimport os\nimport torch\nfrom ts.torch_handler.base_handler import BaseHandler\n';
/** The numbers of each request; the bytes of one that is no list of numbers. */
const ROWS = `
    def preprocess(self, data):
        rows = [row.get("data") or row.get("body") for row in data]
        rows = [row if isinstance(row, list) else [len(row), 0] for row in rows]
        return torch.tensor(rows, dtype=torch.float32)
`;

interface Example {
  readonly handler: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  'one that says only how a request is read': { handler: `${IMPORTS}\nclass Rows(BaseHandler):${ROWS}` },
  'one that loads its model itself': {
    handler: `${IMPORTS}
class Own(BaseHandler):
    def initialize(self, context):
        self.manifest = context.manifest
        properties = context.system_properties
        folder = properties.get("model_dir")
        self.device = torch.device("cuda" if torch.cuda.is_available() and properties.get("gpu_id") is not None else "cpu")
        self.model = torch.jit.load(os.path.join(folder, self.manifest["model"]["serializedFile"]))
        with open(os.path.join(folder, "index_to_name.json")) as file:
            self.names = json.load(file)
        self.batch = properties.get("batch_size")
        self.initialized = True
${ROWS}
    def postprocess(self, output):
        name = self.names[str(int(output.sum()) % 2)]
        return [{"name": name, "values": row, "of": self.manifest["model"]["modelName"], "batch": self.batch} for row in output.tolist()]
`,
    files: { 'index_to_name.json': '{"0": "even", "1": "odd"}' },
    flags: ['--extra-files', 'index_to_name.json'],
  },
  'one of functions': {
    handler: `
import torch
model = None

def handle(data, context):
    global model
    if model is None:
        model = torch.jit.load(context.system_properties.get("model_dir") + "/model.pt")
    if data is None:
        return None
    rows = [row.get("data") or row.get("body") for row in data]
    context.set_response_content_type(0, "application/json")
    context.set_all_response_status(200, "fine")
    return [model(torch.tensor(row if isinstance(row, list) else [len(row), 0]).float()).tolist() for row in rows]
`,
  },
  'one that explains': {
    handler: `${IMPORTS}
class Explained(BaseHandler):${ROWS}
    def explain_handle(self, data_preprocess, raw_data):
        return [{"explained": data_preprocess.tolist(), "rows": len(raw_data)} for _ in raw_data]
`,
  },
  'an eager model with its own class': {
    handler: `${IMPORTS}\nclass Eager(BaseHandler):${ROWS}`,
    files: {
      'net.py':
        'import torch\n\nclass Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layer = torch.nn.Linear(2, 1)\n\n    def forward(self, x):\n        return self.layer(x)\n',
    },
    flags: ['--model-file', 'net.py'],
  },
  'one that fails for a request': {
    handler: `${IMPORTS}from ts.utils.util import PredictionException

class Failing(BaseHandler):${ROWS}
    def postprocess(self, output):
        if output.sum() > 100:
            raise PredictionException("too much", 513)
        return output.tolist()
`,
  },
};

const MAKE_MODELS = `
import sys, torch
torch.manual_seed(3)
torch.jit.trace(lambda x: x * 2, torch.zeros(1, 2)).save(sys.argv[1] + "/model.pt")
torch.save({"layer.weight": torch.tensor([[1.5, -2.0]]), "layer.bias": torch.tensor([0.25])}, sys.argv[1] + "/weights.pt")
`;

const job = (id: string, body: unknown, headers: PredictJob['headers'] = []): PredictJob => ({
  id,
  headers,
  parameters: [{ name: 'body', contentType: 'application/json', value: Buffer.from(JSON.stringify(body)) }],
});
const BATCHES: readonly (readonly PredictJob[])[] = [
  [job('a', [1, 2])],
  [job('a', [1, 2]), job('b', [3, 4])],
  [job('a', [1, 2], [['explain', 'True']])],
  [job('a', [100, 200])],
  [job('a', [1]), job('b', [3, 4])],
];

const FORMATS = { default: '.mar', tgz: '.tar.gz', 'no-archive': '' } as const;
const python = peerPython('torchserve') ?? '';
const missing = missingPeer('torchserve');

test.before((context) => {
  context.folder = layFolder();
  if (missing === undefined) execFileSync(python, ['-c', MAKE_MODELS, context.folder.path]);
});
test.after(({ folder }) => folder.remove());

/** Packs an example with our packer, in TorchServe's form; returns the path of the archive. */
async function pack(folder: Folder, index: number, format: keyof typeof FORMATS): Promise<string> {
  const { handler, files = {}, flags = [] } = Object.values(EXAMPLES)[index] ?? { handler: '' };
  const [name, eager] = [`example${index}`, flags.includes('--model-file')];
  folder.write(
    Object.fromEntries(Object.entries({ ...files, 'h.py': handler }).map(([path, text]) => [`${name}/${path}`, text])),
  );
  const cwd = join(folder.path, name);
  const weights = eager ? '../weights.pt' : '../model.pt';
  const out = ['--export-path', folder.path, '--archive-format', format, '--force'];
  const args = ['--model-name', name, '--version', '1.0', '--serialized-file', weights, '--handler', 'h.py'];
  const path = join(folder.path, 'packed', `${name}${FORMATS[format]}`);
  folder.write({ 'packed/': '' });
  out[1] = join(folder.path, 'packed');
  const packed = await runModelArchiver([...args, ...flags, ...out], { cwd });
  assert.is(packed.code, 0, packed.stderr);
  return path;
}

/** What a worker answers to each batch: status, sentence, and every prediction's status and body. */
async function answers(modelDir: string, handler: string, peer: boolean): Promise<unknown[]> {
  const options = { modelName: 'm', modelDir, handler, runtime: 'python', batchSize: 2, python } as const;
  const worker = await WorkerHandle.start({ ...options, ...(peer && { launcher: launchPeer('torchserve') }) });
  const found: unknown[] = [];
  for (const batch of BATCHES) {
    const { code, message, predictions } = await worker.predict([...batch]);
    const told = message.split('\n')[0];
    found.push([code, told, predictions.map(({ status, body }) => [status, body.toString()])]);
  }
  await worker.stop();
  return found;
}

for (const [index, name] of Object.keys(EXAMPLES).entries())
  testUnless(missing, test, `${name} answers as in TorchServe`, async ({ folder }) => {
    const modelDir = await pack(folder, index, 'no-archive');
    const { model } = JSON.parse(readFileSync(join(modelDir, 'MAR-INF/MANIFEST.json'), 'utf8'));
    const ours = await answers(modelDir, model.handler, false);
    assert.equal(ours, await answers(modelDir, model.handler, true));
    assert.equal(
      ours.slice(0, 2).map((answer) => [answer].flat()[0]),
      [200, 200],
    );
    for (const format of ['default', 'tgz'] as const) {
      const target = join(folder.path, `${format}-${index}`);
      await extract(await pack(folder, index, format), target);
      for (const file of ['h.py', model.serializedFile, model.modelFile ?? 'h.py'])
        assert.equal(readFileSync(join(target, file)), readFileSync(join(modelDir, file)), `${format} ${file}`);
      assert.is(JSON.parse(readFileSync(join(target, 'MAR-INF/MANIFEST.json'), 'utf8')).model.handler, model.handler);
    }
  });

testUnless(
  missing,
  test,
  'a .mar, a .tar.gz and a directory answer alike here and in TorchServe',
  async ({ folder }) => {
    const paths = [await pack(folder, 0, 'default'), await pack(folder, 1, 'tgz'), await pack(folder, 2, 'no-archive')];
    const peer = await startPeer('torchserve');
    const served = await serveLocal(['--python', python, '--workers', '1', ...paths]);
    try {
      for (const [index, path] of paths.slice(0, 2).entries()) {
        const theirs = await peer.attempt(path.slice(path.lastIndexOf('/') + 1), readFileSync(path));
        const ours = await fetch(`${served.inference}/predictions/example${index}`, { method: 'POST', body: 'x' });
        assert.equal([ours.status, await ours.text()], [theirs.prediction, theirs.body], theirs.answer);
      }
      const directory = await fetch(`${served.inference}/predictions/example2`, { method: 'POST', body: 'x' });
      assert.equal([directory.status, await directory.json()], [200, [2, 0]]);
    } finally {
      peer.stop();
      await served.stop();
    }
  },
);

testUnless(missing, test, '/explanations answers as in TorchServe', async ({ folder }) => {
  const names = Object.keys(EXAMPLES);
  const explaining = names.indexOf('one that explains');
  // Its BaseHandler asks for the header, and finds nothing that explains.
  const silent = names.indexOf('one that says only how a request is read');
  const paths = [await pack(folder, explaining, 'default'), await pack(folder, silent, 'default')];
  const peer = await startPeer('torchserve');
  const served = await serveLocal(['--python', python, '--workers', '1', '--no-error-detail', ...paths]);
  try {
    const ask = async (server: string, index: number) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${server}/explanations/example${index}`;
      const answer = await fetch(url, { method: 'POST', body: '[1, 2]', headers });
      return [answer.status, JSON.parse(await answer.text())];
    };
    for (const [at, index] of [explaining, silent].entries()) {
      copyFileSync(paths[at] ?? '', join(peer.store, 'why.mar'));
      const query = `url=why.mar&model_name=example${index}&initial_workers=1&synchronous=true`;
      assert.is((await fetch(`${peer.management}/models?${query}`, { method: 'POST' })).status, 200);
      const ours = await ask(served.inference, index);
      assert.equal(ours, await ask(peer.inference, index));
      if (index === explaining) assert.equal(ours, [200, { explained: [[1, 2]], rows: 1 }]);
      else assert.is(ours[0], 503);
    }
  } finally {
    peer.stop();
    await served.stop();
  }
});

test.run();
