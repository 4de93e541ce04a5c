"""One front end's connection: answers its messages in order."""
import faulthandler
import logging
import os
import select
import signal
import socket
import sys
import threading

from . import wire
from .batch import answer_batch
from .failure import describe, print_error
from .loader import load_model

#: The pipe whose other end only the parent holds.
_PARENT = 3


def main():
    """Serves descriptor 4 to its end, then leaves at once: a handler's threads must not keep the process."""
    faulthandler.enable()
    # As in Multi Model Server: what handlers log at INFO and above is on standard output.
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)
    sock = socket.socket(fileno=4)
    sock.set_inheritable(False)
    os.set_inheritable(_PARENT, False)
    threading.Thread(target=_watch_parent, name="mar-parent", daemon=True).start()
    code = 0
    try:
        _serve(sock, os.getpid())
    except (wire.Disconnected, ConnectionError):
        pass
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if isinstance(error.code, str):
            sys.stderr.write(error.code + "\n")
    except BaseException as error:
        print_error(error)
        code = 1
    finally:
        # Not only the end of the requests: the whole connection is closed.
        if _hangs_up(sock, 0):
            _end_group()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        os._exit(code)


def _watch_parent():
    """Ends the process when the parent is gone, even while a handler runs."""
    _hangs_up(_PARENT, None)
    _end_group()
    os._exit(1)


def _hangs_up(descriptor, timeout):
    """True when the other end is closed for both directions."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return bool(poll.poll(timeout))


def _end_group():
    """The parent is gone: what the handler started goes too."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)


def _serve(sock, pid):
    reader = wire.Reader(sock)
    model = None
    while True:
        command = reader.byte()
        if command == wire.PREDICT and model is not None:
            payload = answer_batch(model, wire.read_predict(reader))
        elif command == wire.LOAD:
            model, answer = _load(wire.read_load(reader))
            payload = wire.encode_response(*answer)
        else:
            raise ValueError("a message starts with byte %d" % command)
        if os.getpid() != pid:
            # A handler forked and its child came back here: the connection belongs to the parent.
            os._exit(0)
        sock.sendall(payload)
        if model is not None:
            for line in model.context.metrics.drain():
                print(line, flush=True)


def _load(load):
    try:
        model = load_model(load["model_name"], load["model_dir"], load["handler"], load["batch_size"], load["gpu_id"])
    except MemoryError as error:
        return None, (507, "System out of memory\n" + describe(error, load["model_dir"]))
    except Exception as error:
        return None, (500, describe(error, load["model_dir"]))
    return model, (200, "loaded model %s. [PID]:%d" % (load["model_name"], os.getpid()))
