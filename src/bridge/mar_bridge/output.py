"""Lines for the log of the server."""
import os
import threading


def pump(stream, descriptor, tail):
    """Passes on what the worker prints, line by line, to where this process's output goes at the time."""

    def run():
        try:
            for line in stream:
                if tail is not None:
                    tail.append(line.decode("utf-8", "replace").rstrip("\n"))
                _write(descriptor, line)
        except (OSError, ValueError):
            pass

    thread = threading.Thread(target=run, name="mar-bridge-output")
    thread.daemon = True
    thread.start()
    return thread


def log(text):
    _write(2, (text.rstrip("\n") + "\n").encode("utf-8", "replace"))


def _write(descriptor, line):
    rest = memoryview(line)
    while len(rest) > 0:
        rest = rest[os.write(descriptor, rest) :]
