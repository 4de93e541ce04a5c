/** Without any of these there is nothing to say, and no need to parse. */
export const SUSPECT =
  /\b(os|posix|nt|asyncio|sys|subprocess|pty|popen|exec|eval|compile|__import__|importlib|marshal|ctypes|cffi|socket|pickle|joblib|dill|runpy|code|requests|urllib|http|ftplib|smtplib|paramiko|getattr|methodcaller|attrgetter|cProfile|profile|pdb|bdb|timeit|imp|zipimport|SourceFileLoader|_posixsubprocess|commands|system|check_output|getoutput|globals|locals|vars|modules|_?os|pyximport|shutil|pathlib|Path|pip|doctest|pydoc|pkgutil|partial|yaml|open|dlopen|load_library|load_op_library|load_extension|cpp_extension|spawn|pexpect|__getattribute__|__dict__|f_builtins|_importer|extractall|tofile|trust_remote_code|hub|numexpr|imaplib|webbrowser|__self__|__code__|get_type_hints|eval_str|dictConfig|__globals__|__subclasses__|__builtins__|builtins|environ)\b|\/dev\/tcp|\|\s*(ba)?sh\b|\.ssh\/|\/etc\/|\.(bashrc|profile|bash_profile|zshrc)\b/;

/** What a path of names stands for; the first that matches counts. */
export const PATHS: readonly (readonly [kind: 'shell' | 'review', what: string, path: RegExp])[] = [
  [
    'shell',
    'a shell',
    /^(os|posix|nt)\.(system|popen\w*|exec[lv]\w*|spawn[lv]\w*|posix_spawn\w*|startfile|fork)$|^subprocess\.(getoutput|getstatusoutput)$|^pty\.spawn$|^commands\.\w+$|^asyncio\.create_subprocess_\w+$|\.subprocess_(shell|exec)$|^distutils\.spawn\.spawn$|^pexpect\.(run|runu|spawn)$|^imaplib\.IMAP4_stream$|^webbrowser\.(Generic|Background)Browser$|^ctypes\.(CDLL\(\)|pythonapi|(cdll|windll|pydll)\.\w+)\.(system|popen|exec[lv]\w*|fork|PyRun_\w+|WinExec)$/,
  ],
  ['shell', 'a program', /^subprocess\.(run|call|check_call|check_output|Popen)$/],
  [
    'review',
    'code from text',
    /^(builtins\.)?(exec|eval|compile|__import__)$|^runpy\.\w+|^code\.\w+|^marshal\.loads?$|^importlib\.(import_module|reload|util\.\w+|machinery\.\w+)(\.|$)|^pyximport\.\w+|^doctest\.(testmod|testfile|run_docstring_examples)$|^pip\.(main|_internal\.\S*main)$|^yaml\.unsafe_load(_all)?$|^yaml\.(Unsafe|C?)Loader$/,
  ],
  [
    'review',
    'native code',
    /^ctypes(\.|$)|^numpy\.ctypeslib\.load_library$|^torch\.classes\.load_library$|^cffi(\.|$)|^torch\.ops\.load_library$|^torch\.utils\.cpp_extension/,
  ],
  [
    'review',
    'the network',
    /^(socket|requests|httpx|aiohttp|ftplib|smtplib|telnetlib|paramiko|urllib3)\.\w+|^urllib\.request\.\w+|^http\.client\.\w+/,
  ],
  ['review', 'code from text', /^(cProfile|profile|pdb|bdb)\.run\w*$|^timeit\.(timeit|repeat)$|^_posixsubprocess\.\w+/],
  ['review', 'pickles', /^(pickle|cPickle|_pickle|dill|cloudpickle|joblib|shelve)\.(loads?|Unpickler|open)$/],
  ['review', 'a signal to a process', /^(os|posix)\.(kill|killpg)$/],
  ['review', 'the environment', /^os\.(environ|getenv|putenv)/],
];

/** What turns text into other text that was hidden in it. */
export const DECODERS =
  /\b(base64\.\w+|b64decode|b32decode|b85decode|a85decode|unhexlify|fromhex|zlib\.decompress|gzip\.decompress|bz2\.decompress|lzma\.decompress|decompress|codecs\.decode|marshal\.loads|rot13|urlopen|requests\.get|chr)\b|\[::-1\]/;
/** Commands that run what they download, or open a shell to the network. */
export const SHELL_TEXT =
  /\b(curl|wget)\b[^'"\n]{0,300}\|\s*(sudo\s+)?(ba|z)?sh\b|\/dev\/(tcp|udp)\/|\b(ba)?sh\s+-i\b|\bnc\s+(-\w+\s+)*-e\b/;
/** What runs text as code. */
export const RUNNERS = /^(builtins\.)?(exec|eval|compile)$/;
/** A module of shells, as a text in quotes. */
export const SHELL_MODULE = /^['"](os|posix|nt|subprocess|pty|ctypes)['"]$/;
/** What `from os import *` brings of them. */
export const SHELL_NAMES: Readonly<Record<string, readonly string[]>> = {
  os: ['system', 'popen', 'execv', 'execvp', 'execlp', 'spawnlp', 'fork'],
  posix: ['system', 'popen', 'execv', 'fork'],
  subprocess: ['run', 'call', 'check_call', 'check_output', 'Popen', 'getoutput'],
};
/** A function that runs commands, by its name alone. */
export const SHELL_FUNCTION = /^(system|popen|exec\w*|eval|spawn\w*|Popen|__import__|getoutput|check_output)$/;
/** A method that runs commands, whatever it is a method of. */
export const SHELL_METHOD =
  /\.(system|popen\d?|Popen|getoutput|getstatusoutput|check_output|check_call|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)$/;
/** What handlers call the parts of a request. */
export const REQUEST = /\b(data|request|body|payload|event)\b/;
/** All variables as one value. */
export const WHOLE_ENVIRONMENT =
  /\b(dict|str|repr|list|tuple|set|sorted|join|dumps|urlencode)\(\s*(dict\(\s*)?os\.environ\s*\)/;
/** Ways to a shell past every name that could be looked for, and files that belong to the system. */
export const INSIDES: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "reaches for functions through Python's insides",
    /\bobject\s*\.\s*__subclasses__|\b_*\w+\.f_builtins\b|\b(?:print|len|abs|id|sum|max|min|sorted|repr|iter|next|isinstance|dir|hash|ord|chr|open)\.__self__\b|__init__\s*\.\s*__globals__|__base__\s*\.\s*__subclasses__|__builtins__\s*['"]?\s*\]?\s*\[|\b(builtins|__builtins__)\.__dict__\b|vars\(\s*(__builtins__|builtins|os|posix|subprocess)\s*\)|\b(os|posix|subprocess)\.__dict__\b|\bsys\s*\.\s*modules\s*\[\s*['"](os|posix|subprocess|pty|builtins)['"]/,
  ],
  ['puts other code into a function', /\.__code__[ \t]*=(?!=)/],
  [
    'names a file with which a machine is taken over',
    /\.ssh\/authorized_keys|\.ssh\/id_\w+|\/etc\/(passwd|shadow|sudoers|cron\w*|ld\.so\.preload)\b|\/var\/spool\/cron|(~\/|['"]\/?)\.(bashrc|profile|bash_profile|zshrc)\b|\.aws\/credentials/,
  ],
];
/** Where functions are looked up that run commands. */
export const MODULES_OF_SHELLS = /^(os|posix|nt|subprocess|pty|builtins|__builtins__|sys\.modules|importlib)\b/;

/** What reads code from a file, a connection or the environment. */
export const FROM_ELSEWHERE =
  /\bopen\s*\(|\.\s*(?:read|read_text|read_bytes|readlines|recv)\s*\(|\bos\.environ\b|\bgetenv\s*\(/;
/** What starts programs or runs texts, and is a matter for a reviewer inside a function only. */
export const AT_IMPORT =
  /^(cProfile|profile|pdb|bdb)\.run\w*$|^timeit\.(timeit|repeat)$|^code\.(Interactive\w+|interact)|^_posixsubprocess\.\w+|^pyximport\.\w+|^importlib\.machinery\.\w+_SUFFIXES\.(append|extend|insert)$|^doctest\.\w+$|^pip\.(main|_internal\.\S*main)$|^yaml\.unsafe_load(_all)?$|^yaml\.UnsafeLoader$|^(os|posix)\.(kill|killpg)$/;
/** A call in a text that starts programs, as no message to people has it. */
export const CODE_IN_TEXT =
  /__import__\s{0,8}\(\s{0,8}['"](?:os|posix|nt|subprocess|pty|ctypes|importlib|builtins)\b|(?:^|[@\s.;(])(?:os|posix)\.(?:system|popen)\s{0,8}\(\s{0,8}['"]|(?:^|[@\s.;(])subprocess\.(?:run|call|Popen|check_\w+|getoutput)\s{0,8}\(\s{0,8}[['"]/;
/** A table of `logging.config.dictConfig` that calls what runs commands. */
export const CALLED_BY_TABLE =
  /['"](?:\(\)|class)['"]\s{0,8}:\s{0,8}['"](?:ext:\/\/)?(?:\w+\.)*(?:os|posix|subprocess|pty|builtins)\.\w+['"]/;
/** A text of code that starts programs or opens files. */
export const SHELL_CODE = /\b(system|popen|Popen|subprocess|__import__|exec[lv]\w*|spawn\w*|open|socket|urlopen)\b/;
/** What imports a file by its path, whatever it is called. */
export const LOADERS =
  /^(imp\.load_\w+|(importlib\.(machinery|_bootstrap_external)\.)?(Source\w*|Extension)FileLoader|(importlib\.util\.)?spec_from_file_location|(zipimport\.)?zipimporter)$/;
/** The word by which transformers runs the code of a repository. */
export const TRUSTS = /\btrust_remote_code\b(?!['"]?\s*[=:]\s*False)/;
