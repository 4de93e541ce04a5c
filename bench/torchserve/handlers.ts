import type { Example } from '../../test/support/torchserve-side-by-side.js';

/** An example that needs more than the sources of TorchServe: Python modules by the name of their import. */
export interface SourceExample extends Example {
  /** The handler's file below the sources of TorchServe, which it is packed from. */
  readonly source: string;
  /** Further files of the sources. */
  readonly copies?: readonly string[];
  /** Modules that its Python needs. */
  readonly modules?: readonly string[];
}

const IMPORTS = 'import base64, io, json, os, sys, torch\ntorch.manual_seed(11)\nhere = sys.argv[1] + "/"\n';
const PICTURES = `
from PIL import Image
for name, size in (("digit.png", (28, 28)), ("wide.png", (300, 260)), ("tall.png", (257, 400))):
    image = Image.radial_gradient("L").resize(size)
    (image if size == (28, 28) else Image.merge("RGB", (image, image.rotate(90).resize(size), image.rotate(180)))).save(here + name)
    open(here + name.replace(".png", ".txt"), "wb").write(base64.b64encode(open(here + name, "rb").read()))
open(here + "frames.json", "w").write(json.dumps({name: open(here + name + ".txt").read() for name in ("wide", "tall")}))
`;
const CLASSIFIER = `
layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 5, stride=4), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(16, 6))
torch.jit.script(layers.eval()).save(here + "model.pt")
`;
const SMALL = `import torch


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 5, stride=4), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(16, 6))

    def forward(self, x):
        return self.layers(x)
`;
const eager = (module: string, name: string): string =>
  `sys.path.insert(0, here)\nfrom ${module} import ${name}\ntorch.save(${name}().state_dict(), here + "weights.pt")\n`;
const NAMES = '{"0": "tench", "1": "shark", "2": "robin", "3": "owl", "4": "jay", "5": "kite"}';
const VISION = ['torchvision', 'captum'];
const JSON_BODY = { 'content-type': 'application/json' };
const TEXT_BODY = { 'content-type': 'text/plain' };

const MNIST = {
  make: `${IMPORTS}${PICTURES}${eager('mnist', 'Net')}`,
  copies: ['examples/image_classifier/mnist/mnist.py'],
  modules: VISION,
  asks: [{ body: '@digit.png' }, { form: { data: '@digit.png' } }, { body: 'no image' }],
} as const;
const flagsOf = (handler: string, ...more: readonly string[]): string[] => ['--handler', handler, ...more];
const EAGER = ['--model-file', 'mnist.py', '--serialized-file', 'weights.pt'];
const SCRIPT = ['--serialized-file', 'model.pt'];

/** Example handlers of TorchServe's own project with a model that suits them, by the directory they stand in. */
export const SOURCE_EXAMPLES: readonly SourceExample[] = [
  {
    ...MNIST,
    source: 'examples/image_classifier/mnist/mnist_handler.py',
    flags: flagsOf('mnist_handler.py', ...EAGER),
    asks: [...MNIST.asks, { path: 'explanations', body: '@digit.png' }],
  },
  {
    ...MNIST,
    source: 'examples/custom_metrics/mnist_handler.py',
    flags: flagsOf('mnist_handler.py', ...EAGER),
  },
  {
    source: 'examples/image_classifier/near_real_time_video/near_real_time_video_handler.py',
    make: IMPORTS + PICTURES + CLASSIFIER,
    modules: VISION,
    files: { 'index_to_name.json': NAMES },
    flags: flagsOf('near_real_time_video_handler.py', ...SCRIPT, '--extra-files', 'index_to_name.json'),
    asks: [
      { body: '@frames.json', headers: JSON_BODY },
      { body: '{}', headers: JSON_BODY },
    ],
  },
  {
    source: 'examples/image_classifier/vgg_16/vgg_handler.py',
    make: IMPORTS + PICTURES + eager('small', 'Small'),
    modules: VISION,
    files: { 'small.py': SMALL },
    flags: flagsOf('vgg_handler.py', '--model-file', 'small.py', '--serialized-file', 'weights.pt'),
    asks: [{ body: '@wide.png' }, { body: '@tall.txt', headers: TEXT_BODY }],
  },
  {
    source: 'examples/micro_batching/micro_batching_handler.py',
    make: IMPORTS + PICTURES + CLASSIFIER,
    modules: VISION,
    files: {
      'config.yaml':
        'micro_batching:\n  micro_batch_size: 1\n  parallelism: {preprocess: 1, inference: 1, postprocess: 1}\n',
    },
    flags: flagsOf('micro_batching_handler.py', ...SCRIPT, '--config-file', 'config.yaml'),
    asks: [{ body: '@tall.png' }, { body: '@wide.png' }, { body: '@tall.png' }],
    batch: 2,
  },
  {
    source: 'examples/stateful/sequence_batching/stateful_handler.py',
    make: `${IMPORTS}torch.jit.trace(lambda x: x * 2, torch.zeros(1, 2)).save(here + "model.pt")\n`,
    modules: ['lru'],
    files: { 'config.yaml': 'handler:\n  cache:\n    capacity: 4\n' },
    flags: flagsOf('stateful_handler.py', ...SCRIPT, '--config-file', 'config.yaml'),
    asks: ['2', '3', '5'].map((body, at) => ({ body, headers: { ts_request_sequence_id: at === 1 ? 'b' : 'a' } })),
  },
  {
    source: 'examples/pt2/torch_inductor_caching/caching_handler.py',
    make: IMPORTS + PICTURES + CLASSIFIER,
    modules: VISION,
    files: { 'config.yaml': 'handler:\n  torch_inductor_caching:\n    torch_inductor_fx_graph_cache: true\n' },
    flags: flagsOf('caching_handler.py', ...SCRIPT, '--config-file', 'config.yaml'),
    asks: [{ body: '@wide.png' }],
  },
  {
    source: 'examples/xgboost_classfication/xgboost_iris_handler.py',
    make: `${IMPORTS}
import numpy
from xgboost import XGBClassifier
rows = numpy.random.default_rng(1).random((60, 4))
XGBClassifier(n_estimators=5, n_jobs=1).fit(rows, (rows[:, 0] * 3).astype(int)).save_model(here + "iris.json")
`,
    modules: ['xgboost', 'sklearn'],
    files: { 'index_to_name.json': '{"0": "setosa", "1": "versicolor", "2": "virginica"}' },
    flags: flagsOf('xgboost_iris_handler.py', '--serialized-file', 'iris.json', '--extra-files', 'index_to_name.json'),
    asks: [{ body: '0.1,0.2,0.3,0.4' }, { body: '[0.9, 0.1, 0.2, 0.3]', headers: JSON_BODY }, { body: 'a,b' }],
  },
  {
    source: 'examples/Huggingface_Transformers/Transformer_handler_generalized.py',
    make: `${IMPORTS}
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "a", "mat", "##s"]
open(here + "vocab.txt", "w").write("\\n".join(words))
config = BertConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=2)
BertForSequenceClassification(config).eval().save_pretrained(here)
BertTokenizerFast(here + "vocab.txt").save_pretrained(here)
`,
    modules: ['transformers', 'captum'],
    files: {
      'index_to_name.json': '{"0": "Not Accepted", "1": "Accepted"}',
      'config.yaml': `handler:
  model_name: bert-base-uncased
  mode: sequence_classification
  do_lower_case: true
  num_labels: 2
  save_mode: pretrained
  max_length: 12
  captum_explanation: true
  embedding_name: bert
  BetterTransformer: false
  model_parallel: false
`,
    },
    flags: flagsOf(
      'Transformer_handler_generalized.py',
      ...['--serialized-file', 'model.safetensors', '--config-file', 'config.yaml'],
      ...['--extra-files', 'index_to_name.json,config.json,vocab.txt,tokenizer.json,tokenizer_config.json'],
    ),
    asks: [
      { body: "{'text': 'The cat sat on a mat', 'target': 1}", headers: TEXT_BODY },
      { path: 'explanations', body: "{'text': 'the cats sat', 'target': 0}", headers: TEXT_BODY },
      { body: 'no dictionary', headers: TEXT_BODY },
    ],
  },
  {
    source: 'examples/Workflows/dog_breed_classification/workflow_dog_breed_classification_handler.py',
    flags: flagsOf('workflow_dog_breed_classification_handler.py:pre_processing'),
    asks: [{ body: 'bytes' }, { form: { data: 'text' } }, { body: 'text', headers: TEXT_BODY }],
  },
  {
    source: 'examples/Workflows/dog_breed_classification/cat_dog_classification_handler.py',
    make: `${IMPORTS}${PICTURES}
torch.jit.script(torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2)).eval()).save(here + "model.pt")
`,
    modules: VISION,
    flags: flagsOf('cat_dog_classification_handler.py', ...SCRIPT),
    asks: [{ body: '@wide.txt' }, { form: { data: '@tall.txt' } }],
  },
  {
    source: 'test/pytest/onnx_handler.py',
    make: `${IMPORTS}
import onnx
from onnx import TensorProto, helper
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1])
graph = helper.make_graph([helper.make_node("Relu", ["modelInput"], ["y"])], "g", [value("modelInput")], [value("y")])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), here + "linear.onnx")
`,
    modules: ['onnx', 'onnxruntime'],
    flags: flagsOf('onnx_handler.py', '--serialized-file', 'linear.onnx'),
    asks: [{ body: 'x' }],
  },
  {
    source: 'test/pytest/test_data/torch_compile/compile_handler.py',
    make: `${IMPORTS}torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 1))).save(here + "model.pt")\n`,
    flags: flagsOf('compile_handler.py', ...SCRIPT),
    asks: [
      { body: '{"instances": [[1, 2], [3, 4], [5, 6]]}', headers: JSON_BODY },
      { body: '{}', headers: JSON_BODY },
    ],
  },
];
