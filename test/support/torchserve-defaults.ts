import type { Example } from './torchserve-side-by-side.js';

const NAMES = '{"0": "tench", "1": ["n02", "hammerhead"], "2": "robin", "3": "owl", "4": "jay", "5": "kite"}';
const IMPORTS =
  'import base64, io, json, sys, torch\nfrom PIL import Image\ntorch.manual_seed(11)\nhere = sys.argv[1] + "/"\n';
/** Two photographs of different sizes, the first also in base64, and bytes that are no image. */
const PICTURES = `
for name, size, mode in (("wide.png", (300, 260), "RGB"), ("tall.jpg", (257, 400), "RGB"), ("grey.png", (280, 280), "L")):
    image = Image.radial_gradient("L").resize(size)
    image = image if mode == "L" else Image.merge("RGB", (image, image.rotate(90).resize(size), image.rotate(180)))
    image.save(here + name)
open(here + "wide.txt", "wb").write(base64.b64encode(open(here + "wide.png", "rb").read()))
`;
/** Six classes from an image of any size, as TorchScript. */
const CLASSIFIER = `
layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 5, stride=4), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(16, 6))
torch.jit.script(layers.eval()).save(here + "model.pt")
`;
const LISTS = `open(here + "pixels.json", "w").write(json.dumps(torch.rand(3, 32, 32).tolist()))\n`;

/** Every pixel of one of three kinds, in a class of its own with its weights. */
const SEGMENTER = `import torch


class Pixels(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 3, 8, stride=8)

    def forward(self, x):
        return {"out": self.layer(x)}
`;
const TEXTS = `import torch


class Sums(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.EmbeddingBag(64, 8)
        self.fc = torch.nn.Linear(8, 3)

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))
`;
/** Boxes without the suppression of overlaps, whose operator a torchvision for CUDA does not have on a CPU. */
const DETECTOR = `import torch


class Boxes(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor([1.5]))

    def forward(self, images):
        return [
            {
                "boxes": torch.tensor([[0.0, 1.0, 20.0, 30.0], [4.0, 5.0, 6.0, 7.0]]) * self.scale + image.mean(),
                "labels": torch.tensor([1, 0]),
                "scores": torch.stack([image.mean().clamp(0.6, 0.9), torch.tensor(0.1)]),
            }
            for image in images
        ]
`;
const saved = (module: string, name: string): string =>
  `sys.path.insert(0, here)\nfrom ${module} import ${name}\ntorch.save(${name}().state_dict(), here + "weights.pt")\n`;

const json = { 'content-type': 'application/json' };
/** TorchServe's default handlers by name, each with a model that suits it. */
export const DEFAULT_HANDLERS: Readonly<Record<string, Example>> = {
  image_classifier: {
    make: IMPORTS + PICTURES + CLASSIFIER + LISTS,
    files: { 'index_to_name.json': NAMES },
    flags: ['--handler', 'image_classifier', '--serialized-file', 'model.pt', '--extra-files', 'index_to_name.json'],
    asks: [
      { body: '@wide.png' },
      { body: '@wide.txt', headers: { 'content-type': 'text/plain' } },
      { form: { data: '@tall.jpg' } },
      { body: '@pixels.json', headers: json },
      { body: '@grey.png' },
      { body: 'no image' },
      { path: 'explanations', body: '@pixels.json', headers: json },
      { form: { other: '@tall.jpg' } },
      { body: '@wide.png' },
      { form: { data: '@tall.jpg' } },
    ],
    batch: 2,
  },
  image_segmenter: {
    make: IMPORTS + PICTURES + saved('pixels', 'Pixels'),
    files: { 'pixels.py': SEGMENTER },
    flags: ['--handler', 'image_segmenter', '--model-file', 'pixels.py', '--serialized-file', 'weights.pt'],
    asks: [{ body: '@wide.png' }, { form: { data: '@tall.jpg' } }, { body: 'no image' }],
  },
  text_classifier: {
    make: `${IMPORTS}${saved('sums', 'Sums')}
words = "the cat sat on a mat <unk> does not is it i am".split()
torch.save({word: number for number, word in enumerate(words + [a + " " + b for a in words[:5] for b in words[:5]])}, here + "source_vocab.pt")
`,
    files: { 'sums.py': TEXTS, 'index_to_name.json': '{"0": "World", "1": "Sports", "2": "Business"}' },
    flags: [
      ...['--handler', 'text_classifier', '--model-file', 'sums.py', '--serialized-file', 'weights.pt'],
      ...['--extra-files', 'source_vocab.pt,index_to_name.json'],
    ],
    asks: [
      { body: 'The cat <b>sat</b>', headers: { 'content-type': 'text/plain' } },
      { form: { data: 'the cät' } },
      { body: 'the dog' },
      { path: 'explanations', body: 'the cat sat', headers: { 'content-type': 'text/plain' } },
    ],
  },
  object_detector: {
    make: IMPORTS + PICTURES + saved('boxes', 'Boxes'),
    files: { 'boxes.py': DETECTOR, 'index_to_name.json': NAMES },
    flags: [
      ...['--handler', 'object_detector', '--model-file', 'boxes.py', '--serialized-file', 'weights.pt'],
      ...['--extra-files', 'index_to_name.json'],
    ],
    asks: [{ body: '@wide.png' }, { form: { data: '@tall.jpg' } }],
  },
};
