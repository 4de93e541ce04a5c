"""Metrics that TorchServe's handlers make once and update with every batch; they outlive the batch that made them."""
import logging
import os
import socket
import time

from .units import UNITS

_LOG = logging.getLogger("mar_worker.metrics")


class CachedMetric(object):
    """One metric with named dimensions; each update is a line of its own."""

    def __init__(self, lines, name, unit, dimension_names, kind):
        self.metric_name = name
        self.unit = UNITS.get(unit, unit)
        self.dimension_names = list(dimension_names or [])
        self.metric_type = kind
        self._lines = lines

    def add_or_update(self, value, dimension_values=(), request_id=""):
        """An update that does not fit is logged and dropped, as by TorchServe: it must not cost the request its answer."""
        values = list(dimension_values or [])
        if len(values) != len(self.dimension_names):
            return self._refuse(value, "dimensions %s, expected values for %s" % (values, self.dimension_names))
        if kind_name(self.metric_type) == "COUNTER" and value < 0:
            return self._refuse(value, "a counter does not go down")
        dimensions = ",".join("%s:%s" % pair for pair in zip(self.dimension_names, values))
        tail = "#type:%s|#hostname:%s,%d" % (kind_name(self.metric_type), socket.gethostname(), time.time())
        line = "[METRICS]%s.%s:%s|#%s|%s" % (self.metric_name, self.unit, value, dimensions, tail)
        self._lines.append(line + ("," + request_id if request_id else ""))

    def update(self, value, request_id="", dimensions=()):
        """The older name of the same."""
        self.add_or_update(value, [getattr(one, "value", one) for one in dimensions], request_id)

    def _refuse(self, value, reason):
        _LOG.error("[METRICS]Failed to update metric with name:%s with value: %s: %s", self.metric_name, value, reason)


class MetricCache(object):
    """The cached metrics of a worker, and the lines of their updates that nobody has printed yet."""

    def __init__(self):
        self._metrics = {}
        self._lines = []
        for kind, name, unit, dimensions in _known():
            self.add(name, unit, dimensions, kind)

    def add(self, name, unit, dimension_names, kind):
        key = (kind_name(kind), name)
        self._metrics[key] = CachedMetric(self._lines, name, unit, dimension_names, kind)
        return self._metrics[key]

    def get(self, name, kind):
        key = (kind_name(kind), name)
        if key not in self._metrics:
            raise KeyError("no metric %s of type %s was added; there are: %s" % (name, key[0], sorted(self._metrics)))
        return self._metrics[key]

    def drain(self):
        """Removes and returns the lines."""
        lines = self._lines[:]
        del self._lines[:]
        return lines


def _known():
    """(type, name, unit, dimensions) of the metrics that are there before a handler adds any: those of `metrics_config`, else TorchServe's own."""
    path = os.environ.get("MAR_METRICS_CONFIG")
    if path is None:
        return [("GAUGE", name, "ms", ["ModelName", "Level"]) for name in ("HandlerTime", "PredictionTime")]
    import yaml

    with open(path, encoding="utf-8") as file:
        kinds = (yaml.safe_load(file) or {}).get("model_metrics") or {}
    return [
        (kind, metric["name"], metric["unit"], metric["dimensions"])
        for kind, metrics in kinds.items()
        for metric in metrics or []
    ]


def kind_name(kind):
    """`COUNTER`, `GAUGE` or `HISTOGRAM`, of TorchServe's enumeration or of a text."""
    return str(getattr(kind, "name", kind)).upper()
