import type { Archive } from '#archive/archive.js';
import { PYTHON3_MODULES } from '#handler/python/stdlib.js';
import type { Use } from '#models/pickle/uses.js';
import { reviewCode } from './code.js';

const LARGEST = 1024 * 1024;
/** Classes that a class of data or a part of a network inherits from. */
const BASE =
  /^(?:(?:(?:torch\.)?nn|enum|typing|abc)\.)?(?:Module|Enum|IntEnum|StrEnum|Flag|IntFlag|NamedTuple|TypedDict|ABC|object|dict|list|tuple|str|int|float|Exception|BaseEstimator|[A-Z]\w+Mixin)$|^metaclass=(?:abc\.)?ABCMeta$/;
const ENUM = /^(?:enum\.)?(?:Enum|IntEnum|StrEnum|Flag|IntFlag)$/;
const DECORATOR = /^@(?:dataclasses\.)?dataclass(?:\([\w=, ]*\))?$|^@(?:enum\.)?unique$/;
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
function isPlain(text: string, name: string, isCalled: boolean): boolean {
  if (CHANGING.test(text)) return false;
  const mentions = text.match(
    new RegExp(`(?:class|def)[ \\t]+${name}\\b|\\b${name}[ \\t]*=(?!=)|(?:as|del|import)\\b[^\\n]*\\b${name}\\b`, 'g'),
  );
  if (mentions?.length !== 1) return false;
  if (new RegExp(`^${name}[ \\t]*=[ \\t]*(?:collections\\.)?namedtuple\\(`, 'm').test(text)) return !isCalled;
  const found = new RegExp(
    `^((?:@[^\\n]*\\n)*)class[ \\t]+${name}[ \\t]*(?:\\(([^()]*)\\))?:[^\\n]*\\n((?:[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)*)`,
    'm',
  ).exec(text);
  if (found === null) return false;
  const [, decorators = '', inherited = '', body = ''] = found;
  const bases = inherited.split(',').flatMap((base) => (base.trim() === '' ? [] : [base.trim()]));
  if (!decorators.split('\n').every((line) => line === '' || DECORATOR.test(line.trim()))) return false;
  if (!bases.every((base) => BASE.test(base) || (/^[A-Z]\w*$/.test(base) && isPlain(text, base, isCalled))))
    return false;
  if (SPECIAL.test(body) || FILLING.test(body)) return false;
  return !isCalled || (bases.some((base) => ENUM.test(base)) && !/\b(?:def|lambda)\b/.test(body));
}
