"""Runs the TypeScript handler of this archive on Multi Model Server, TorchServe and SageMaker: a Node process beside this one.

Written into the archive by `mar build --bridge`. Needs Python 3.6 and a Node; the standard library is enough.
"""
import os

from .answers import error_answer, is_refusal, settle, told
from .failures import BridgeError, Died
from .messages import load_message, predict_message
from .node import find_node
from .output import log
from .process import Worker


def handle(data, context):
    """The handler of the manifest: called once without data to load the model, then with each batch."""
    global _bridge
    if data is None:
        if _bridge is not None:
            _bridge.close()
        _bridge = _Bridge(context)
        _bridge.ready()
        return None
    return _bridge.answer(data, context)


_bridge = None


class _Bridge(object):
    """The model, and the Node worker that has loaded it; a new one after a death."""

    def __init__(self, context):
        self._load = load_message(context)
        self._model_name = context.model_name
        self._worker = None
        self._pid = None

    def ready(self):
        """A worker that has loaded the model: the one that is there, or a new one. Raises BridgeError or MemoryError."""
        if self._worker is not None and (self._pid != os.getpid() or self._worker.ended()):
            # After a fork the worker is the other process's: only the descriptors are ours to close.
            self._worker.close(self._pid == os.getpid())
            self._worker = None
        if self._worker is None:
            self._start()
        worker = self._worker
        try:
            worker.loaded()
        except Died as died:
            self.close()
            raise BridgeError("The handler of model %s did not load: %s" % (self._model_name, died))
        except Exception:
            self.close()
            raise
        return worker

    def answer(self, data, context):
        """The answers to a batch, in its order; each failure is told to its own request."""
        count = len(data)
        message = predict_message(data, context)
        try:
            worker = self.ready()
        except (BridgeError, MemoryError, OSError) as error:
            log(str(error))
            status = 507 if isinstance(error, MemoryError) else 503
            return [error_answer(context, index, status, str(error)) for index in range(count)]
        try:
            code, text, predictions = worker.ask(message)
            if code == 200 and len(predictions) != count:
                raise Died("it answered %d of %d requests" % (len(predictions), count))
        except Died as died:
            how, _, last = str(died).partition("\n")
            log("The Node worker of model %s %s; it is started again.\n%s" % (self._model_name, how, last))
            self.close()
            self._start_again()
            return [error_answer(context, index, 500, "Worker died.") for index in range(count)]
        if code != 200:
            log(text)
            own = predictions if len(predictions) == count else [None] * count
            return [
                settle(context, index, one) if is_refusal(one, code) else error_answer(context, index, code, told(text))
                for index, one in enumerate(own)
            ]
        return [settle(context, index, prediction) for index, prediction in enumerate(predictions)]

    def close(self):
        if self._worker is not None:
            self._worker.close(self._pid == os.getpid())
            self._worker = None

    def _start(self):
        self._worker = Worker(find_node(self._model_name), self._load)
        self._pid = os.getpid()

    def _start_again(self):
        """The new one loads while the answers go out."""
        try:
            self._start()
        except (BridgeError, OSError) as error:
            log(str(error))
