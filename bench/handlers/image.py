"""An ONNX classifier with Pillow and onnxruntime, one thread: what a user of the peers writes. Settings come from image.json beside it."""
import io
import json
import os

import numpy as np
import onnxruntime
from PIL import Image


class Classifier:
    def __init__(self, directory):
        with open(os.path.join(directory, "image.json")) as file:
            settings = json.load(file)
        self.mean, self.scale = settings["mean"], settings["scale"]
        with open(os.path.join(directory, "synset.txt")) as file:
            self.labels = file.read().splitlines()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = os.path.join(directory, settings["model"])
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name

    def __call__(self, request):
        image = Image.open(io.BytesIO(request.get("body") or request.get("data"))).convert("RGB")
        factor = 256 / min(image.size)
        image = image.resize([round(side * factor) for side in image.size], Image.BICUBIC)
        left, top = ((side - 224) // 2 for side in image.size)
        pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), dtype=np.float32)
        tensor = ((pixels - self.mean) / self.scale).astype(np.float32).transpose(2, 0, 1)[np.newaxis]
        logits = self.session.run(None, {self.input: tensor})[0][0]
        exponents = np.exp(logits - logits.max())
        probabilities = exponents / exponents.sum()
        best = np.argsort(probabilities)[::-1][:5]
        return [{"probability": float(probabilities[index]), "class": self.labels[index]} for index in best]


classifier = None


def handle(data, context):
    global classifier
    if classifier is None:
        classifier = Classifier(context.system_properties["model_dir"])
    return None if data is None else [classifier(request) for request in data]
