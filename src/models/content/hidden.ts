import { glance } from '../pickle/glance.js';
import { judge } from '../pickle/judge.js';
import { type Content, readFully } from './bytes.js';
import type { Findings } from './findings.js';
import { inside } from './place.js';

/** Bytes at the beginning and at the end of any file in which pickles are looked for: behind a picture, a header of its own, an array. */
export const AT_START = 1024 * 1024;
const AT_END = 64 * 1024;
/** As long as the import and the call of a command may be. */
const LONGEST = 64 * 1024;

const MODULES =
  'os|posix|nt|subprocess|_posixsubprocess|builtins|__builtin__|pty|runpy|importlib|sys|code|pdb|bdb|timeit|cProfile|profile|socket|shutil|ctypes|marshal|_?pickle|cPickle|dill|cloudpickle|webbrowser|asyncio|multiprocessing|commands|operator|types|platform|pip|pydoc|distutils|numpy\\.(?:testing|f2py)|torch\\.(?:hub|jit|fx|serialization|utils)|pandas\\.(?:io|eval|core)|joblib';
/** How pickles begin to import one of those: by a line, or by a text with its length in front. */
const IMPORT = new RegExp(
  `(?:[ci]|[\\x8cU][\\x02-\\x40]|X[\\x02-\\x40]\\0\\0\\0)(?:${MODULES})(?:\\.[\\w.]{1,60})?[\\n\\x94q\\x8cUX]`,
  'g',
);

/** Whether bytes may be such an import; it costs little. */
export const mayImport = (text: string): boolean => text.search(IMPORT) >= 0;

/** Says what would be called by pickles that stand anywhere near the beginning or the end of content, where those run commands. */
export async function hiddenPickles(content: Content, findings: Findings, where: string): Promise<void> {
  const { size } = content;
  const parts = [[0, AT_START]];
  if (size !== undefined && size > AT_START) parts.push([Math.max(AT_START, size - AT_END), AT_END]);
  for (const [from = 0, length = 0] of parts) {
    const source = await content.open();
    try {
      await source.skip(from);
      say(await readFully(source, length), from, findings, where);
    } finally {
      await source.close();
    }
  }
}

function say(bytes: Buffer, base: number, findings: Findings, where: string): void {
  for (const { index } of bytes.toString('latin1').matchAll(IMPORT)) {
    const called = glance(bytes.subarray(index, index + LONGEST)).filter(
      (use) => use.how === 'called' && judge(use) === 'dangerous',
    );
    for (const use of called)
      findings.use({ ...use, where: inside(where, `the pickle at byte ${base + index}`), isScript: false });
    if (called.length > 0) return;
  }
}
