import type { RemarkKind } from '../remark.js';
import { callValue } from './calls/calls.js';
import { isWorth, nameOf, nodeModule, packageWay } from './calls/node-paths.js';
import { evaluateExpression } from './expressions.js';
import { Frames, partsOf, placeOf } from './frames.js';
import type { Machine } from './machine.js';
import { filesOf, type Packages } from './module-paths.js';
import { Names } from './names.js';
import { isScript } from './node-syntax.js';
import { isRun, runsUnread } from './other-files.js';
import { Schedule } from './schedule.js';
import { giveNames, scriptFile } from './script-file.js';
import { bindParameters, nameItself, visitStatement } from './statements.js';
import { parseScript } from './tree/parse-script.js';
import type { ScriptTree } from './tree/script-tree.js';
import { path, pathsOf } from './values/value-sets.js';
import type { Arguments, Cell, Code, Frame, ScriptFile, Site, Task, Value } from './values/values.js';
import { NOTHING, Thing } from './values/values.js';

/** Expressions are looked at that are nested so deep. */
const DEEPEST = 900;
/** Calls in calls, as of what is bound to what is bound. */
const DEEPEST_CALL = 8;
/** Texts that are run as code, and their characters. */
const MOST_RUN = 100;
const LONGEST_RUN = 20_000;

/** Who is told what is found. */
export type Say = (file: ScriptFile, kind: RemarkKind, message: string, offset: number) => void;

/**
 * Goes through scripts that can import each other as Node would run them, with sets of what each expression may be in place of values:
 * first what happens while they are imported, then what may happen in their functions.
 */
export class Interpreter implements Machine {
  isSole = true;
  /** Whether what is looked at is imported by a script of the archive's own: packages bring programs that nothing imports. */
  isImported = true;
  readonly #say: Say;
  readonly #files = new Map<string, ScriptFile>();
  readonly #packages: Packages;
  /** Files of the archive that are not named as scripts. */
  readonly #others: ReadonlySet<string>;
  readonly #names = new Names();
  readonly #texts = new Map<string, ScriptFile>();
  /** What is left to be run, and whether it was too much. */
  readonly schedule = new Schedule();
  readonly #frames = new Frames();
  readonly #later = new Map<string, Task>();
  readonly #functions: Thing[] = [];
  readonly #started = new Set<ScriptFile>();
  #depth = 0;
  #calls = 0;

  constructor(trees: ReadonlyMap<string, ScriptTree>, packages: Packages, others: ReadonlySet<string>, say: Say) {
    this.#say = say;
    this.#others = others;
    this.#packages = packages;
    for (const [way, tree] of trees) this.#files.set(way, this.#fileOf(way, tree));
  }

  get isAtImport(): boolean {
    return this.schedule.isAtImport;
  }

  /** Looks at everything; `wanted` are the scripts whose functions are looked at even where nothing calls them. */
  interpret(wanted: (way: string) => boolean): void {
    const files = [...this.#files.values()];
    const own = files.filter(({ path: way }) => !/(^|\/)node_modules\//.test(way));
    for (const file of own.length > 0 ? own : files) this.#start(file);
    this.#work();
    this.isImported = false;
    for (const file of files) this.#start(file);
    this.#work();
    this.schedule.isAtImport = false;
    for (const task of this.#later.values()) this.schedule.enqueue(task);
    this.#work();
    // Functions make functions: the list grows while it is gone through.
    for (const thing of this.#functions) {
      const { code } = thing;
      if (code?.frame === undefined || thing.frames.size > 0 || thing.isClass || !wanted(code.file.path)) continue;
      this.enter(code, thing, { frame: code.frame, node: code.node }, NOTHING, { list: [], rest: NOTHING });
      this.#work();
    }
  }

  read(cell: Cell): Value {
    return this.schedule.read(cell);
  }

  write(cell: Cell, value: Value): void {
    this.schedule.write(cell, value);
  }

  evaluate(node: number, frame: Frame): Value {
    return this.#deeper(() => evaluateExpression(this, node, frame)) ?? NOTHING;
  }

  visit(node: number, frame: Frame): void {
    this.#deeper(() => visitStatement(this, node, frame));
  }

  #deeper<T>(look: () => T): T | undefined {
    if (this.#depth > DEEPEST) this.schedule.isGivenUp = true;
    if (!this.schedule.step()) return undefined;
    this.#depth += 1;
    const found = look();
    this.#depth -= 1;
    return found;
  }

  postpone(node: number, frame: Frame): void {
    const key = `${frame.id} ${node}`;
    if (!this.#later.has(key)) this.#later.set(key, { frame, node, isQueued: false, runs: 0 });
  }

  call(callee: Value, self: Value, args: Arguments, site: Site, isNew = false): Value {
    if (this.#calls > DEEPEST_CALL && pathsOf(callee).some((way) => /^(child_process|vm)\./.test(way)))
      this.schedule.isGivenUp = true;
    if (!this.schedule.step() || this.#calls > DEEPEST_CALL) return NOTHING;
    this.#calls += 1;
    const value = callValue(this, callee, self, args, site, isNew);
    this.#calls -= 1;
    return value;
  }

  enter(code: Code, called: Thing, site: Site, self: Value, args: Arguments): Frame {
    const { frame, isNew } = this.#frames.of(code, called, site, this.isAtImport && !this.schedule.isMuch);
    if (isNew) nameItself(this, frame, called);
    this.write(frame.self, self);
    for (const [index, value] of args.list.entries()) if (index < 64) this.write(frame.arg(index), value);
    this.write(frame.rest, args.rest);
    const isCertain = this.isSole && site.frame.isCertain;
    this.#begin(frame);
    if (isCertain && !frame.isCertain) {
      frame.isCertain = true;
      for (const task of frame.tasks ?? []) if (task.runs > 0) this.schedule.enqueue(task);
    }
    return frame;
  }

  lookUp(name: string, frame: Frame): Value {
    const cell = this.#names.declared(name, frame);
    if (cell !== undefined) return this.read(cell);
    const known = this.read(this.global(name));
    const way = nameOf(name);
    if (!isWorth(way)) return known;
    return known.length === 0 ? [path(way)] : [...known, path(way)];
  }

  cellOf(name: string, frame: Frame): Cell {
    return this.#names.declared(name, frame) ?? this.global(name);
  }

  global(name: string): Cell {
    return this.#names.global(name);
  }

  thingAt({ frame, node }: Site, make = () => new Thing(), role?: string): Thing {
    const key = role === undefined ? node : `${role} ${node}`;
    const known = frame.things.get(key);
    if (known !== undefined) return known;
    const made = make();
    frame.things.set(key, made);
    if (made.code !== undefined) this.#functions.push(made);
    return made;
  }

  moduleOf(name: string, site: Site): Value {
    const node = nodeModule(name);
    if (node !== undefined) return [path(node)];
    const found: Value[] = [];
    const importer = site.frame.file.path;
    for (const way of filesOf(name, importer, this.#others, this.#packages))
      if (isRun(way, false)) this.say('unread', runsUnread(way), site);
    for (const way of filesOf(name, importer, this.#files, this.#packages)) {
      const file = this.#files.get(way);
      if (file === undefined) continue;
      this.#start(file);
      found.push(this.read(file.module.cell('exports')));
    }
    if (found.length > 0) return found.flat();
    return /^[@\w]/.test(name) ? [path(packageWay(name))] : NOTHING;
  }

  runText(content: string, site: Site, isFunction: boolean): Value {
    const { frame } = site;
    const key = `${isFunction} ${frame.id} ${content}`;
    let file = this.#texts.get(key);
    if (file === undefined) {
      if (content.length > LONGEST_RUN || this.#texts.size >= MOST_RUN) return NOTHING;
      try {
        file = { ...this.#fileOf(frame.file.path, parseScript(content)), runBy: frame.file.runBy ?? site };
      } catch (error) {
        if (error instanceof RangeError || isScript(content)) this.schedule.isGivenUp = true;
        return NOTHING;
      }
      this.#texts.set(key, file);
    }
    const code: Code = { file, node: 0, frame: isFunction ? undefined : frame, owner: undefined };
    const thing = this.thingAt(site, () => new Thing(code), `text ${key}`);
    return this.read(this.enter(code, thing, site, NOTHING, { list: [], rest: NOTHING }).returned);
  }

  say(kind: RemarkKind, message: string, { frame, node }: Site): void {
    const at = frame.file.runBy ?? { frame, node };
    const { file } = at.frame;
    this.#say(file, kind, message, placeOf(file.tree, at.node));
  }

  #fileOf(way: string, tree: ScriptTree): ScriptFile {
    const file = scriptFile(way, tree, this.#frames.nodes);
    this.#frames.nodes += tree.size;
    this.schedule.allow(tree.size);
    return file;
  }

  /** Runs a script as Node does: what CommonJS gives it are names of its own. */
  #start(file: ScriptFile): void {
    if (this.#started.has(file)) return;
    this.#started.add(file);
    const frame = this.#frames.ofScript({ file, node: 0, frame: undefined, owner: undefined });
    giveNames(frame);
    frame.isCertain = true;
    this.#begin(frame);
  }

  /** Runs what a function consists of, once; later what has to be run again. */
  #begin(frame: Frame): void {
    if (frame.tasks !== undefined) return;
    frame.tasks = partsOf(frame).map((node) => ({ frame, node, isQueued: false, runs: 0 }));
    for (const task of frame.tasks) this.schedule.enqueue(task);
  }

  #work(): void {
    this.schedule.work((task) => this.#runPart(task));
  }

  #runPart({ frame, node }: Task): void {
    const { tree } = frame.file;
    if (tree.name(node) === 'ParamList') bindParameters(this, node, frame);
    else if (tree.parent(node) === frame.node && /^(ArrowFunction|PropertyDeclaration)$/.test(tree.name(frame.node)))
      this.write(frame.returned, this.evaluate(node, frame));
    else if (tree.name(node) === 'ExpressionStatement' && frame.file.runBy !== undefined && frame.node === 0) {
      const inner = tree.first(node);
      if (inner !== undefined) this.write(frame.returned, this.evaluate(inner, frame));
    } else this.visit(node, frame);
  }
}
