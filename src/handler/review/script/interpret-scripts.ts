import type { Remark } from '../remark.js';
import { Interpreter } from './interpreter.js';
import type { Packages } from './module-paths.js';
import { parseScript, type ScriptTree } from './tree/script-tree.js';

/** What there is to say of scripts that can import each other; of `wanted`, also what their functions do. */
export function interpretScripts(
  sources: ReadonlyMap<string, string>,
  wanted: ReadonlySet<string>,
  packages: Packages,
): Map<string, readonly Remark[]> {
  const found = new Map<string, Map<string, Remark>>();
  const trees = new Map<string, ScriptTree>();
  const say = (path: string, remark: Remark): void => {
    const remarks = found.get(path) ?? new Map<string, Remark>();
    found.set(path, remarks);
    if (!remarks.has(remark.message)) remarks.set(remark.message, remark);
  };
  const unread = (path: string, why: string): void =>
    say(path, { kind: 'unread', message: `cannot be reviewed: ${why}`, line: 1, column: 1 });
  for (const [path, text] of sources)
    try {
      trees.set(path, parseScript(text));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unread(path, error.message);
    }
  const interpreter: Interpreter = new Interpreter(trees, packages, (file, kind, message, offset) => {
    // What a program does that nothing imports is a risk, where it is started.
    const isProgram = kind === 'attack' && !interpreter.isImported && message.includes('while it is imported');
    say(file.path, { kind: isProgram ? 'shell' : kind, message, ...placeOf(file.tree.text, offset) });
  });
  try {
    interpreter.interpret((path) => wanted.has(path));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    for (const path of wanted) unread(path, error.message);
  }
  if (interpreter.schedule.isGivenUp)
    for (const path of wanted) unread(path, 'too much in it stands for something else');
  const [first] = wanted;
  if (interpreter.schedule.isTired && first !== undefined)
    say(first, { kind: 'review', message: 'is too much to be followed to its end', line: 1, column: 1 });
  return new Map([...found].map(([path, remarks]) => [path, [...remarks.values()]]));
}

function placeOf(text: string, offset: number): Pick<Remark, 'line' | 'column'> {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
