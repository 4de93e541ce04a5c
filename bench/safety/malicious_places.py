"""What a third look found to be missed: pickles in the middle of files and in texts, state of other classes, callbacks, templates in any text."""
import base64, json, marshal, os, pickle, struct, sys, tarfile

from malicious import CASES, EVIL, PICKLE, PYTHON, case, short, write, zipped

LATE = pickle.dumps({"words": [f"w{i}" for i in range(40)]}, 4)[:-1] + b"0" + EVIL[2:]
IMPORT = "import sys; sys.path.insert(0, '.'); import h"
ANSWER = "\n\ndef handle(data, context):\n    return ['ok'] * len(data) if data else None\n"
LOADS = "import pickle; b = open({0!r}, 'rb').read(); pickle.loads({1})"


def fields(**values):
    return b"}(" + b"".join(short(k) + v for k, v in values.items()) + b"u"


def inside():
    """Pickles behind other bytes, and containers with something in front."""
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300)
    case("behind-picture", {"logo.png": png + EVIL}, LOADS.format("logo.png", f"b[{len(png)}:]"))
    case("behind-picture-protocol-0", {"a.jpg": b"\xff\xd8\xff\xe0" + b"\1" * 600 + b"cos\nsystem\n(S'touch fired'\ntR."}, LOADS.format("a.jpg", "b[604:]"))
    case("behind-magic", {"forest.lgb": b"FOREST01" + EVIL}, LOADS.format("forest.lgb", "b[8:]"))
    case("behind-lines", {"vocab.txt": b"word\n" * 50 + b"---\ncos\nsystem\n(S'touch fired'\ntR."}, LOADS.format("vocab.txt", "b.split(b'---\\n')[1]"))
    parts = b"".join(struct.pack("<Q", len(p)) + p for p in (pickle.dumps([1, 2]), EVIL))
    case("length-prefixed", {"model.bin": parts}, "import pickle, struct\nb = open('model.bin', 'rb').read()\nwhile b:\n    n = struct.unpack('<Q', b[:8])[0]; pickle.loads(b[8:8 + n]); b = b[8 + n:]")
    nested = b"\x81\xa7vectors\xc4" + bytes([len(EVIL)]) + EVIL
    case("in-msgpack", {"vectors.msgpack": nested}, LOADS.format("vectors.msgpack", "b[11:]"))
    inner = b"#!/bin/sh\n" + zipped([("m.pkl", EVIL)])
    case("zip-behind-bytes-in-zip", {"all.zip": zipped([("inner.zip", inner)])}, "import io, pickle, zipfile; z = zipfile.ZipFile(io.BytesIO(zipfile.ZipFile('all.zip').read('inner.zip'))); pickle.loads(z.read('m.pkl'))")
    record = next(r for n in range(99) for r in [b"%d size=%d\n" % (n, len(EVIL))] if len(r) == n)
    head = tarfile.TarInfo("pax"); head.type = b"x"; head.size = len(record)
    pad = lambda b: b + bytes(-len(b) % 512)
    tar = head.tobuf(tarfile.USTAR_FORMAT) + pad(record) + tarfile.TarInfo("m.pkl").tobuf(tarfile.USTAR_FORMAT) + pad(EVIL) + bytes(1024)
    case("tar-size-in-extended-header", {"m.tar": tar}, "import pickle, tarfile; pickle.load(tarfile.open('m.tar').extractfile('m.pkl'))")
    command = b"import os\nos.system('touch fired')\n"
    script = {"a/constants.pkl": b"\x80\x02).", "evil.py": command, "a/code/evil2.py": command}
    case("source-beside-constants", {"lib.zip": zipped(script.items())}, "import sys; sys.path.insert(0, 'lib.zip'); import evil")
    case("source-as-torchscript", {"lib.zip": zipped(script.items())}, "import sys; sys.path.insert(0, 'lib.zip/a/code'); import evil2")
    from importlib.util import MAGIC_NUMBER
    compiled = MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(PYTHON, "evil.py", "exec"))
    case("compiled-in-zip", {"lib.zip": zipped([("evil.pyc", compiled)])}, "import sys; sys.path.insert(0, 'lib.zip'); import evil")


def texts():
    """Pickles that are written down, templates and tags in texts of any name."""
    decode = "__import__('base64').b64decode(b)"
    case("base64-in-lines", {"model.txt": base64.encodebytes(LATE)}, LOADS.format("model.txt", decode))
    case("base64-in-csv", {"models.csv": b"1," + base64.b64encode(LATE)}, LOADS.format("models.csv", "__import__('base64').b64decode(b[2:])"))
    case("base64-in-xml", {"m.xml": b"<m>" + base64.b64encode(LATE) + b"</m>"}, LOADS.format("m.xml", "__import__('base64').b64decode(b[3:-4])"))
    case("hexadecimal-pairs", {"model.txt": LATE.hex(" ").encode()}, LOADS.format("model.txt", "bytes.fromhex(b.decode())"))
    case("escapes-of-python", {"model.txt": repr(LATE).encode()}, LOADS.format("model.txt", "__import__('ast').literal_eval(b.decode())"))
    case("escapes-of-json", {"state.json": json.dumps([LATE.decode("latin1")]).encode()}, LOADS.format("state.json", "__import__('json').loads(b)[0].encode('latin1')"))
    case("list-of-numbers", {"state.json": json.dumps(list(LATE)).encode()}, LOADS.format("state.json", "bytes(__import__('json').loads(b))"))
    header = json.dumps({"__metadata__": {"cfg": base64.b64encode(LATE).decode()}}).encode()
    case("safetensors-base64", {"m.safetensors": struct.pack("<Q", len(header)) + header}, LOADS.format("m.safetensors", "__import__('base64').b64decode(__import__('json').loads(b[8:])['__metadata__']['cfg'])"))
    template = "{{ cycler.__init__.__globals__.os.system('touch fired') }}"
    for name in ("index.html", "prompt.txt", "answer.tmpl", "prompt.md"):
        case("template-" + name.replace(".", "-"), {name: template.encode()}, f"import jinja2; jinja2.Template(open({name!r}).read()).render()")
    case("template-in-generation", {"generation_config.json": json.dumps({"prompt": template}).encode()}, "import jinja2, json; jinja2.Template(json.load(open('generation_config.json'))['prompt']).render()")
    tag = "x: !!python/object/apply:os.system ['touch fired']\n"
    for name in ("params.json", "train.yaml.orig", "meta.dvc"):
        case("yaml-" + name.replace(".", "-"), {name: tag.encode()}, f"import yaml; yaml.unsafe_load(open({name!r}))")
    half = "%TAG !x! tag:yaml.org,\n---\nx: !x!2002:python/object/apply:os.system ['touch fired']\n"
    case("yaml-half-handle", {"c.yaml": half.encode()}, "import yaml; yaml.unsafe_load(open('c.yaml'))")
    hydra = "import yaml, importlib\nc = yaml.safe_load(open('c.yaml'))\nm, n = c['_target_'].rsplit('.', 1)\ngetattr(importlib.import_module(m), n)(*c['_args_'])"
    for what, target, args in [("open", "builtins.open", "[fired, w]"), ("io-open", "io.open", "[fired, w]"), ("codecs", "codecs.open", "[fired, w]"), ("makedirs", "os.makedirs", "[fired]")]:
        case("hydra-" + what, {"c.yaml": f"_target_: {target}\n_args_: {args}\n".encode()}, hydra)
    case("hydra-alias-of-key", {"c.yaml": b"k: &k _target_\n*k : os.system\n_args_: [touch fired]\n"}, hydra)


def states():
    for module, name in [("statsmodels.distributions.edgeworth", "ExpandedNormal"), ("statsmodels.distributions.discrete", "DiscretizedCount")]:
        made = b"\x80\x04c" + f"{module}\n{name}\n".encode() + b")\x81"
        case("template-of-" + name.lower(), {"model.pkl": made + fields(_parse_arg_template=short(PYTHON + "\n")) + b"b."}, PICKLE)
    case("hdf5-behind-block", {"m.h5": behind_block(512)}, "import h5py, pickle; pickle.loads(h5py.File('m.h5').attrs['a'].tobytes())")
    case("hdf5-far-behind-block", {"m.h5": behind_block(8192)}, "import h5py, pickle; pickle.loads(h5py.File('m.h5').attrs['a'].tobytes())")


def behind_block(size):
    import h5py, numpy as np
    with h5py.File("/tmp/safety-block.h5", "w", userblock_size=size) as f: f.attrs["a"] = np.void(EVIL)
    with open("/tmp/safety-block.h5", "rb") as f: data = f.read()
    os.remove("/tmp/safety-block.h5")
    return data


def callbacks():
    system = "os.system('touch fired')"
    for name, source in {
        "visitor": f"import os, ast\nclass V(ast.NodeVisitor):\n    def visit_Name(self, n): {system}\nV().visit(ast.parse('a'))",
        "missing": f"import os, enum\nclass E(enum.Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, v):\n        {system}\n        return cls.A\nE('x')",
        "html": f"import os\nfrom html.parser import HTMLParser\nclass P(HTMLParser):\n    def handle_data(self, d): {system}\nP().feed('a<br>')",
        "log": f"import os, logging\nclass H(logging.Handler):\n    def emit(self, r): {system}\nl = logging.getLogger('q')\nl.addHandler(H())\nl.error('a')",
        "type-call": "import os\ntype('T', (), {'__call__': lambda s, c: os.system(c)})()('touch fired')",
        "code-replaced": f"import os\ndef f(): pass\ndef g(): {system}\nf.__code__ = g.__code__\nf()",
        "exec-escapes": "exec('" + "".join(f"\\x{ord(c):02x}" for c in "import os\n" + system) + "')",
        "type-hint": f"from typing import get_type_hints\nclass A:\n    x: \"__import__('os').system('touch fired')\"\ntry: get_type_hints(A)\nexcept Exception: pass",
        "eval-str": "import inspect\ndef f(x: \"__import__('os').system('touch fired')\"): pass\ninspect.signature(f, eval_str=True)",
        "query": "import pandas as pd\npd.DataFrame({'a': [1]}).query(\"@pd.io.common.os.system('touch fired') == a\", engine='python')",
        "dict-config": "import logging.config as c\nimport logging.config\nlogging.config.dictConfig({'version': 1, 'filters': {'f': {'()': 'os.system', 'command': 'touch fired'}}})",
        "self-of-builtin": "print.__self__.__dict__['__imp' + 'ort__']('os').__dict__['sys' + 'tem']('touch fired')",
        "imap": "import imaplib\ntry: imaplib.IMAP4_stream('touch fired')\nexcept Exception: pass",
        "browser": "import webbrowser\nwebbrowser.GenericBrowser(['touch', 'fired']).open('x')",
        "timeit-main": "import timeit\ntimeit.main(['-n1', '-r1', \"__import__('os').system('touch fired')\"])",
    }.items():
        case("callback-" + name, {"h.py": (source + ANSWER).encode()}, IMPORT)


if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    inside(); texts(); callbacks()
    try: states()
    except ImportError as error: print("left out: states", error)
    write(out, CASES)
    print(len(CASES))
