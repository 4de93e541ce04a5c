/**
 * What a pickle does with an import: `imported` only names it, `made` creates an instance without calling its constructor,
 * `called` calls it, `changed` writes into it (which no honest pickle does).
 */
export type How = 'imported' | 'made' | 'called' | 'changed';

/** An import, and the gravest thing that is done with it. */
export interface Use {
  readonly module: string;
  readonly name: string;
  readonly how: How;
  /** The byte of the instruction, from the beginning of the file (behind its decompression). */
  readonly at: number;
}

/** Stands for module and name where they are not texts of the pickle: computed while loading, so nobody can tell them before. */
export const COMPUTED = '(computed while loading)';
/** Stands for the module of an instruction that names a number of Python's extension registry. */
export const REGISTRY = '(extension registry)';

/** One line for people: `os.system`. */
export function nameOf({ module, name }: Pick<Use, 'module' | 'name'>): string {
  return module === COMPUTED ? 'a name computed while loading' : `${module}.${name}`;
}

/** Distinct uses that are kept; no honest pickle has a hundredth of it. */
const MOST = 20_000;

/** Collects uses, each once for what is done with it. */
export class Uses {
  readonly #found = new Map<string, Use>();
  overflow = false;

  add(use: Use): void {
    const key = `${use.how} ${use.module} ${use.name}`;
    if (this.#found.has(key)) return;
    if (this.#found.size >= MOST) this.overflow = true;
    else this.#found.set(key, use);
  }

  /** In the order of the file; what is called or made is not listed as merely imported as well. */
  all(): Use[] {
    const busy = new Set<string>();
    for (const { how, module, name } of this.#found.values()) if (how !== 'imported') busy.add(`${module} ${name}`);
    return [...this.#found.values()].filter(
      ({ how, module, name }) => how !== 'imported' || !busy.has(`${module} ${name}`),
    );
  }
}
