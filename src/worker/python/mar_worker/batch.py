"""Calls a handler with a batch and turns what it returns into predictions."""
import json
import math
import os

from .context import RequestProcessor
from .failure import describe
from .metrics import Metrics
from .wire import encode_response

_DECODED = "false" not in (os.environ.get("MMS_DECODE_INPUT_REQUEST"), os.environ.get("TS_DECODE_INPUT_REQUEST"))
_JSON = "application/json"


class Refused(Exception):
    """A request that cannot be decoded; the others of its batch go on."""


def answer_batch(model, requests):
    """The answer as bytes; an error or a result that cannot be put into an answer is a failure of the batch."""
    try:
        return encode_response(*_run_apart(model, requests))
    except Exception as error:
        detail = "the answer cannot be sent: %s" % type(error).__name__
        return encode_response(*_failure(requests, 503, "Prediction failed\n" + detail))


def _run_apart(model, requests):
    """
    Explanations and descriptions run one by one: TorchServe's `BaseHandler` looks at the first request of a batch to know whether to explain,
    and for the target, so that another client's request would be answered by it, or fail with it.
    """
    asked = [position for position, request in enumerate(requests) if _asks_otherwise(request)]
    if not asked or len(requests) == 1:
        return _run_batch(model, requests)
    others = [position for position in range(len(requests)) if position not in asked]
    predictions = {}
    for positions in [[position] for position in asked] + [others] * bool(others):
        part = [requests[position] for position in positions]
        code, message, answers = _run_batch(model, part)
        if code != 200:
            answers = [_error(request[0], code, "InternalServerException", message) for request in part]
        predictions.update(zip(positions, answers))
    return 200, "Prediction success", [predictions[position] for position in range(len(requests))]


def _asks_otherwise(request):
    headers = dict(request[1])
    return headers.get("explain") == "True" or headers.get("describe") == "True"


def _run_batch(model, requests):
    """(code, message, predictions), with Multi Model Server's code and message for each way to break the contract."""
    positions, inputs, refused = [], [], {}
    ids, processors = {}, []
    for position, (request_id, headers, parameters) in enumerate(requests):
        try:
            values, properties = _decode(headers, parameters)
        except Refused as error:
            refused[position] = _error(request_id, 400, "BadRequestException", str(error))
            continue
        ids[len(inputs)] = request_id
        processors.append(RequestProcessor(properties))
        positions.append(position)
        inputs.append(values)
    context = model.context
    model_dir = context.system_properties["model_dir"]
    context.request_ids = ids
    context.request_processor = processors
    context.metrics = Metrics(ids, context.model_name, context.metric_cache, context.metrics)
    try:
        results = model.entry_point(inputs, context) if inputs else []
    except MemoryError as error:
        return _failure(requests, 507, "Out of resources\n" + describe(error, model_dir))
    except Exception as error:
        if _is_prediction_exception(error):
            return _failure(requests, int(error.error_code), str(error.message))
        if _is_cuda_memory(error):
            return _failure(requests, 507, "Out of resources\n" + describe(error, model_dir))
        return _failure(requests, 503, "Prediction failed\n" + describe(error, model_dir))
    if not isinstance(results, list):
        return _broken(requests, "Invalid model predict output", type(results).__name__, "a list")
    if len(results) != len(inputs):
        return _broken(requests, "number of batch response mismatched", "%d results" % len(results), len(inputs))
    predictions = dict(refused)
    for index, value in enumerate(results):
        if processors[index].is_unexplained():
            nothing = "The handler of model %s explains nothing: it did not ask for the header explain." % context.model_name
            predictions[positions[index]] = _error(ids[index], 404, "ResourceNotFoundException", nothing)
        else:
            predictions[positions[index]] = _encode_safely(ids[index], value, processors[index], index)
    return 200, "Prediction success", [predictions[position] for position in range(len(requests))]


def _decode(headers, parameters):
    """Named inputs, and the request's headers as Multi Model Server mixes them: each input's content type under its name."""
    values, properties = {}, {}
    for name, content_type, value in parameters:
        values[name] = _decode_value(name, content_type, value) if _DECODED else value
        properties[name] = {"content-type": content_type}
    properties.update(headers)
    return values, properties


def _decode_value(name, content_type, value):
    try:
        if content_type == _JSON:
            return json.loads(value.decode("utf-8"))
        if content_type.startswith("text"):
            return value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("The input '%s' is sent as %s but is not valid UTF-8." % (name, content_type))
    except ValueError as error:
        raise Refused("The input '%s' is not valid JSON: %s" % (name, error))
    except RecursionError:
        raise Refused("The input '%s' is JSON that is nested too deeply." % name)
    return value


def _encode_safely(request_id, value, processor, index):
    """Code of the handler runs while its result is written down; what that raises concerns this request alone."""
    try:
        return _encode(request_id, value, processor, index)
    except Exception as error:
        detail = "result %d of the batch is of type %s, which cannot be sent: %s"
        message = "Unsupported model output data type.\n" + detail % (index + 1, type(value).__name__, type(error).__name__)
        return _error(request_id, 503, "InternalServerException", message)


def _encode(request_id, value, processor, index):
    headers = [(str(key), str(header)) for key, header in processor.get_response_headers().items()]
    content_type = ""
    if isinstance(value, str):
        body = value.encode("utf-8", "replace")
    elif isinstance(value, (bytes, bytearray)):
        body = value
    elif isinstance(value, Exception) and _is_prediction_exception(value):
        return _error(request_id, int(value.error_code), "InternalServerException", str(value.message))
    else:
        try:
            body = _to_json(value).encode("utf-8")
        except (TypeError, ValueError, RecursionError) as error:
            detail = "result %d of the batch is of type %s, which JSON cannot hold: %s; expected str, bytes or what json.dumps takes"
            message = "Unsupported model output data type.\n" + detail % (index + 1, type(value).__name__, error)
            return _error(request_id, 503, "InternalServerException", message)
        content_type = _JSON
    for key, header in headers:
        if key.lower() == "content-type":
            content_type = header
    status = processor.get_response_status_code()
    phrase = processor.get_response_status_phrase()
    return request_id, content_type, 200 if status is None else int(status), phrase or "", headers, body


def _to_json(value):
    try:
        return json.dumps(value, indent=2, allow_nan=False)
    except ValueError as error:
        if "Circular" in str(error):
            raise
        # NaN and Infinity have no JSON: null, as in JavaScript.
        return json.dumps(_finite(value), indent=2)


def _finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _is_prediction_exception(error):
    """That of either server, installed or copied into the archive."""
    return type(error).__name__ == "PredictionException" and hasattr(error, "error_code") and hasattr(error, "message")


def _is_cuda_memory(error):
    try:
        text = str(error)
    except Exception:
        return False
    return "CUDA" in text and "memory" in text


def _broken(requests, sentence, found, expected):
    """A handler that breaks the contract."""
    return _failure(requests, 503, "%s\nhandle returned %s, expected %s" % (sentence, found, expected))


def _failure(requests, code, message):
    """A batch that failed as a whole. The message is Multi Model Server's sentence, with the handler's own error below it."""
    return code, message, [(request[0], "", code, "", (), b"error") for request in requests]


def _error(request_id, status, kind, message):
    """An answer in the form of the front end's own errors."""
    body = json.dumps({"code": status, "type": kind, "message": message}, indent=2, ensure_ascii=False) + "\n"
    return request_id, _JSON, status, "", (), body.encode("utf-8")
