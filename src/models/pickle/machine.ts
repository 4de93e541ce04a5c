import type { Instruction } from './instructions.js';
import { Stack } from './stack.js';
import { addsByItself, encoded, isBoundMethod, isCode, isOfNumpy, isTypeOfNone, methodOf } from './states.js';
import { textOf } from './texts.js';
import { COMPUTED, type How, REGISTRY, type Uses } from './uses.js';
import {
  Fields,
  hasRoom,
  Imported,
  Items,
  isTellingKey,
  Keeper,
  Made,
  tupleOf,
  type Value,
  weightOf,
} from './values.js';

/** Values of the memo, numbers too; and those whose numbers are far from the others. */
const MOST_MEMOIZED = 1_000_000;
const MOST_FAR = 300_000;
/** Imports of which one object is kept; a pickle with more is given up. */
const MOST_IMPORTS = 20_000;

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
  readonly #stack = new Stack();
  readonly #imports = new Map<string, Imported>();
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
    if (this.#stack.isFull || this.#keeper.isFull || this.#memo.length > MOST_MEMOIZED || this.#far.size > MOST_FAR)
      this.isFull = true;
  }

  /** Whether it had to let go of values: what depends on them cannot be told. */
  get forgot(): boolean {
    return this.#keeper.forgot || this.#stack.forgot;
  }

  push(value: Value): void {
    this.#stack.push(value);
  }

  pop(): Value {
    if (this.#stack.isEmpty) this.isBroken = true;
    return this.#stack.pop();
  }

  get top(): Value {
    return this.#stack.top;
  }

  /** The values above the last mark, and the mark away with them. */
  toMark(): Value[] {
    const values = this.#stack.toMark();
    if (values === undefined) this.isBroken = true;
    return values ?? [];
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
    this.push(tupleOf(items));
  }

  entries(target: Value, keysAndValues: readonly Value[]): void {
    if (target instanceof Imported) this.#use(target, 'changed');
    if (target instanceof Fields)
      for (let at = 0; at + 1 < keysAndValues.length; at += 2)
        this.#entry(target, keysAndValues[at], keysAndValues[at + 1]);
  }

  #entry(fields: Fields, key: Value, value: Value): void {
    if (hasRoom(fields, key) && this.#grow(fields, 64 + weightOf(key) + weightOf(value))) fields.set(key, value);
    else if (typeof key !== 'string' || isTellingKey(key)) fields.isWhole = false;
  }

  /** An object that is on top, or about to be, holds more than before; false where that is too much. */
  #grow(target: Fields | Made, weight: number): boolean {
    return this.#keeper.grow(target, weight) && (target !== this.top || this.#stack.grow(weight));
  }

  /** Something is put into the value. */
  changed(target: Value): void {
    if (target instanceof Imported) this.#use(target, 'changed');
  }

  /** Something is added to the value on top, by its `append`, `extend` or `add`: those may be functions that were built into an instance. */
  added(): void {
    const target = this.top;
    this.changed(target);
    if (target instanceof Made && addsByItself(target)) this.#use(new Imported(COMPUTED, ''), 'called');
  }

  imported(module: Value, name: Value): void {
    const known = typeof module === 'string' && typeof name === 'string';
    const found = known ? this.#importOf(module, name) : new Imported(COMPUTED, '');
    this.#use(found, 'imported');
    this.push(found);
  }

  /** One object for each import, however often it comes. */
  #importOf(module: string, name: string): Imported {
    const key = `${module} ${name}`;
    const found = this.#imports.get(key) ?? new Imported(module, name);
    if (this.#imports.size < MOST_IMPORTS) this.#imports.set(key, found);
    return found;
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
    if (isBoundMethod(callee, args) || isTypeOfNone(callee, args)) {
      this.push(new Made(undefined, args));
      return;
    }
    const method = methodOf(callee, args);
    if (method !== undefined) {
      this.imported(...method);
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
    target.state = this.#grow(target, weightOf(state)) ? state : undefined;
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
