/** Top-level modules of the Python 3 standard library, private ones apart (`sys.stdlib_module_names` of 3.8 to 3.13). */
export const PYTHON3_MODULES: ReadonlySet<string> = new Set(
  `__future__ _thread abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit
    audioop base64 bdb binascii binhex bisect builtins bz2 cProfile calendar cgi cgitb
    chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib
    contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib
    dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput
    fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp
    gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect
    io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap
    marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt
    ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools
    pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
    py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource
    rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd
    smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
    string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib
    tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace
    traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid
    venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp
    zipfile zipimport zlib zoneinfo`.split(/\s+/),
);

/** Modules of Python 2 that are gone from Python 3, with what took their place. */
export const PYTHON2_MODULES: ReadonlyMap<string, string> = new Map([
  ['BaseHTTPServer', 'http.server'],
  ['ConfigParser', 'configparser'],
  ['Cookie', 'http.cookies'],
  ['HTMLParser', 'html.parser'],
  ['Queue', 'queue'],
  ['SimpleHTTPServer', 'http.server'],
  ['SocketServer', 'socketserver'],
  ['StringIO', 'io'],
  ['Tkinter', 'tkinter'],
  ['UserDict', 'collections'],
  ['__builtin__', 'builtins'],
  ['anydbm', 'dbm'],
  ['cPickle', 'pickle'],
  ['cStringIO', 'io'],
  ['commands', 'subprocess'],
  ['cookielib', 'http.cookiejar'],
  ['copy_reg', 'copyreg'],
  ['httplib', 'http.client'],
  ['md5', 'hashlib'],
  ['sets', 'the built-in set'],
  ['sha', 'hashlib'],
  ['thread', '_thread'],
  ['urllib2', 'urllib.request'],
  ['urlparse', 'urllib.parse'],
  ['xmlrpclib', 'xmlrpc.client'],
]);

/** Import names whose distribution on PyPI has another name. */
export const DISTRIBUTIONS: ReadonlyMap<string, string> = new Map([
  ['PIL', 'pillow'],
  ['bs4', 'beautifulsoup4'],
  ['attr', 'attrs'],
  ['cv2', 'opencv-python'],
  ['dotenv', 'python-dotenv'],
  ['faiss', 'faiss-cpu'],
  ['fitz', 'pymupdf'],
  ['jwt', 'pyjwt'],
  ['dateutil', 'python-dateutil'],
  ['google', 'protobuf'],
  ['onnxruntime', 'onnxruntime'],
  ['skimage', 'scikit-image'],
  ['sklearn', 'scikit-learn'],
  ['yaml', 'pyyaml'],
]);
