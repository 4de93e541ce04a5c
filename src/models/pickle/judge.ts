import { MarError } from '#errors/mar-error.js';
import { isOnTheList } from './allowed.js';
import { COMPUTED, nameOf, REGISTRY, type Use } from './uses.js';

/** What a use of an import comes to: on the list, known to run commands or hidden on purpose, or neither. */
export type Judgement = 'allowed' | 'dangerous' | 'unlisted';

/** A user's own additions to the list, each with whether it ever mattered. */
export class AllowList {
  readonly #entries: readonly { readonly text: string; readonly matches: (use: Use) => boolean }[];
  readonly #used = new Set<string>();

  /** Texts as `nets.Net` or `nets.*`; throws `ERR_ALLOW_ENTRY` for what no import is called, or for what is known to run commands. */
  constructor(texts: readonly string[] = []) {
    this.#entries = texts.map(readEntry);
  }

  holds(use: Use): boolean {
    const found = this.#entries.filter(({ matches }) => matches(use));
    for (const { text } of found) this.#used.add(text);
    return found.length > 0;
  }

  /** Entries that no pickle needed. */
  get unused(): string[] {
    return this.#entries.map(({ text }) => text).filter((text) => !this.#used.has(text));
  }
}

const NOTHING = new AllowList();

/** Judges one use; a user's list adds to ours, but takes nothing from what is dangerous. */
export function judge(use: Use, allowed: AllowList = NOTHING, isScript = false): Judgement {
  if (use.module === COMPUTED || use.module === REGISTRY || use.how === 'changed') return 'dangerous';
  if (isOnTheList(use.module, use.name, use.how, isScript)) return 'allowed';
  if (isDangerous(use.module, use.name)) return 'dangerous';
  return allowed.holds(use) ? 'allowed' : 'unlisted';
}

/** Whether it says enough by itself where nobody knows that the bytes are a pickle. */
export const isTelling = (use: Use): boolean =>
  judge(use) === 'dangerous' &&
  /^\w/.test(use.module) &&
  // In lists of names two lines look like an import; `ollections` and `torch._utils` behind a `c` call nothing.
  (use.how !== 'imported' || isDangerous(use.module, use.name.split('.').at(-1) ?? ''));

/** A dotted name is followed from attribute to attribute: `_os.system` of a module that imports `os` as `_os` is the one of `os`. */
function isDangerous(module: string, name: string): boolean {
  if (DANGEROUS.test(`${module}.`) || GADGETS.test(`${module}.${name}`)) return true;
  const parts = name.split('.', 10).map((part) => part.replace(/^_+/, ''));
  return parts.slice(0, -1).some((_part, index) => DANGEROUS.test(`${parts.slice(index).join('.')}.`));
}

/** Modules none of whose functions belongs into a model. */
const DANGEROUS =
  /^(os|posix|nt|posixpath|ntpath|subprocess|_posixsubprocess|popen2|sys|runpy|pty|socket|_socket|socketserver|ssl|shutil|ctypes|_ctypes|cffi|importlib|_frozen_importlib|_frozen_importlib_external|imp|_imp|builtins|__builtin__|commands|code|codeop|pdb|bdb|webbrowser|antigravity|asyncio|_asyncio|multiprocessing|concurrent|cProfile|profile|_lsprof|timeit|trace|zipimport|zipapp|ensurepip|site|platform|venv|pkgutil|pydoc|pydoc_data|idlelib|lib2to3|distutils|setuptools|pkg_resources|cgitb|cgi|doctest|unittest|threading|_thread|sched|signal|faulthandler|atexit|gc|http|httplib|urllib|urllib2|urllib3|ftplib|smtplib|telnetlib|nntplib|poplib|imaplib|xmlrpc|wsgiref|requests|aiohttp|httpx|paramiko|fabric|tempfile|io|_io|_pyio|fileinput|mmap|fcntl|resource|types|inspect|operator|_operator|pip|marshal|pickle|_pickle|cPickle|pickletools|shelve|dbm|sqlite3|_sqlite3|ast|compileall|py_compile|symtable|tkinter|turtle|readline|rlcompleter|cmd|getpass|logging\.config|linecache|dill|cloudpickle|jsonpickle|torch\.(hub|package|jit|fx|multiprocessing|distributed|serialization|utils|_dynamo|_inductor|testing|cuda|ops|_ops|library)|numpy\.(testing|f2py|distutils|ctypeslib|lib\.npyio|lib\._npyio_impl)|sklearn\.(externals|datasets)|pandas\.(io|core\.computation|eval)|jinja2|mako|IPython|nbformat|pyspark|psutil|pexpect|sh|plumbum|invoke|gevent|eventlet|twisted|winreg|msvcrt|_winapi)\./;
const GADGETS =
  /^(torch\.(load|compile|save|from_file)|joblib(\.\w+)*\.(load|read_\w+|Memory|Parallel|wrap_non_picklable_objects)|numpy\.(load|loadtxt|fromfile|genfromtxt|save\w*|memmap|DataSource|source)|pandas\.(read_\w+|eval)|random\._os|uuid\._\w+|logging\.(os|sys|FileHandler|fileConfig)|\w+(\.\w+)*\.(system|popen|Popen|exec|eval|execfile|__import__|check_output|getoutput|spawn\w*))$/;

const ENTRY = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\.([A-Za-z_]\w*|\*)$/;

function readEntry(text: string): { text: string; matches: (use: Use) => boolean } {
  const refuse = (why: string): never => {
    throw new MarError(`the allow list has '${text}', ${why}`, {
      code: 'ERR_ALLOW_ENTRY',
      hint: 'name a class or function as the pickle does (nets.Net), or all of a module (nets.*)',
    });
  };
  if (!ENTRY.test(text)) refuse('which is not the name of anything that can be imported');
  const [, module = '', last = ''] = /^(.*)\.([^.]+)$/.exec(text) ?? [];
  if (isDangerous(module, last === '*' ? '' : last)) refuse('which is known to run commands or load code');
  if (last !== '*') return { text, matches: (use) => nameOf(use) === text };
  return {
    text,
    matches: ({ module: found, name }) => !name.includes('.') && (found === module || found.startsWith(`${module}.`)),
  };
}
