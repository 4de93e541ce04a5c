import type { Remark } from '../remark.js';
import { Interpreter } from './interpreter.js';
import { lineOf } from './line-of.js';
import type { Packages } from './module-paths.js';
import type { Refused } from './node-syntax.js';
import { goalOf, parseScript } from './tree/parse-script.js';
import type { ScriptTree } from './tree/script-tree.js';

/** What there is to say of scripts. */
export interface Interpreted {
  /** By their paths; those of which there is nothing to say are left out. */
  readonly remarks: ReadonlyMap<string, readonly Remark[]>;
  /** Those that are not JavaScript, as far as the parser knows. */
  readonly refused: readonly Refused[];
}

/** What there is to say of scripts that can import each other and run `others`; of `wanted`, also what their functions do. */
export function interpretScripts(
  sources: ReadonlyMap<string, string>,
  wanted: ReadonlySet<string>,
  packages: Packages,
  others: ReadonlySet<string>,
): Interpreted {
  const found = new Map<string, Map<string, Remark>>();
  const trees = new Map<string, ScriptTree>();
  const refused: Refused[] = [];
  const say = (path: string, remark: Remark): void => {
    const remarks = found.get(path) ?? new Map<string, Remark>();
    found.set(path, remarks);
    if (!remarks.has(remark.message)) remarks.set(remark.message, remark);
  };
  const unread = (path: string, why: string): void =>
    say(path, { kind: 'unread', message: `cannot be reviewed: ${why}`, line: 1, column: 1 });
  for (const [path, text] of sources)
    try {
      trees.set(path, parseScript(text, goalOf(path)));
    } catch (error) {
      if (error instanceof SyntaxError) refused.push({ path, text, goal: goalOf(path), ...placeOf(text, error) });
      else if (error instanceof RangeError) unread(path, reasonOf(error));
      else throw error;
    }
  const interpreter: Interpreter = new Interpreter(trees, packages, others, (file, kind, message, offset) => {
    // What a program does that nothing imports is a risk, where it is started.
    const isProgram = kind === 'attack' && !interpreter.isImported && message.includes('while it is imported');
    say(file.path, { kind: isProgram ? 'shell' : kind, message, ...lineOf(file.tree.text, offset) });
  });
  try {
    interpreter.interpret((path) => wanted.has(path));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    for (const path of wanted) unread(path, reasonOf(error));
  }
  if (interpreter.schedule.isGivenUp)
    for (const path of wanted) unread(path, 'too much in it stands for something else');
  const [first] = wanted;
  if (interpreter.schedule.isTired && first !== undefined)
    say(first, { kind: 'shell', message: 'is too much to be followed to its end', line: 1, column: 1 });
  return { remarks: new Map([...found].map(([path, remarks]) => [path, [...remarks.values()]])), refused };
}

/** V8 says of a stack that is full what nobody understands. */
function reasonOf({ message }: RangeError): string {
  return /call stack/i.test(message) ? 'code is nested too deeply' : message;
}

function placeOf(text: string, error: SyntaxError): Pick<Remark, 'line' | 'column'> {
  const offset: unknown = Reflect.get(error, 'pos');
  return lineOf(text, typeof offset === 'number' ? offset : 0);
}
