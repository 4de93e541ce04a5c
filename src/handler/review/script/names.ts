import type { Frame } from './values/values.js';
import { Cell } from './values/values.js';

/** What names stand for: those that functions declare, and those that all scripts share. */
export class Names {
  readonly #globals = new Map<string, Cell>();

  /** A name of every script: a property of `globalThis`. */
  global(name: string): Cell {
    const known = this.#globals.get(name);
    if (known !== undefined) return known;
    const cell = new Cell();
    this.#globals.set(name, cell);
    return cell;
  }

  /** The cell of a name that is declared around a frame. */
  declared(name: string, frame: Frame): Cell | undefined {
    for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
      const known = at.cells.get(name);
      if (known !== undefined) return known;
      if (at.file.scopes.names.get(at.node)?.has(name) !== true) continue;
      const cell = new Cell();
      at.cells.set(name, cell);
      return cell;
    }
    return undefined;
  }
}
