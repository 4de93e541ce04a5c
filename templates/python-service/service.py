"""Answers each request with the sum of the numbers in its JSON list. Put your own work in place of the sum."""
import json


class Service:
    def __init__(self):
        self.model_dir = None

    def initialize(self, context):
        """Once, before the first batch: load the model from self.model_dir here."""
        self.model_dir = context.system_properties["model_dir"]

    def handle(self, data, context):
        """One result for each request of the batch, in order; a bad request is refused alone."""
        return [self.answer(meaning(request.get("body")), index, context) for index, request in enumerate(data)]

    def answer(self, numbers, index, context):
        if not isinstance(numbers, list) or not all(isinstance(number, (int, float)) for number in numbers):
            context.set_response_status(400, "Bad Request", index)
            return {"message": "the body has to be a JSON list of numbers"}
        return {"sum": sum(numbers)}


def meaning(body):
    """A body as JSON: a server that does not decode, such as SageMaker's, hands over its bytes."""
    if not isinstance(body, (bytes, bytearray)):
        return body
    try:
        return json.loads(bytes(body))
    except ValueError:
        return None


service = Service()


def handle(data, context):
    """The entry point. The first call comes without data, to initialize."""
    if service.model_dir is None:
        service.initialize(context)
    if data is None:
        return None
    return service.handle(data, context)
