import type { Archive } from '#archive/archive.js';
import { PYTHON3_MODULES } from '#handler/python/stdlib.js';
import type { Use } from '#models/pickle/uses.js';
import { reviewCode } from './code.js';

const LARGEST = 1024 * 1024;
/** Classes that inherit from each other, in a circle perhaps. */
const DEEPEST = 8;
/** Classes that a class of data or a part of a network inherits from, and decorators, by their whole names. */
const KNOWN =
  /^(?:torch\.nn\.(?:modules\.module\.)?Module|enum\.(?:Enum|IntEnum|StrEnum|Flag|IntFlag|unique)|typing\.(?:NamedTuple|TypedDict)|abc\.(?:ABC|ABCMeta)|sklearn\.base\.(?:BaseEstimator|[A-Z]\w+Mixin)|dataclasses\.dataclass|collections\.namedtuple)$/;
const BUILT_IN = /^(?:object|dict|list|tuple|str|int|float|Exception)$/;
const ENUM = /^enum\.(?:Enum|IntEnum|StrEnum|Flag|IntFlag)$/;
/** The modules that those are from. */
const ROOTS = ['torch', 'enum', 'typing', 'abc', 'sklearn', 'dataclasses', 'collections'];
/** Methods that nothing calls while a pickle makes an instance; any other of Python's own names may be called. */
const SPECIAL = /__(?!(?:init|post_init|call|enter|exit|slots|doc)__)\w+__/;
/** By these a pickle fills an instance. */
const FILLING = /^[ \t]+(?:async[ \t]+)?(?:def[ \t]+)?(?:append|extend|add|update)\s*[(:=]/m;
/** Words by which a class may be changed from outside. */
const CHANGING =
  /\b(?:setattr|globals|locals|vars|__dict__|__setstate__|__reduce\w*|__class__|sys\.modules)\b|import[ \t]+\*/;

/**
 * Classes of the archive's own source that pickles may name: such as only keep their state. Python's rules decide which file a module is; where any source of the archive
 * starts programs or loads code, none counts.
 */
export class OwnClasses {
  readonly #archive: Archive;
  readonly #texts = new Map<string, Promise<string | undefined>>();
  #calm: Promise<boolean> | undefined;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** Whether a use of a class does no more than to make an instance, or to look up a constant. */
  async holds({ module, name, how }: Pick<Use, 'module' | 'name' | 'how'>): Promise<boolean> {
    if (how === 'changed' || !/^[A-Z]\w*$/.test(name)) return false;
    const text = await this.#textOf(module);
    return text !== undefined && isPlain(text, name, how === 'called') && (await this.#isCalm());
  }

  /** Whether a module is source of the archive, and none of that starts programs or loads code. */
  async hasModule(module: string): Promise<boolean> {
    return (await this.#textOf(module)) !== undefined && (await this.#isCalm());
  }

  #textOf(module: string): Promise<string | undefined> {
    const known = this.#texts.get(module) ?? this.#read(module);
    this.#texts.set(module, known);
    return known;
  }

  async #read(module: string): Promise<string | undefined> {
    const [root = ''] = module.split('.');
    if (this.#archive.entries.some(({ path }) => ROOTS.includes(/^\w+/.exec(path)?.[0] ?? ''))) return undefined;
    if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(module) || PYTHON3_MODULES.has(root)) return undefined;
    const way = module.replaceAll('.', '/');
    // A package or a library of that name would be taken first.
    const isOther = this.#archive.entries.some(
      ({ path }) => path.startsWith(`${way}/`) || (LIBRARY.test(path.slice(way.length)) && path.startsWith(way)),
    );
    const entry = this.#archive.get(isOther ? `${way}/__init__.py` : `${way}.py`);
    if (entry === undefined || entry.size > LARGEST) return undefined;
    return (await this.#archive.bytes(entry, LARGEST)).toString('utf8').replaceAll('\r\n', '\n');
  }

  #isCalm(): Promise<boolean> {
    this.#calm ??= reviewCode(this.#archive).then(
      ({ files, unseen }) =>
        unseen.length === 0 &&
        files.every(({ remarks }) =>
          remarks.every(({ kind, message }) => kind === 'review' && !message.includes('code from text')),
        ),
    );
    return this.#calm;
  }
}

const LIBRARY = /^(?:\.[^/]*)?\.(?:so|pyd)$/;

/** Whether source defines a class of that name once, at its top, and nothing of it runs while an instance is made. */
function isPlain(text: string, name: string, isCalled: boolean, depth = 0): boolean {
  if (depth > DEEPEST || CHANGING.test(text)) return false;
  const mentions = text.match(
    new RegExp(`(?:class|def)[ \\t]+${name}\\b|\\b${name}[ \\t]*=(?!=)|(?:as|del|import)\\b[^\\n]*\\b${name}\\b`, 'g'),
  );
  if (mentions?.length !== 1) return false;
  const made = new RegExp(`^${name}[ \\t]*=[ \\t]*([\\w.]+)\\(`, 'm').exec(text)?.[1];
  if (made !== undefined) return !isCalled && wholeName(text, made) === 'collections.namedtuple';
  const found = new RegExp(
    `^((?:@[^\\n]*\\n)*)class[ \\t]+${name}[ \\t]*(?:\\(([^()]*)\\))?:[^\\n]*\\n((?:[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)*)`,
    'm',
  ).exec(text);
  if (found === null) return false;
  const [, decorators = '', inherited = '', body = ''] = found;
  const isKnown = (one: string): boolean => KNOWN.test(wholeName(text, one) ?? '');
  for (const line of decorators.split('\n')) {
    const [, decorator] = /^@([\w.]+)(?:\([\w=, ]*\))?\s*$/.exec(line) ?? [];
    if (line !== '' && (decorator === undefined || !isKnown(decorator))) return false;
  }
  const bases = inherited
    .split(',')
    .flatMap((base) => (base.trim() === '' ? [] : [base.trim().replace(/^metaclass=/, '')]));
  for (const base of bases)
    if (
      !isKnown(base) &&
      !(BUILT_IN.test(base) && isUntouched(text, base)) &&
      !isPlain(text, base, isCalled, depth + 1)
    )
      return false;
  if (SPECIAL.test(body) || FILLING.test(body)) return false;
  return (
    !isCalled || (bases.some((base) => ENUM.test(wholeName(text, base) ?? '')) && !/\b(?:def|lambda)\b/.test(body))
  );
}

/** Whether nothing else is given a name. */
const isUntouched = (text: string, name: string): boolean =>
  !new RegExp(
    `^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=(?!=)|\\b(?:def|class|for|as|import|global)[ \\t]+${name}\\b|\\b${name}[ \\t]*:=|import\\b[^\\n]*\\b${name}\\b`,
    'm',
  ).test(text);

/** What a name of a source is by the only import that gives it; undefined where there is none, or more. */
function wholeName(text: string, name: string): string | undefined {
  const [first = '', ...rest] = name.split('.');
  const found = new Set<string>();
  let imports = 0;
  for (const [, from = '', list = ''] of text.matchAll(/\bfrom[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^()]*\)|[^\n(]+)/g))
    for (const part of list.replace(/[()]/g, ' ').split(',')) {
      const [, one, alias] = /^\s*(\w+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if ((alias ?? one) !== first) continue;
      imports += 1;
      found.add(`${from}.${one}`);
    }
  for (const [, list = ''] of text.matchAll(/(?:^|[;:])[ \t]*import[ \t]+([^\n;]+)/gm))
    for (const part of list.split(',')) {
      const [, module = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (alias === first) {
        imports += 1;
        found.add(module);
      } else if (alias === undefined && module.split('.')[0] === first) found.add(first);
    }
  const others = text.match(
    new RegExp(
      `^[ \\t]*${first}[ \\t]*(?::[^=\\n]*)?=(?!=)|\\b(?:def|class|for|global)[ \\t]+${first}\\b|\\b${first}[ \\t]*:=|\\bas[ \\t]+${first}\\b`,
      'gm',
    ),
  );
  const [only] = found;
  return only === undefined || found.size > 1 || (others?.length ?? 0) > imports
    ? undefined
    : [only, ...rest].join('.');
}
