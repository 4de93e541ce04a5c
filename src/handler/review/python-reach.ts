import type { SyntaxNode } from '@lezer/common';
import { children } from '../python/syntax.js';
import type { PythonBindings } from './python-bindings.js';
import { argumentsOf } from './python-texts.js';
import type { RemarkKind } from './remark.js';

/** What a call does to what lies outside the model directory, or to the process. */
export interface Reach {
  readonly kind: RemarkKind;
  readonly message: string;
}

const CHANGES =
  /^(shutil\.(rmtree|move|chown)|(os|posix)\.(remove|unlink|rmdir|removedirs|rename|renames|replace|truncate|chmod|chown|lchown|symlink|link))$/;
const COPIES = /^(shutil\.(copy\w*|unpack_archive|make_archive)|os\.(mkfifo|mknod))$/;
/** Methods of paths, archives and arrays that write, whatever the object is. */
const WRITING_METHOD =
  /\.(write_text|write_bytes|touch|unlink|rmdir|symlink_to|hardlink_to|extractall|tofile|lchmod|chmod)$/;
const OPENS = /^((io|codecs|builtins|gzip|bz2|lzma|os|posix)\.)?open$/;
const WRITING_MODE = /^[rbtU]*[waxr]?[bt]*\+|[wax]/;

const OUTSIDE =
  /expanduser|expandvars|Path\.home|\bhome\(\)|getsitepackages|getusersitepackages|site-packages|sys\.(prefix|executable|base_prefix|path\b)|os\.environ|getenv|os\.__file__|sysconfig|get_python_lib/;
/** A text that begins at the root, at a drive, at home or above. */
const ABSOLUTE =
  /(?<![\w)\]'"+,(]\s{0,3}|[+,]\s{0,3})[brfu]{0,2}['"](\/|~|[A-Za-z]:[\\/]|\.\.[\\/'"])|(?<=\(\s{0,3})[brfu]{0,2}['"](\/|~|[A-Za-z]:[\\/]|\.\.[\\/'"])/;
const INSIDE =
  /__file__|getcwd|\.cwd\(|model_dir|mkdtemp|mkstemp|NamedTemporaryFile|TemporaryDirectory|gettempdir|tempfile|devnull|['"]\/dev\/(null|std\w+|shm)|['"]\/proc\//;

const ASKS =
  /^(requests|httpx)\.(get|head|options)$|^urllib\.request\.(urlopen|urlretrieve)$|^(wget\.download|urllib\.urlopen)$/;
const SENDS =
  /^(requests|httpx)\.(post|put|patch|delete|request)$|^socket\.create_connection$|^socket\.(socket|create_connection)\(\)\.(connect\w*|send\w*)$|^socket\.(getaddrinfo|gethostbyname\w*)$|^http\.client\.HTTPS?Connection$|^(ftplib\.FTP\w*|smtplib\.SMTP\w*|telnetlib\.Telnet|paramiko\.SSHClient|paramiko\.Transport|xmlrpc\.client\.ServerProxy)$/;
/** Clients of the server beside them, as examples are. */
const LOOPBACK = /\b(localhost|127\.0\.0\.1|0\.0\.0\.0)\b|\[::1\]/;
/** What a machine keeps to itself. */
const PRIVATE =
  /os\.environ|getpass|gethostname|getfqdn|platform\.(node|uname)|os\.(uname|getlogin)|\bopen\s*\(|read_text|read_bytes|\bdata\s*=|\bdata=|expanduser/;

const LOADS_NATIVE =
  /^ctypes\.(CDLL|PyDLL|WinDLL|OleDLL|(cdll|pydll|windll|oledll)\.LoadLibrary)$|^(numpy|np)\.ctypeslib\.load_library$|^torch\.(ops|classes)\.load_library$|^torch\.utils\.cpp_extension\.load(_inline)?$|^(tensorflow|tf)\.load_(op_)?library$|^tvm\.runtime\.load_module$|\.(dlopen|load_extension|register_custom_ops_library)$/;
/** A library of the system, by its name alone. */
const OF_SYSTEM = /^(lib[\w+-]+\.(so|dylib)[\d.]*|[\w-]+\.dll)$/i;

/** What a call reaches for; `runs` tells that it does so while the source is imported. */
export function reachOf(path: string, call: SyntaxNode, bindings: PythonBindings, runs: boolean): Reach | undefined {
  const args = argumentsOf(call);
  if (LOADS_NATIVE.test(path)) return isOfSystem(path, args, bindings) ? undefined : native(path);
  if (!runs) return undefined;
  return isNetwork(path) ? networkOf(path, call, args, bindings) : filesOf(path, call, args, bindings);
}

const isNetwork = (path: string): boolean => SENDS.test(path) || ASKS.test(path);

function networkOf(
  path: string,
  call: SyntaxNode,
  args: readonly SyntaxNode[],
  bindings: PythonBindings,
): Reach | undefined {
  const said = args.map((one) => bindings.origin(one)).join(' ');
  if (LOOPBACK.test(said + wordsOf(call, bindings))) return undefined;
  // A look-up of this machine's own name goes nowhere.
  if (/^socket\.get/.test(path) && /^\s*(socket\.)?gethostname\(\)\s*$/.test(said)) return undefined;
  if (SENDS.test(path)) return { kind: 'attack', message: `reaches for the network while it is imported: ${path}` };
  const isSent = PRIVATE.test(said) || /\bdata\s*=/.test(wordsOf(call, bindings));
  if (isSent || (args.length > 1 && path.endsWith('urlopen')))
    return { kind: 'attack', message: `sends something while it is imported: ${path}` };
  return { kind: 'shell', message: `downloads something while it is imported: ${path}` };
}

function filesOf(
  path: string,
  call: SyntaxNode,
  args: readonly SyntaxNode[],
  bindings: PythonBindings,
): Reach | undefined {
  const [, method] = WRITING_METHOD.exec(path) ?? [];
  const of = children(call)[0]?.firstChild;
  const target =
    method !== undefined && !/^(extractall|tofile)$/.test(method) && !CHANGES.test(path) && of
      ? [of]
      : COPIES.test(path)
        ? args.slice(1)
        : args;
  if (!CHANGES.test(path) && !COPIES.test(path) && method === undefined && !writes(path, call, args, bindings))
    return undefined;
  const isOutside = target.some((one) => liesOutside(one, bindings));
  return isOutside
    ? { kind: 'attack', message: `changes files outside the model directory while it is imported: ${path}` }
    : undefined;
}

const native = (path: string): Reach => ({ kind: 'native', message: `loads native code: ${path}` });

const wordsOf = (call: SyntaxNode, bindings: PythonBindings): string => {
  const list = call.getChild('ArgList');
  return list === null ? '' : bindings.words(list);
};

function isOfSystem(path: string, args: readonly SyntaxNode[], bindings: PythonBindings): boolean {
  const [first] = args;
  if (first === undefined) return !path.includes('cpp_extension');
  const text = bindings.text(first);
  if (text !== undefined) return OF_SYSTEM.test(text);
  return first.name === 'None' || /\bfind_library\b/.test(bindings.origin(first));
}

/** Whether it opens a file for writing. */
function writes(path: string, call: SyntaxNode, args: readonly SyntaxNode[], bindings: PythonBindings): boolean {
  if (!OPENS.test(path)) return false;
  const words = wordsOf(call, bindings);
  if (/^(os|posix)\./.test(path)) return /O_(WRONLY|RDWR|CREAT|APPEND|TRUNC)/.test(words);
  const [, named] = /\bmode\s*=\s*['"](\w+\+?)['"]/.exec(words) ?? [];
  return WRITING_MODE.test(named ?? bindings.text(args[1]) ?? '');
}

function liesOutside(node: SyntaxNode, bindings: PythonBindings): boolean {
  const text = bindings.text(node);
  if (text !== undefined) return /^(\/|~|[A-Za-z]:[\\/]|\.\.([\\/]|$))/.test(text) && !/^\/(dev|proc)\//.test(text);
  const words = bindings.origin(node);
  if (INSIDE.test(words)) return false;
  return OUTSIDE.test(words) || ABSOLUTE.test(words);
}
