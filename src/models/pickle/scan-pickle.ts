import { type Instruction, instructionAt, textOf } from './instructions.js';

/** How much of a pickle is looked at; the instructions of a model are a few hundred kilobytes, its tensors are elsewhere. */
export const PICKLE_LIMIT = 8 * 1024 * 1024;

/** What a pickle would import, read from its instructions without running them. */
export interface PickleScan {
  /** `module.name` of everything that it imports, in order, each once. */
  readonly globals: readonly string[];
  /** Bytes up to and with the STOP, or all that were understood. */
  readonly end: number;
  /** An instruction that does not exist, or a cut end. */
  readonly fault?: string;
}

/** Stands among the globals for a name that is not a text of the pickle: it is computed while loading, so nobody can tell it before. */
export const COMPUTED_NAME = 'a name computed while loading';

/** Names that are kept; no honest pickle has a tenth of it. */
const MOST = 100_000;

/** What can lie on the stack: a mark, something whose value does not matter, or (from TEXT on) the place of a text. */
const MARK = 0;
const UNKNOWN = 1;
const TEXT = 2;

/** The stack and the memo of a pickle, with the places of its texts in them: enough to know what STACK_GLOBAL imports. */
class Machine {
  readonly #stack: number[] = [];
  /** By index; 0 where nothing was put. */
  readonly #memo: Uint32Array;
  #memoized = 0;
  /** An index beyond the number of bytes, which no honest pickle has: from there on nobody knows what a GET brings. */
  #isLost = false;

  constructor(bytes: number) {
    this.#memo = new Uint32Array(bytes);
  }

  push(value: number): void {
    this.#stack.push(value);
  }

  get top(): number {
    return this.#stack.at(-1) ?? UNKNOWN;
  }

  take(pops: Instruction['pops']): void {
    if (pops !== 'to-mark') this.#stack.length = Math.max(0, this.#stack.length - pops);
    else while ((this.#stack.pop() ?? MARK) !== MARK);
  }

  /** The two topmost values: what STACK_GLOBAL takes for module and name. */
  pair(): readonly [number, number] {
    return [this.#stack.at(-2) ?? UNKNOWN, this.top];
  }

  /** Without an index as MEMOIZE does it: the next one is the number of values that are there. */
  put(index = this.#memoized): void {
    if (!(index < this.#memo.length)) this.#isLost = true;
    if (this.#memo[index] === 0) this.#memoized += 1;
    this.#memo[index] = Math.max(UNKNOWN, this.top);
  }

  got(index: number): number {
    return this.#isLost ? UNKNOWN : Math.max(UNKNOWN, this.#memo[index] ?? UNKNOWN);
  }
}

/** Walks the instructions of one pickle until STOP, or until the bytes at hand end when `partial`. */
export function scanPickle(bytes: Buffer, partial = false): PickleScan {
  const globals = new Set<string>();
  const machine = new Machine(bytes.length);
  let at = 0;
  const done = (fault?: string): PickleScan => ({
    globals: [...globals],
    end: at,
    ...(fault !== undefined && { fault }),
  });
  const found = (module: string, name: string) => {
    if (globals.size >= MOST) return;
    globals.add(`${module}.${name}`);
    for (const path of pathsIn(name)) if (DANGEROUS.test(path)) globals.add(path);
  };
  const textAt = (value: number): string | undefined => {
    const pushed = value >= TEXT ? instructionAt(bytes, value - TEXT) : undefined;
    return pushed === undefined || pushed === 'cut' ? undefined : textOf(bytes, pushed);
  };
  while (at < bytes.length) {
    const instruction = instructionAt(bytes, at);
    if (instruction === undefined)
      return done(`byte 0x${(bytes[at] ?? 0).toString(16)} is not an instruction of a pickle`);
    if (instruction === 'cut') break;
    const { code, from, to, pops, pushes } = instruction;
    let value = UNKNOWN;
    if (code === 'c' || code === 'i') {
      const [module = '', name = ''] = bytes.toString('utf8', from, to - 1).split('\n');
      found(module, name);
    } else if (code === '\x93') {
      const [module, name] = machine.pair().map(textAt);
      if (module === undefined || name === undefined) globals.add(COMPUTED_NAME);
      else found(module, name);
    } else if (code === '\x94') machine.put();
    else if (PUTS.includes(code)) machine.put(indexOf(bytes, instruction));
    else if (GETS.includes(code)) value = machine.got(indexOf(bytes, instruction));
    else if (code === '2') value = machine.top;
    else if (code === '(') value = MARK;
    else if (TEXTS.includes(code)) value = at + TEXT;
    machine.take(pops);
    if (pushes > 0) machine.push(value);
    at = to;
    if (code === '.') return done();
  }
  return done(partial ? undefined : 'the pickle ends before its STOP');
}

const PUTS = 'pqr';
const GETS = 'ghj';
const TEXTS = 'VSTUX\x8c\x8d';

/** The index of a PUT or GET: a decimal line, one byte or four. */
function indexOf(bytes: Buffer, { code, from, to }: Instruction): number {
  if (code === 'p' || code === 'g') return Number.parseInt(bytes.toString('latin1', from, to - 1), 10);
  return bytes.readUIntLE(from, to - from);
}

/** A dotted name is followed from attribute to attribute: `_os.system` of a module that imports `os` as `_os` is the one of `os`. */
function pathsIn(name: string): string[] {
  const parts = name.split('.', 10).map((part) => part.replace(/^_+/, ''));
  return parts.slice(0, -1).map((_part, index) => parts.slice(index).join('.'));
}

const DANGEROUS =
  /^(os|posix|nt|subprocess|_posixsubprocess|popen2|sys|runpy|pty|socket|shutil|ctypes|importlib|builtins|__builtin__|commands|code|codeop|pdb|webbrowser|asyncio|multiprocessing|cProfile|profile|timeit|trace|bdb|zipimport|ensurepip|site|platform|venv|imp|pkgutil|cgitb|doctest|threading|_thread|http|httplib|urllib|urllib2|ftplib|smtplib|requests|tempfile|pathlib|io|_io|types|inspect|operator|functools|pip|marshal|pickle|_pickle|cPickle)\./;
const HARMLESS =
  /^(builtins|__builtin__)\.(set|frozenset|dict|list|tuple|int|float|bool|str|bytes|bytearray|complex|slice|range|object|long|unicode|print)$|^functools\.partial$|^operator\.(itemgetter|attrgetter)$|^(pathlib\.(Pure)?(Posix|Windows)?Path)$|^types\.(SimpleNamespace)$|^io\.BytesIO$|^_io\.BytesIO$/;

/** Of the names that a pickle imports, those that run commands, load code or touch files and the network, or that it hides. */
export function dangerousGlobals(scan: PickleScan): string[] {
  return scan.globals.filter((name) => name === COMPUTED_NAME || (DANGEROUS.test(name) && !HARMLESS.test(name)));
}
