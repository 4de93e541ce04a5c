/** How much of a pickle is looked at; the instructions of a model are a few hundred kilobytes, its tensors are elsewhere. */
export const PICKLE_LIMIT = 8 * 1024 * 1024;

/** What a pickle would import and whether it calls something, read from its instructions without running them. */
export interface PickleScan {
  /** `module.name` of everything that it imports, in order, each once. */
  readonly globals: readonly string[];
  /** Bytes up to and with the STOP, or all there are. */
  readonly end: number;
  /** An instruction that does not exist, or a cut end. */
  readonly fault?: string;
}

/** Bytes of argument per opcode; the list follows Python's pickletools. */
const FIXED: Readonly<Record<string, number>> = {
  J: 4,
  K: 1,
  M: 2,
  G: 8,
  h: 1,
  j: 4,
  q: 1,
  r: 4,
  '\x80': 1,
  '\x82': 1,
  '\x83': 2,
  '\x84': 4,
  '\x95': 8,
};
const PREFIXED: Readonly<Record<string, number>> = {
  T: 4,
  U: 1,
  B: 4,
  C: 1,
  X: 4,
  '\x8a': 1,
  '\x8b': 4,
  '\x8c': 1,
  '\x8d': 8,
  '\x8e': 8,
  '\x96': 8,
};
const LINES: Readonly<Record<string, number>> = { I: 1, L: 1, S: 1, V: 1, F: 1, g: 1, p: 1, P: 1, c: 2, i: 2 };
const BARE = new Set('N]ael)td}su0(21RboQ\x88\x89\x85\x86\x87\x8f\x90\x91\x94\x93\x81\x92\x97\x98');
const TEXTS = new Set(['V', 'S', 'T', 'U', 'X', '\x8c', '\x8d']);

/** Texts that are remembered for STACK_GLOBAL. */
const RECENT = 8;

/** Names and texts that are kept; no honest pickle has a tenth of it. */
const MOST = 100_000;

/**
 * What STACK_GLOBAL may import: the two last texts. Where something was taken from the stack before, any two of the last
 * texts, because only running it would tell which.
 */
function stackGlobals(recent: readonly string[], popped: boolean): string[] {
  if (!popped) return [recent.slice(-2).join('.')];
  return recent.flatMap((module, index) => recent.slice(index + 1).map((name) => `${module}.${name}`));
}

/** Walks the instructions of one pickle until STOP, or until the bytes at hand end when `partial`. */
export function scanPickle(bytes: Buffer, partial = false): PickleScan {
  const globals = new Set<string>();
  const recent: string[] = [];
  const memo = new Map<number, string>();
  let memoized = 0;
  let popped = false;
  let last: string | undefined;
  let at = 0;
  const done = (fault?: string): PickleScan => ({
    globals: [...globals],
    end: at,
    ...(fault !== undefined && { fault }),
  });
  const found = (name: string) => void (globals.size < MOST && globals.add(name));
  const remember = (index: number, text: string | undefined) => {
    if (text !== undefined && memo.size < MOST) memo.set(index, text);
  };
  const cut = () => done(partial ? undefined : 'the pickle ends before its STOP');
  while (at < bytes.length) {
    const code = String.fromCharCode(bytes[at++] ?? 0);
    if (code === '.') return done();
    const lines = LINES[code];
    const prefix = PREFIXED[code];
    const fixed = FIXED[code];
    let text: string | undefined;
    if (lines !== undefined) {
      const parts: string[] = [];
      for (let left = lines; left > 0; left--) {
        const end = bytes.indexOf(10, at);
        if (end < 0) return cut();
        parts.push(bytes.toString('utf8', at, end));
        at = end + 1;
      }
      if (lines === 2) found(parts.join('.'));
      else if (TEXTS.has(code)) text = (parts[0] ?? '').replace(/^(['"])(.*)\1$/, '$2');
      if (code === 'p') remember(Number(parts[0]), last);
      if (code === 'g') text = memo.get(Number(parts[0]));
    } else if (prefix !== undefined) {
      if (at + prefix > bytes.length) return cut();
      const length = prefix === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, prefix);
      at += prefix;
      if (at + length > bytes.length) return cut();
      if (TEXTS.has(code)) text = bytes.toString('utf8', at, at + Math.min(length, 1000));
      at += length;
    } else if (fixed !== undefined) {
      if (at + fixed > bytes.length) return cut();
      const index =
        code === 'q' || code === 'h' ? bytes[at] : code === 'r' || code === 'j' ? bytes.readUInt32LE(at) : undefined;
      if (index !== undefined && (code === 'q' || code === 'r')) remember(index, last);
      if (index !== undefined && (code === 'h' || code === 'j')) text = memo.get(index);
      at += fixed;
    } else if (code === '\x93') for (const name of stackGlobals(recent, popped)) found(name);
    else if (code === '\x94') remember(memoized++, last);
    else if (!BARE.has(code))
      return done(`byte 0x${(bytes[at - 1] ?? 0).toString(16)} is not an instruction of a pickle`);
    if (code === '0' || code === '1' || code === '2') popped = true;
    if (text !== undefined) recent.push(text);
    if (recent.length > RECENT) recent.shift();
    if (code !== 'p' && code !== 'q' && code !== 'r' && code !== '\x94') last = text;
  }
  return cut();
}

const DANGEROUS =
  /^(os|posix|nt|subprocess|sys|runpy|pty|socket|shutil|ctypes|importlib|builtins|__builtin__|commands|code|codeop|pdb|webbrowser|asyncio|multiprocessing|cProfile|profile|timeit|trace|bdb|zipimport|ensurepip|site|platform|venv|imp|pkgutil|cgitb|doctest|threading|http|urllib|requests|tempfile|pathlib|io|_io|types|inspect|operator|functools|pip|marshal)\./;
const HARMLESS =
  /^(builtins|__builtin__)\.(set|frozenset|dict|list|tuple|int|float|bool|str|bytes|bytearray|complex|slice|range|object|long|unicode|print)$|^functools\.partial$|^operator\.(itemgetter|attrgetter)$|^(pathlib\.(Pure)?(Posix|Windows)?Path)$|^types\.(SimpleNamespace)$|^io\.BytesIO$|^_io\.BytesIO$/;

/** Of the names that a pickle imports, those that run commands, load code or touch files and the network. */
export function dangerousGlobals(scan: PickleScan): string[] {
  return scan.globals.filter((name) => DANGEROUS.test(name) && !HARMLESS.test(name));
}
