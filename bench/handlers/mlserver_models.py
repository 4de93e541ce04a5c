"""The same three workloads as runtimes of MLServer, which answers in the Open Inference Protocol."""
import base64
import json
import os

from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse


class Workload(MLModel):
    async def load(self):
        self.prepare(os.path.dirname(os.path.abspath(__file__)))
        return True

    def prepare(self, directory):
        pass

    async def predict(self, payload):
        answer = self.answer(payload.inputs[0].data)
        output = StringCodec.encode_output("answer", [answer if isinstance(answer, str) else json.dumps(answer)])
        return InferenceResponse(model_name=self.name, outputs=[output])


class Noop(Workload):
    def answer(self, data):
        return "ok"


class Numbers(Workload):
    def prepare(self, directory):
        from deviation import summary
        self.summary = summary

    def answer(self, data):
        return self.summary(list(data))


class Image(Workload):
    def prepare(self, directory):
        from image import Classifier
        self.classifier = Classifier(directory)

    def answer(self, data):
        return self.classifier({"body": base64.b64decode(data[0])})
