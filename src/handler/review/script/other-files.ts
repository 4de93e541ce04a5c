import type { Remark } from '../remark.js';
import { lineOf } from './line-of.js';
import { filesOf, type Packages } from './module-paths.js';

/** What Node does not run as a script, however it is imported. */
const NEVER_RUN = /\.(?:json|node|wasm|css|s[ac]ss|less|svg|png|html?)$|\.d\.[mc]?ts$/i;
/** Names of modules that are written out. */
const NAMED = /\b(from|import|require)\b\s{0,20}\(?\s{0,20}(['"`])([^'"`\n]{1,300})\2/g;
/** Node takes the types out of these, but not in packages, where only `require` of Node 20 runs them, as they are. */
const TYPED_IN_PACKAGE = /(?:^|\/)node_modules\/.*\.[mc]?ts$/i;

/** Of the other files of an archive those that Node may run. */
export function mayRun(paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].filter((path) => !NEVER_RUN.test(path)));
}

/** That a file is run whose name is not that of a script, such as `helper` or, by later versions of Node, `helper.ts`. */
export const runsUnread = (path: string): string => `runs ${path}, which is not named as a script and is not reviewed`;

/** Whether it is run where it is imported, or, with `isRequired`, required. */
export const isRun = (path: string, isRequired: boolean): boolean => isRequired || !TYPED_IN_PACKAGE.test(path);

/** Where a script names such a file. */
export function importsOfOthers(path: string, text: string, others: ReadonlySet<string>, packages: Packages): Remark[] {
  if (others.size === 0) return [];
  const found = new Map<string, Remark>();
  for (const { index, 1: word, 3: name = '' } of text.matchAll(NAMED))
    for (const other of filesOf(name, path, others, packages)) {
      if (!isRun(other, word === 'require')) continue;
      const message = runsUnread(other);
      if (!found.has(message)) found.set(message, { kind: 'unread', message, ...lineOf(text, index) });
    }
  return [...found.values()];
}
