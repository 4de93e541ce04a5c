"""What a handler does beside answering, told to the runner where it asks for it."""
import json
import os
import sys

# As many lines as anybody reads; a loop of a handler fills no disk.
MOST = 200

STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")


def tell_actions():
    """Writes a line for each connection and each program that Python starts in this process, into the file of MAR_SEEN.

    An audit hook cannot be taken away again, but native code is not heard by it: an observation, not a fence.
    """
    path = os.environ.pop("MAR_SEEN", None)
    if path is None:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    told = [0]

    def hear(event, args):
        if event == "socket.connect":
            text = "connects to %s" % place(args[1])
        elif event in STARTS:
            text = "starts %s" % decoded(args[0])
        else:
            return
        told[0] += 1
        if told[0] <= MOST:
            os.write(descriptor, (json.dumps(text) + "\n").encode())

    sys.addaudithook(hear)


def place(address):
    return "%s:%s" % address[:2] if isinstance(address, tuple) and len(address) > 1 else decoded(address)


def decoded(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
