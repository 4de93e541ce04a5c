"""Mean and deviation of a list of numbers in JSON: a Python workload that is neither nothing nor a model."""
import json
import math


def summary(numbers):
    mean = math.fsum(numbers) / len(numbers)
    return {"mean": mean, "deviation": math.sqrt(math.fsum((one - mean) ** 2 for one in numbers) / len(numbers))}


def numbers_of(request):
    body = request.get("body")
    body = request.get("data") if body is None else body
    return json.loads(body) if isinstance(body, (bytes, bytearray, str)) else body


def handle(data, context):
    return None if data is None else [summary(numbers_of(request)) for request in data]
