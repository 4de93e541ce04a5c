"""Finds the handler of an archive and initializes it, with the rules of both servers."""
import importlib
import importlib.util
import inspect
import json
import os
import sys
import traceback

from .context import Context
from .metrics import Metrics


class Model(object):
    """A handler that is ready for its first batch."""

    def __init__(self, entry_point, context):
        self.entry_point = entry_point
        self.context = context


def load_model(model_name, model_dir, handler, batch_size, gpu_id):
    """Imports the handler and initializes it; what it raises is the reason why the model does not load."""
    os.chdir(model_dir)
    manifest = _read_manifest(model_dir)
    gpu_id = gpu_id if gpu_id >= 0 else None
    version = os.environ.get("MAR_SERVER_VERSION", "")
    config = _read_config(model_dir, manifest)
    context = Context(model_name, model_dir, manifest, batch_size, gpu_id, version, config)
    context.metrics = Metrics(None, model_name, context.metric_cache)
    module, name = _import_handler(model_dir, handler)
    if hasattr(module, name):
        entry_point = getattr(module, name)
        entry_point(None, context)
        return Model(entry_point, context)
    service = _class_service(module, context, handler)
    return Model(service.handle, context)


def _import_handler(model_dir, handler):
    """
    The module of `service:handle`, `service.py:handle` or `dir/service.py`, and the function's name: the rules of
    src/handler/resolve.ts, held to the same cases.
    """
    reference, colon, name = handler.partition(":")
    reference = reference[:-3] if reference.endswith(".py") else reference
    folder, _, module_name = reference.rpartition("/")
    places = [model_dir]
    if _is_inside(model_dir, folder):
        places.insert(0 if colon else 1, os.path.join(model_dir, folder))
    sys.path[:0] = [place for place in places if place not in sys.path]
    try:
        return importlib.import_module(module_name), name or "handle"
    except ImportError as error:
        # TorchServe's own handlers have names like `image_classifier`.
        if error.name != module_name or importlib.util.find_spec("ts") is None:
            raise
        return importlib.import_module("ts.torch_handler." + module_name), name or "handle"


def _is_inside(model_dir, folder):
    """Whether a folder of a reference is one below the archive's top."""
    way = os.path.normpath(folder or ".")
    return way not in (".", "..") and not way.startswith("../") and not os.path.isabs(folder)


def _class_service(module, context, handler):
    classes = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__
    ]
    if len(classes) != 1:
        names = ", ".join(member.__name__ for member in classes) or "none"
        raise ValueError(
            "Expected a function or exactly one class in the handler '%s'; classes found: %s" % (handler, names)
        )
    service = classes[0]()
    if not hasattr(service, "handle"):
        raise ValueError("The class %s of the handler '%s' has no method handle" % (classes[0].__name__, handler))
    if hasattr(service, "initialize"):
        _initialize(service, context)
    return service


def _initialize(service, context):
    """An `initialize` that raises: TorchServe refuses the model; Multi Model Server logs it and serves the class as it is."""
    try:
        service.initialize(context)
    except Exception:
        manifest = context.manifest or {}
        if "archiverVersion" in manifest or "createdOn" in manifest:
            raise
        traceback.print_exc()


def _read_manifest(model_dir):
    # Where it lies is found by whoever starts this worker; an archive of MMS 0.4 has it elsewhere.
    path = os.path.join(model_dir, os.environ.get("MAR_MANIFEST", "MAR-INF/MANIFEST.json"))
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _read_config(model_dir, manifest):
    """The archive's model-config.yaml, for handlers that ask for `model_yaml_config`; TorchServe's own expect a dict, empty or not."""
    name = ((manifest or {}).get("model") or {}).get("configFile")
    if not name:
        return {}
    try:
        import yaml
    except ImportError:
        sys.stderr.write("%s is not read: it needs `pip install pyyaml`\n" % name)
        return {}
    with open(os.path.join(model_dir, name), encoding="utf-8") as file:
        return yaml.safe_load(file) or {}
