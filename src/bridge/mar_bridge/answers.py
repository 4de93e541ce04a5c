"""What the Node worker answers, as the server wants it from a handler."""
import collections
import json
import re

from .output import log

_JSON = "application/json"
#: A body that holds an error has fewer bytes.
_LONGEST_ERROR = 32 * 1024
#: The sentences that a client reads of a failed batch; what stands below one of them is for the log.
_SENTENCES = (
    "Prediction failed",
    "Out of resources",
    "Invalid model predict output",
    "number of batch response mismatched",
    "Unsupported model output data type.",
)


def settle(context, index, prediction):
    """Tells the server what the handler said of an answer; returns its body."""
    content_type, status, phrase, headers, body = prediction
    if not 200 <= status <= 999:
        return error_answer(context, index, 500, "The handler set status %d; a status is between 200 and 999." % status)
    for name, value in headers:
        if re.search("[\r\n\0]", name + value):
            text = "The handler set header %s to a value with a line break." % json.dumps(name, ensure_ascii=False)
            return error_answer(context, index, 500, text)
    failure = _failure_in(status, content_type, body)
    if failure is not None:
        log(failure)
        return error_answer(context, index, status, told(failure))
    context.set_response_status(status, re.sub("[^\t\x20-\x7e]", " ", phrase), index)
    for name, value in headers:
        if name.lower() != "content-type":
            context.set_response_header(index, name, value)
    if content_type:
        # The servers count characters where they send bytes.
        context.set_response_content_type(index, content_type.encode("ascii", "replace").decode("ascii"))
    return body


def is_refusal(prediction, code):
    """The error of a handler as the worker writes it for one request of a batch that failed."""
    if prediction is None:
        return False
    content_type, status, _, _, body = prediction
    return status == code and content_type == _JSON and body[:1] == b"{"


def _failure_in(status, content_type, body):
    """What the worker says of one request that it could not answer; None where the answer is the handler's own."""
    if status < 500 or content_type != _JSON or len(body) >= _LONGEST_ERROR:
        return None
    try:
        message = json.loads(body.decode("utf-8"))["message"]
    except (ValueError, TypeError, KeyError):
        return None
    return message if isinstance(message, str) and told(message) != message else None


def told(message):
    """What a client hears: below one of the sentences stands the handler's own error, which is for the log."""
    sentence = message.split("\n", 1)[0]
    return sentence if sentence in _SENTENCES else message


def error_answer(context, index, status, message):
    """An answer in the form of the servers' own errors."""
    code = status if 199 < status <= 999 else 500
    context.set_response_status(code, "", index)
    context.set_response_content_type(index, _JSON)
    body = collections.OrderedDict([("code", code), ("type", "InternalServerException"), ("message", message)])
    text = re.sub("[<>&='\u2028\u2029]", lambda found: "\\u%04x" % ord(found.group()), json.dumps(body, indent=2, ensure_ascii=False))
    return (text + "\n").encode("utf-8", "replace")
