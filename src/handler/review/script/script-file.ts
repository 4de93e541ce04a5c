import { posix } from 'node:path';
import { MODEL } from './module-paths.js';
import { scopesOf } from './tree/script-scopes.js';
import type { ScriptTree } from './tree/script-tree.js';
import { join, path, text } from './values/value-sets.js';
import type { Frame, ScriptFile } from './values/values.js';
import { Cell, Thing } from './values/values.js';

/** A script as it is before it runs; `base` is how many nodes other scripts have. */
export function scriptFile(way: string, tree: ScriptTree, base: number): ScriptFile {
  const exports = new Thing();
  const module = new Thing();
  module.cell('exports').value.push(exports);
  module.links.value.push(path('module'));
  return { path: way, tree, scopes: scopesOf(tree), base, exports, module };
}

/** Gives a script what it has from CommonJS, but for names that it declares itself. */
export function giveNames({ file, cells, self }: Frame): void {
  const way = `${MODEL}/${file.path}`;
  const given = [
    ['module', file.module],
    ['__filename', text(way)],
    ['__dirname', text(posix.dirname(way))],
  ] as const;
  const isOwn = (name: string): boolean => file.scopes.names.get(0)?.has(name) === true;
  for (const [name, value] of given) {
    if (isOwn(name)) continue;
    const cell = new Cell();
    cell.value.push(value);
    cells.set(name, cell);
  }
  if (!isOwn('exports')) cells.set('exports', file.module.cell('exports'));
  join(self.value, [file.exports]);
}
