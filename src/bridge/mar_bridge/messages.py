"""What the server hands to a handler, as messages for the Node worker."""
import json
import os

from .failures import BridgeError
from .node import ARCHIVE
from .wire import END, INT

_JSON = "application/json"


def load_message(context):
    properties = context.system_properties
    gpu = properties.get("gpu_id")
    parts = [b"L"]
    _string(parts, context.model_name)
    _string(parts, properties.get("model_dir") or ARCHIVE)
    parts.append(INT.pack(int(properties.get("batch_size") or 1)))
    _string(parts, _node_handler(context))
    parts.append(INT.pack(-1 if gpu is None else int(gpu)))
    _string(parts, "")
    return b"".join(parts)


def _node_handler(context):
    """What the manifest recorded of the handler that was compiled."""
    manifest = context.manifest
    if not manifest:
        with open(os.path.join(ARCHIVE, "MAR-INF", "MANIFEST.json"), encoding="utf-8") as file:
            manifest = json.load(file)
    try:
        return manifest["model"]["extensions"]["modelArchiver"]["bridge"]["handler"]
    except (KeyError, TypeError):
        raise BridgeError("The manifest does not say which handler mar_bridge runs: pack the archive again with --bridge.")


def predict_message(data, context):
    parts = [b"I"]
    for index, inputs in enumerate(data):
        headers = context.get_all_request_header(index) or {}
        _string(parts, context.get_request_id(index) or str(index))
        for name, value in headers.items():
            if isinstance(value, str):
                _string(parts, name)
                _string(parts, value)
        parts.append(INT.pack(END))
        for name, value in (inputs.items() if isinstance(inputs, dict) else [("body", inputs)]):
            kind = headers.get(name)
            content_type = kind.get("content-type") if isinstance(kind, dict) else None
            content_type, value = _encode_input(content_type or "", value)
            _string(parts, name)
            _string(parts, content_type)
            parts.append(INT.pack(len(value)))
            parts.append(value)
        parts.append(INT.pack(END))
    parts.append(INT.pack(END))
    return b"".join(parts)


def _encode_input(content_type, value):
    """An input as it came: the servers have parsed JSON and decoded text already."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return content_type, bytes(value)
    if isinstance(value, str) and content_type != _JSON:
        return content_type if content_type.startswith("text") else "text/plain", value.encode("utf-8", "surrogatepass")
    return _JSON, json.dumps(value, separators=(",", ":")).encode("utf-8")


def _string(parts, text):
    data = str(text).encode("utf-8", "replace")
    parts.append(INT.pack(len(data)))
    parts.append(data)
