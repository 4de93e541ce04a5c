import type { Instruction } from './instructions.js';
import { encoded, isBoundMethod, isCode } from './states.js';
import { textOf } from './texts.js';
import { COMPUTED, type How, REGISTRY, type Uses } from './uses.js';
import { Fields, Imported, Items, Keeper, MARK, Made, type Value } from './values.js';

/** Values on the stack and in the memo; no honest pickle has a third of it. */
const MOST_VALUES = 2_000_000;

/** Functions that call some of their arguments, and import what others name: which ones. */
const CALLING: Readonly<Record<string, readonly number[]>> = {
  'copyreg._reconstructor': [0, 1],
  'copy_reg._reconstructor': [0, 1],
  'copyreg.__newobj__': [0],
  'copyreg.__newobj_ex__': [0],
  'collections.defaultdict': [0],
  'numpy.random._pickle.__bit_generator_ctor': [0],
  'numpy.random._pickle.__generator_ctor': [0, 1],
  'numpy.random._pickle.__randomstate_ctor': [0, 1],
  'torch._tensor._rebuild_from_type_v2': [0],
  'torch._tensor._rebuild_from_type': [0],
  'pandas.core.indexes.base._new_Index': [0],
  'pandas.core.indexes.datetimes._new_DatetimeIndex': [0],
};
const MAKING = /^(copy_?reg\.|pandas\.)/;
const IMPORTING = /^numpy\.(_core|core)\._ufunc_reconstruct$/;

/** A generator of random numbers is given another one that was made before. */
const isOfNumpy = ({ callee }: Made): boolean => /^numpy\.random\b/.test(callee?.module ?? '');

/** What an instruction does that needs more than its effect on the stack. */
export type Action = (machine: Machine, bytes: Buffer, instruction: Instruction) => void;
export type Actions = Readonly<Record<string, Action>>;

/**
 * Carries a pickle out as far as names go: the stack and the memo hold what is known of each value, and every import and call is
 * written down. Nothing of it is executed.
 */
export class Machine {
  /** Of the values whose bytes are loaded as a file of their own (`torch.storage._load_from_bytes`). */
  readonly embedded: Buffer[] = [];
  /** An array of joblib, whose content follows the instruction that was carried out last. */
  array: Made | undefined;
  isFull = false;
  /** It took a value where there was none: Python ends here with an error. */
  isBroken = false;
  readonly #uses: Uses;
  readonly #actions: Actions;
  readonly #keeper = new Keeper();
  readonly #stack: Value[] = [];
  readonly #memo: Value[] = [];
  readonly #far = new Map<number, Value>();
  #memoized = 0;
  #at = 0;

  constructor(uses: Uses, actions: Actions) {
    this.#uses = uses;
    this.#actions = actions;
  }

  /** Carries one instruction out; `place` is its first byte in the file. `bytes` holds its argument, as far as that is not content. */
  run(bytes: Buffer, instruction: Instruction, place: number): void {
    this.#at = place;
    this.array = undefined;
    const { code, pops, pushes } = instruction;
    const action = this.#actions[code];
    if (action !== undefined) {
      action(this, bytes, instruction);
    } else {
      if (pops === 'to-mark') this.toMark();
      else for (let left = pops; left > 0; left--) this.pop();
      if (pushes > 0) this.push(textOf(bytes, instruction));
    }
    if (this.#stack.length > MOST_VALUES || this.#memo.length + this.#far.size > MOST_VALUES) this.isFull = true;
  }

  push(value: Value): void {
    this.#stack.push(value);
  }

  pop(): Value {
    if (this.#stack.length === 0) this.isBroken = true;
    return this.#stack.pop();
  }

  get top(): Value {
    return this.#stack.at(-1);
  }

  /** The values above the last mark, and the mark away with them. */
  toMark(): Value[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) this.isBroken = true;
    return at < 0 ? this.#stack.splice(0) : this.#stack.splice(at).slice(1);
  }

  /** Without an index as MEMOIZE does it: the next one is the number of values that are there. */
  put(index = this.#memoized): void {
    const isNew = index < this.#memo.length ? !(index in this.#memo) : !this.#far.has(index);
    if (isNew) this.#memoized += 1;
    const value = this.#keeper.memoized(this.top);
    if (index <= this.#memo.length + 1024 && Number.isInteger(index) && index >= 0) this.#memo[index] = value;
    else this.#far.set(index, value);
  }

  got(index: number): Value {
    return index < this.#memo.length ? this.#memo[index] : this.#far.get(index);
  }

  tuple(items: readonly Value[]): void {
    this.push(this.#keeper.tuple(items));
  }

  entries(target: Value, keysAndValues: readonly Value[]): void {
    if (target instanceof Imported) this.#use(target, 'changed');
    if (target instanceof Fields)
      for (let at = 0; at + 1 < keysAndValues.length; at += 2)
        this.#keeper.entry(target, keysAndValues[at], keysAndValues[at + 1]);
  }

  /** Something is put into the value. */
  changed(target: Value): void {
    if (target instanceof Imported) this.#use(target, 'changed');
  }

  imported(module: Value, name: Value): void {
    const known = typeof module === 'string' && typeof name === 'string';
    const found = known ? new Imported(module, name) : new Imported(COMPUTED, '');
    this.#use(found, 'imported');
    this.push(found);
  }

  registered(): void {
    const found = new Imported(REGISTRY, 'code');
    this.#use(found, 'called');
    this.push(found);
  }

  called(callee: Value, args: Value, how: How): void {
    if (!(callee instanceof Imported)) {
      this.#use(new Imported(COMPUTED, ''), 'called');
      this.push(new Made(undefined, args));
      return;
    }
    if (isBoundMethod(callee, args)) {
      this.push(new Made(undefined, args));
      return;
    }
    this.#use(callee, how);
    const name = `${callee.module}.${callee.name}`;
    const items = args instanceof Items ? args.items : undefined;
    if (IMPORTING.test(name)) {
      this.imported(items?.[0], items?.[1]);
      return;
    }
    for (const index of CALLING[name] ?? []) this.#indirect(items, index, MAKING.test(name) ? 'made' : 'called');
    if (name === 'torch.storage._load_from_bytes') this.#embed(items?.[0]);
    const bytes = name === '_codecs.encode' ? encoded(items) : undefined;
    this.push(bytes ?? new Made(callee, args));
  }

  /** BUILD: the state goes into the value on top. */
  built(state: Value): void {
    const target = this.top;
    this.changed(target);
    for (const part of state instanceof Items ? state.items : [state])
      if (part instanceof Fields)
        for (const [key, value] of part.entries)
          if (/^__\w+__$/.test(key) && value instanceof Imported) this.#use(value, 'changed');
    if (!(target instanceof Made)) return;
    if (isCode(target, state)) this.#use(target.callee ?? new Imported(COMPUTED, ''), 'changed');
    target.state = state;
    if (target.callee?.module === 'joblib.numpy_pickle' && target.callee.name === 'NumpyArrayWrapper')
      this.array = target;
  }

  #indirect(items: readonly Value[] | undefined, index: number, how: How): void {
    if (items === undefined) this.#use(new Imported(COMPUTED, ''), 'called');
    const value = items?.[index];
    if (value instanceof Imported) this.#use(value, how);
    else if (
      items !== undefined &&
      index < items.length &&
      typeof value !== 'string' &&
      value !== null &&
      !(value instanceof Made && isOfNumpy(value))
    )
      this.#use(new Imported(COMPUTED, ''), 'called');
  }

  #embed(value: Value): void {
    if (Buffer.isBuffer(value)) this.embedded.push(value);
    else this.#use(new Imported(COMPUTED, ''), 'called');
  }

  #use({ module, name }: Imported, how: How): void {
    this.#uses.add({ module, name, how, at: this.#at });
  }
}
