"""A handler's error in words: its own first, then what to do about it, then the stack from the handler on."""
import importlib
import os
import sys
import traceback

#: Files whose frames say nothing about the handler.
_OURS = (os.path.dirname(os.path.abspath(__file__)), "<frozen importlib", os.path.dirname(importlib.__file__))
#: Longest message of a failure: characters.
_LONGEST = 16384
_INSTALL = {"mms": "multi-model-server", "ts": "torchserve torch", "torch": "torch", "yaml": "pyyaml"}


def describe(error):
    first, *more = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")
    if isinstance(error, SyntaxError):
        more = [first] + more[:-1]
        first = "SyntaxError: %s" % error
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_OURS)]
    stack = "".join(traceback.format_list(frames)).rstrip().split("\n")
    return "\n".join([first] + _hints(error) + more + stack).rstrip()[:_LONGEST]


def _hints(error):
    if isinstance(error, ImportError) and error.name:
        package = _INSTALL.get(error.name.split(".")[0])
        if package:
            return ["hint: The handler needs `pip install %s` in the interpreter that runs it." % package]
    if isinstance(error, SyntaxError):
        version = sys.version.split()[0]
        return ["hint: Python %s runs this handler; code for Python 2 must be ported first." % version]
    return []
