"""A handler's error in words: its own first, then what to do about it, then the stack from the handler on."""
import errno
import importlib
import os
import re
import sys
import traceback

#: Files whose frames say nothing about the handler.
_OURS = (os.path.dirname(os.path.abspath(__file__)), "<frozen importlib", os.path.dirname(importlib.__file__))
#: Longest message of a failure: characters.
_LONGEST = 16384
#: Errors behind an error that are told.
_LONGEST_CHAIN = 5
#: Names of an archive that a sentence takes.
_NAMED = 8
#: What only the EI builds of the frameworks brought.
_EI_MODULES = ("eimx", "torcheia", "ei_for_tf", "ei_tensorflow")
_EI_CALL = re.compile(r"\b(mx|mxnet|context)\.eia\(|\beimx\b|\btorcheia\b|\bEIPredictor\b|optimize_for\(\s*['\"]EIA|['\"]eia:\d")
_INSTALL = {"mms": "multi-model-server", "ts": "torchserve torch", "yaml": "pyyaml"}


def describe(error, model_dir):
    """The error in one line, a line `hint: ...` where something is known to do, its frames in the handler, its causes."""
    first, *more = _lines(error)
    hint = _hint(error, model_dir)
    lines = [first] + (["hint: " + hint] if hint else []) + more
    for _ in range(_LONGEST_CHAIN):
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is None:
            break
        first, *more = _lines(error)
        lines += ["caused by " + first] + more
    return "\n".join(lines)[:_LONGEST]


def print_error(error):
    """What ends the process, on standard error, for the report on its end."""
    first, *more = _lines(error)
    sys.stderr.write("\n".join(["Uncaught " + first] + more) + "\n")


def _lines(error):
    first, *more = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")
    if isinstance(error, SyntaxError):
        more = [first] + more[:-1]
        first = "SyntaxError: %s" % error
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_OURS)]
    return [first] + more + "".join(traceback.format_list(frames)).splitlines()


def _hint(error, model_dir):
    if _asks_elastic_inference(error):
        return (
            "The handler calls Elastic Inference, a service that has ended: no library for it is left, and none is emulated inside a "
            "framework. `mar eia migrate ARCHIVE --to cpu` shows every place of this kind, and what to write instead."
        )
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.split(".")[0]
        return (
            "The handler needs `pip install %s` in %s, which runs it; --python chooses another interpreter, and "
            "--install-requirements installs what requirements.txt of the archive lists." % (_INSTALL.get(name, name), sys.executable)
        )
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(model_dir):
        return "Python %s runs this handler; code for Python 2 must be ported first." % sys.version.split()[0]
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str) and not _is_program(error):
        return _missing_file(error.filename, model_dir)
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return (
            "Nothing can be written there: in a sandbox (--sandbox, validate --run) files belong into the temporary "
            "directory, tempfile.gettempdir()."
        )
    if isinstance(error, MemoryError):
        return "Start fewer workers, or send smaller batches: this machine has no more memory for it."
    return None


def _asks_elastic_inference(error):
    """Whether what failed is a line of the handler that only the EI builds of MXNet, TensorFlow and PyTorch could run."""
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] in _EI_MODULES:
        return True
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_OURS)]
    return any(_EI_CALL.search(frame.line or "") for frame in frames)


def _is_program(error):
    """What was not found is a program that was to be started."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and os.path.basename(frames[-1].filename) == "subprocess.py"


def _missing_file(path, model_dir):
    if os.path.exists(os.path.join(model_dir, path)):
        return None
    inside = os.path.relpath(os.path.join(model_dir, path), model_dir)
    if inside.startswith(".."):
        return "%s is not on this machine: pack the file, and find it by context.system_properties['model_dir']." % path
    names = sorted(name for name in os.listdir(model_dir) if name not in ("MAR-INF", "__pycache__"))
    held = ", ".join(names[:_NAMED]) + (" and %d more" % (len(names) - _NAMED) if len(names) > _NAMED else "")
    return "%s is not in the archive, which holds %s: put it into the model directory and pack again." % (inside, held)
