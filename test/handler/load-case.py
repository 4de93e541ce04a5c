"""Loads cases of python-cases.ts with our Python worker's loader, each in a process of its own, and says what answers."""
import contextlib
import io
import json
import os
import sys

sys.path.insert(0, sys.argv[1])
from mar_worker.loader import load_model  # noqa: E402


def answer(folder, handler):
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            model = load_model("m", folder, handler, 1, -1)
            return model.entry_point([{"body": b""}], model.context)[0]
    except Exception:
        return None


for folder, handler in json.load(sys.stdin):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(answer(folder, handler)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    print(os.read(reading, 65536).decode())
    os.close(reading)
