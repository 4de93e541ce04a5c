"""A batch's own metrics, with the methods of both servers; they leave as `[METRICS]` lines on standard output."""
import socket
import time

from .units import UNITS


class Metrics(object):
    def __init__(self, request_ids, model_name, cache, earlier=None):
        self.request_ids = request_ids
        self.model_name = model_name
        self._cache = cache
        # What was added before and has not left yet.
        self._store = {} if earlier is None else earlier._store

    def add_metric_to_cache(self, metric_name, unit, dimension_names=(), metric_type="counter"):
        return self._cache.add(metric_name, unit, dimension_names, metric_type)

    def get_metric(self, metric_name, metric_type="counter"):
        return self._cache.get(metric_name, metric_type)

    # TorchServe's handlers say the type of a metric as well; these lines have none, as those of Multi Model Server.
    def add_time(self, name, value, idx=None, unit="ms", dimensions=None, metric_type=None):
        if unit not in ("ms", "s"):
            raise ValueError("the unit of a time is ms or s, not %r" % (unit,))
        self._set(name, value, idx, unit, dimensions)

    def add_size(self, name, value, idx=None, unit="MB", dimensions=None, metric_type=None):
        if unit not in ("MB", "kB", "GB", "B"):
            raise ValueError("the unit of a size is B, kB, MB or GB, not %r" % (unit,))
        self._set(name, value, idx, unit, dimensions)

    def add_percent(self, name, value, idx=None, dimensions=None, metric_type=None):
        self._set(name, value, idx, "percent", dimensions)

    def add_counter(self, name, value, idx=None, dimensions=None):
        self._set(name, value, idx, "count", dimensions, add=True)

    def add_error(self, name, value, dimensions=None):
        self._set(name, value, None, "", dimensions)

    def add_metric(self, name, value, idx=None, unit=None, dimensions=None, metric_type=None):
        """Multi Model Server has (name, value, idx, unit), TorchServe (name, value, unit, idx): told apart by their types."""
        if isinstance(idx, str):
            idx, unit = (unit if isinstance(unit, int) else None), idx
        self._set(name, value, idx, unit, dimensions)

    def drain(self):
        """Removes and returns what was added, as lines."""
        store, self._store = self._store, {}
        tail = "#hostname:%s,%d" % (socket.gethostname(), time.time())
        return self._cache.drain() + [
            "[METRICS]%s.%s:%s|#%s|%s%s" % (name, unit, value, dimensions, tail, "," + request_id if request_id else "")
            for (name, unit, request_id, dimensions), value in store.items()
        ]

    def _set(self, name, value, idx, unit, dimensions, add=False):
        levels = [str(dimension) for dimension in dimensions or []]
        levels += ["ModelName:%s" % self.model_name, "Level:Model"]
        key = (name, UNITS.get(unit, unit), self._request_id(idx), ",".join(levels))
        self._store[key] = self._store.get(key, 0) + value if add else value

    def _request_id(self, idx):
        if self.request_ids is None:
            return ""
        if idx in self.request_ids:
            return self.request_ids[idx]
        return ",".join(self.request_ids.values())
