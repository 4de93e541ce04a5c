"""What a handler receives besides its data: everything that handlers of both servers use."""
import json
import os

from .metric_cache import MetricCache


class Context(object):
    """One for the life of a worker; requests, answers and metrics are those of the current batch."""

    def __init__(self, model_name, model_dir, manifest, batch_size, gpu_id, server_version, model_yaml_config):
        self.model_name = model_name
        self.manifest = manifest
        self.system_properties = {
            "model_dir": model_dir,
            "gpu_id": gpu_id,
            "batch_size": batch_size,
            "server_name": "MMS",
            "server_version": server_version,
            "limit_max_image_pixels": True,
        }
        accelerator = _emulated_accelerator(manifest)
        if accelerator is not None:
            self.system_properties["emulated_accelerator"] = accelerator
        self.model_yaml_config = model_yaml_config
        self.request_ids = None
        self.request_processor = None
        self.metrics = None
        self.metric_cache = MetricCache()
        self.stopping_criteria = None
        self.header_key_sequence_id = os.environ.get("TS_REQUEST_SEQUENCE_ID", "ts_request_sequence_id")
        self.header_key_sequence_start = os.environ.get("TS_REQUEST_SEQUENCE_START", "ts_request_sequence_start")
        self.header_key_sequence_end = os.environ.get("TS_REQUEST_SEQUENCE_END", "ts_request_sequence_end")

    # Handlers reach for the servers' private names, too.
    @property
    def _system_properties(self):
        return self.system_properties

    @property
    def _request_processor(self):
        return self.request_processor

    @property
    def _metrics(self):
        return self.metrics

    def get_request_id(self, idx=0):
        return None if self.request_ids is None else self.request_ids.get(idx)

    def get_request_header(self, idx, key):
        return self.request_processor[idx].get_request_property(key)

    def get_all_request_header(self, idx):
        return self.request_processor[idx].get_request_properties()

    def get_sequence_id(self, idx):
        return self.get_request_header(idx, self.header_key_sequence_id)

    def set_response_content_type(self, idx, value):
        self.set_response_header(idx, "content-type", value)

    def get_response_content_type(self, idx):
        return self.get_response_headers(idx).get("content-type")

    def get_response_status(self, idx):
        processor = self.request_processor[idx]
        return processor.get_response_status_code(), processor.get_response_status_phrase()

    def set_response_status(self, code=200, phrase="", idx=0):
        if self.request_processor is not None and self.request_processor[idx] is not None:
            self.request_processor[idx].report_status(code, reason_phrase=phrase)

    def set_all_response_status(self, code=200, phrase=""):
        for processor in self.request_processor or []:
            processor.report_status(code, reason_phrase=phrase)

    def get_response_headers(self, idx):
        return self.request_processor[idx].get_response_headers()

    def set_response_header(self, idx, key, value):
        self.request_processor[idx].add_response_property(key, value)


def _emulated_accelerator(manifest):
    """The accelerator whose turns this worker takes, with the names that context.device has for handlers in Node."""
    text = os.environ.get("MAR_ACCELERATOR")
    if text is None:
        return None
    accelerator = json.loads(text)
    declared = ((manifest or {}).get("model") or {}).get("extensions") or {}
    return {
        "id": accelerator["id"],
        "ordinal": accelerator["ordinal"],
        "type": accelerator["type"],
        "memoryMiB": accelerator["memoryMiB"],
        "model": "eia:%d" % accelerator["visibleAs"],
        "data": "cpu",
        "fallback": (declared.get("eia") or {}).get("fallback"),
    }


class _Headers(dict):
    """A request's headers, which remember whether anybody looked for the one that asks for an explanation."""

    asked = False

    def __getitem__(self, key):
        self.asked = self.asked or key == "explain"
        return dict.__getitem__(self, key)

    def __contains__(self, key):
        self.asked = self.asked or key == "explain"
        return dict.__contains__(self, key)

    def get(self, key, default=None):
        self.asked = self.asked or key == "explain"
        return dict.get(self, key, default)


class RequestProcessor(object):
    """One request's headers, and what the handler says about its answer."""

    def __init__(self, request_header):
        # Set by /explanations alone, and none of the handler's business.
        self._to_explain = request_header.pop("mar-explanation", None) == "True"
        self._request_header = _Headers(request_header)
        self._response_header = {}
        self._status_code = 200
        self._reason_phrase = None

    def is_unexplained(self):
        """An explanation was wanted, and the handler never asked whether one was: what it answered is a prediction."""
        return self._to_explain and not self._request_header.asked

    def get_request_property(self, key):
        return self._request_header.get(key)

    def get_request_properties(self):
        return self._request_header

    def report_status(self, code, reason_phrase=None):
        self._status_code = code
        self._reason_phrase = reason_phrase

    def get_response_status_code(self):
        return self._status_code

    def get_response_status_phrase(self):
        return self._reason_phrase

    def add_response_property(self, key, value):
        if any(mark in str(key) + str(value) for mark in "\r\n\0"):
            raise ValueError("response header %r contains a line break" % (key,))
        self._response_header[key] = value

    def get_response_headers(self):
        return self._response_header

    def get_response_header(self, key):
        return self._response_header.get(key)
