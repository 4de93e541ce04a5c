"""One front end's connection: answers its messages in order."""
import faulthandler
import importlib
import logging
import os
import select
import socket
import sys
import threading
import traceback

from . import wire
from .batch import run_batch
from .loader import load_model

#: Files whose frames say nothing about the handler.
_OURS = (os.path.dirname(os.path.abspath(__file__)), "<frozen importlib", os.path.dirname(importlib.__file__))
_INSTALL = {"mms": "multi-model-server", "ts": "torchserve torch", "torch": "torch", "yaml": "pyyaml"}


def main():
    """Serves descriptor 3 to its end, then leaves at once: a handler's threads must not keep the process."""
    faulthandler.enable()
    # As in the peers: what handlers log at INFO and above is on standard output.
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)
    sock = socket.socket(fileno=3)
    sock.set_inheritable(False)
    _watch_parent(sock)
    code = 0
    try:
        _serve(sock, os.getpid())
    except (wire.Disconnected, ConnectionError):
        pass
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if isinstance(error.code, str):
            sys.stderr.write(error.code + "\n")
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        os._exit(code)


def _watch_parent(sock):
    """Ends the process when the parent is gone, even while a handler runs."""

    def watch():
        poll = select.poll()
        poll.register(sock.fileno(), 0)
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="mar-parent", daemon=True).start()


def _serve(sock, pid):
    reader = wire.Reader(sock)
    model = None
    while True:
        command = reader.byte()
        if command == wire.PREDICT and model is not None:
            answer = run_batch(model, wire.read_predict(reader))
        elif command == wire.LOAD:
            model, answer = _load(wire.read_load(reader))
        else:
            raise ValueError("a message starts with byte %d" % command)
        if os.getpid() != pid:
            # A handler forked and its child came back here: the connection belongs to the parent.
            os._exit(0)
        sock.sendall(wire.encode_response(*answer))
        if model is not None:
            for line in model.context.metrics.drain():
                print(line, flush=True)


def _load(load):
    try:
        model = load_model(load["model_name"], load["model_dir"], load["handler"], load["batch_size"], load["gpu_id"])
    except MemoryError:
        return None, (507, "System out of memory\n" + traceback.format_exc())
    except Exception as error:
        return None, (500, _describe(error))
    return model, (200, "loaded model %s. [PID]:%d" % (load["model_name"], os.getpid()))


def _describe(error):
    """The handler's own error first, then what to do about it, then the stack from the handler on."""
    first, *more = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")
    if isinstance(error, SyntaxError):
        more = [first] + more[:-1]
        first = "SyntaxError: %s" % error
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_OURS)]
    return "\n".join([first] + _hints(error) + more + "".join(traceback.format_list(frames)).rstrip().split("\n"))


def _hints(error):
    if isinstance(error, ImportError) and error.name:
        package = _INSTALL.get(error.name.split(".")[0])
        if package:
            return ["hint: The handler needs `pip install %s` in the interpreter that runs it." % package]
    if isinstance(error, SyntaxError):
        version = sys.version.split()[0]
        return ["hint: Python %s runs this handler; code for Python 2 must be ported first." % version]
    return []
