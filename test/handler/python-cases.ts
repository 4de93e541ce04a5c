/** A reference to a Python handler, the archive that it is in, and what is called. */
export interface PythonCase {
  /** `model.handler` of the manifest. */
  readonly handler: string;
  /** Python files by path; an empty one is short for a module whose function `handle` answers. */
  readonly files: Readonly<Record<string, string>>;
  /** The file and the callable in it that answer; `handle` may be left out. Undefined: no worker loads it. */
  readonly calls?: string;
  /** The file that the reference means, where nothing in it can be called or what is called comes from another one. */
  readonly finds?: string;
  /** Servers that do not load it although our worker does, and why. */
  readonly except?: Readonly<Partial<Record<'mms' | 'torchserve', string>>>;
}

const answer = (file: string, name: string): string => `["${file} ${name}"] * len(data or [])`;

/** A module with one function. */
export const functionIn = (file: string, name = 'handle'): string =>
  `def ${name}(data, context):\n    return None if data is None else ${answer(file, name)}\n`;

/** A module with a class that has the methods of a service. */
export const classIn = (file: string, name = 'Service', base = ''): string =>
  `class ${name}${base && `(${base})`}:\n    def initialize(self, context):\n        pass\n\n    def handle(self, data, context):\n        return ${answer(file, `${name}.handle`)}\n`;

const FOLDER_NEEDS_COLON = 'it searches the folder of a reference only where that has a colon';

const HELPER = 'class Helper:\n    pass\n';

/** Which file a reference means. */
export const FILE_CASES: Readonly<Record<string, PythonCase>> = {
  'a module': { handler: 'service:handle', files: { 'service.py': '' }, calls: 'service.py' },
  'a module without a function': { handler: 'service', files: { 'service.py': '' }, calls: 'service.py' },
  'a file': { handler: 'service.py:handle', files: { 'service.py': '' }, calls: 'service.py' },
  'a file without a function': { handler: 'service.py', files: { 'service.py': '' }, calls: 'service.py' },
  'a file from here': { handler: './service.py:handle', files: { 'service.py': '' }, calls: 'service.py' },
  'in a folder': { handler: 'sub/service.py:handle', files: { 'sub/service.py': '' }, calls: 'sub/service.py' },
  'in a folder, as a module': {
    handler: 'sub/service:handle',
    files: { 'sub/service.py': '' },
    calls: 'sub/service.py',
  },
  'in a folder, named without a function': {
    handler: 'sub/service.py',
    files: { 'sub/service.py': '' },
    calls: 'sub/service.py',
    except: { mms: FOLDER_NEEDS_COLON, torchserve: FOLDER_NEEDS_COLON },
  },
  'in the folder and at the top, named without a function': {
    handler: 'sub/service.py',
    files: { 'sub/service.py': '', 'service.py': '' },
    calls: 'service.py',
  },
  'in a folder of a folder': {
    handler: 'a/b/service:handle',
    files: { 'a/b/service.py': '' },
    calls: 'a/b/service.py',
  },
  'only the last segment is at the top': {
    handler: 'sub/service.py:handle',
    files: { 'service.py': '' },
    calls: 'service.py',
  },
  'in the folder and at the top': {
    handler: 'sub/service.py:handle',
    files: { 'sub/service.py': '', 'service.py': '' },
    calls: 'sub/service.py',
  },
  'a folder with a dot in its name': {
    handler: 'v1.2/service:handle',
    files: { 'v1.2/service.py': '' },
    calls: 'v1.2/service.py',
  },
  'a package': { handler: 'service:handle', files: { 'service/__init__.py': '' }, calls: 'service/__init__.py' },
  'a package and a module of one name': {
    handler: 'service:handle',
    files: { 'service/__init__.py': '', 'service.py': '' },
    calls: 'service/__init__.py',
  },
  'a package in a folder and a module at the top': {
    handler: 'sub/service:handle',
    files: { 'sub/service/__init__.py': '', 'service.py': '' },
    calls: 'sub/service/__init__.py',
  },
  'a module beside a folder of its name': {
    handler: 'service:handle',
    files: { 'service/data.py': '', 'service.py': '' },
    calls: 'service.py',
  },
  'a folder without a module of its name': { handler: 'service:handle', files: { 'service/data.py': '' } },
  'a dotted module': { handler: 'pkg.service:handle', files: { 'pkg/service.py': '' }, calls: 'pkg/service.py' },
  'a dotted module in a package': {
    handler: 'pkg.service:handle',
    files: { 'pkg/__init__.py': 'x = 1\n', 'pkg/service.py': '' },
    calls: 'pkg/service.py',
  },
  'a dotted file': { handler: 'pkg.service.py:handle', files: { 'pkg/service.py': '' }, calls: 'pkg/service.py' },
  'a file whose name has a dot': { handler: 'my.service.py:handle', files: { 'my.service.py': '' } },
  'an absolute path': { handler: '/opt/service.py:handle', files: { 'service.py': '' }, calls: 'service.py' },
  'a path that leads out': { handler: '../service.py:handle', files: { 'service.py': '' }, calls: 'service.py' },
  'a folder whose name begins with two dots': {
    handler: '..sub/service:handle',
    files: { '..sub/service.py': '' },
    calls: '..sub/service.py',
  },
  'another case': { handler: 'Service:handle', files: { 'service.py': '' } },
  absent: { handler: 'service:handle', files: { 'other.py': '' } },
  'no module': { handler: ':handle', files: { 'service.py': '' } },
  'a folder alone': { handler: 'sub/', files: { 'sub/service.py': '' } },
  'another language': { handler: 'service.mjs:handle', files: { 'service.py': '' } },
};

/** Which callable of the file is meant. */
export const ENTRY_CASES: Readonly<Record<string, PythonCase>> = {
  'a named function': {
    handler: 'service:predict',
    files: { 'service.py': functionIn('service.py') + functionIn('service.py', 'predict') },
    calls: 'service.py predict',
  },
  'the function handle before a class': {
    handler: 'service',
    files: { 'service.py': classIn('service.py') + functionIn('service.py') },
    calls: 'service.py handle',
  },
  'an empty name': {
    handler: 'service:',
    files: { 'service.py': functionIn('service.py') },
    calls: 'service.py handle',
    except: { mms: 'looks for a function without a name' },
  },
  'an empty name and a class': {
    handler: 'service:',
    files: { 'service.py': classIn('service.py') },
    calls: 'service.py Service.handle',
  },
  'the only class': {
    handler: 'service',
    files: { 'service.py': classIn('service.py') },
    calls: 'service.py Service.handle',
  },
  'the only class although a function was named': {
    handler: 'service:predict',
    files: { 'service.py': classIn('service.py') },
    calls: 'service.py Service.handle',
  },
  'the only class, named itself': {
    handler: 'service:Service',
    files: { 'service.py': classIn('service.py') },
    finds: 'service.py',
  },
  'a second colon belongs to the name': {
    handler: 'service:a:b',
    files: { 'service.py': `${functionIn('service.py', 'b')}${classIn('service.py')}` },
    calls: 'service.py Service.handle',
  },
  'a method is not a function of the module': {
    handler: 'service:Service.handle',
    files: { 'service.py': classIn('service.py') },
    calls: 'service.py Service.handle',
  },
  'an imported function': {
    handler: 'service:handle',
    files: { 'service.py': 'from tools import handle\n', 'tools.py': functionIn('tools.py') },
    finds: 'service.py',
    calls: 'tools.py handle',
  },
  'an imported class does not count': {
    handler: 'service',
    files: { 'service.py': `from tools import Service\n${HELPER}`, 'tools.py': classIn('tools.py') },
    finds: 'service.py',
  },
  'a class whose base is imported': {
    handler: 'service',
    files: { 'service.py': 'import tools\nclass Own(tools.Service):\n    pass\n', 'tools.py': classIn('tools.py') },
    finds: 'service.py',
    calls: 'tools.py Service.handle',
  },
  'two classes': { handler: 'service', files: { 'service.py': classIn('service.py') + HELPER }, finds: 'service.py' },
  'a base class beside it': {
    handler: 'service',
    files: { 'service.py': HELPER + classIn('service.py', 'Service', 'Helper') },
    finds: 'service.py',
  },
  'a class without handle': { handler: 'service', files: { 'service.py': HELPER }, finds: 'service.py' },
  'a value': { handler: 'service:handle', files: { 'service.py': 'handle = 5\n' }, finds: 'service.py' },
  nothing: { handler: 'service:handle', files: { 'service.py': 'x = 5\n' }, finds: 'service.py' },
};

/** The files of a case with their code, and what it answers in full. */
export function spelledOut({ files, calls, ...rest }: PythonCase): PythonCase {
  const full = Object.entries(files).map(([path, code]) => [path, code === '' ? functionIn(path) : code]);
  const answered = calls === undefined || calls.includes(' ') ? calls : `${calls} handle`;
  return { ...rest, files: Object.fromEntries(full), ...(answered !== undefined && { calls: answered }) };
}
