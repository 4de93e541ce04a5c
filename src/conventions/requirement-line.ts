/** A distribution's name as PyPI compares it. */
export const normalizedName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** A logical line of a requirements file: where it begins, from 1, and what is left of it without its comment. */
export interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

/** Everything at which Python's `splitlines` ends a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they end lines for pip
const ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/** The lines of a requirements file as pip puts them together: a backslash at the end joins the next one, comments and empty lines are gone. */
export function logicalLines(text: string): LogicalLine[] {
  const found: LogicalLine[] = [];
  let joined: { line: number; text: string } | undefined;
  const take = ({ line, text: whole }: LogicalLine): void => {
    const content = whole.replace(/(^|\s)#.*$/, '').trim();
    if (content !== '') found.push({ line, text: content });
    joined = undefined;
  };
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(ENDS)
    .entries()) {
    joined ??= { line: index + 1, text: '' };
    const isComment = /^\s*#/.test(raw);
    if (raw.endsWith('\\') && !isComment) joined.text += raw.replace(/^\\+|\\+$/g, '');
    // A comment ends what a backslash before it continued.
    else take({ line: joined.line, text: joined.text + (isComment ? ' ' : '') + raw });
  }
  if (joined !== undefined) take(joined);
  return found;
}

/** An option of a line, by its first long name, and its value. */
export interface LineOption {
  readonly name: string;
  readonly value: string;
}

/** A line as pip takes it apart: what is required, then options, or why it cannot. */
export interface RequirementLine {
  /** What stands before the first word that begins with `-`; empty where the line has options only. */
  readonly required: string;
  readonly options: readonly LineOption[];
  readonly fault?: string;
}

/** The options that pip takes in a file: their names, the first is the one they are told by, and whether they have a value. */
const OPTIONS: readonly (readonly [names: readonly string[], hasValue: boolean])[] = [
  [['--requirement', '-r'], true],
  [['--constraint', '-c'], true],
  [['--editable', '-e'], true],
  [['--find-links', '-f'], true],
  [['--index-url', '-i', '--pypi-url'], true],
  [['--extra-index-url'], true],
  [['--no-index'], false],
  [['--no-binary'], true],
  [['--only-binary'], true],
  [['--prefer-binary'], false],
  [['--require-hashes'], false],
  [['--pre'], false],
  [['--all-releases'], true],
  [['--only-final'], true],
  [['--trusted-host'], true],
  [['--use-feature'], true],
  [['--global-option'], true],
  [['--hash'], true],
  [['--config-settings', '--config-setting', '-C'], true],
];
const LONG_NAMES = OPTIONS.flatMap(([names]) => names).filter((name) => name.startsWith('--'));
const HASH = /^sha(256|384|512):/;

/** Takes a logical line apart. Words of options are split as by a shell. */
export function splitLine(text: string): RequirementLine {
  const words = text.split(' ');
  const first = words.findIndex((word) => word.startsWith('-'));
  const required = (first < 0 ? words : words.slice(0, first)).join(' ').trim();
  if (first < 0) return { required, options: [] };
  const split = shellWords(words.slice(first).join(' '));
  if (split === undefined) return { required, options: [], fault: 'has a quotation that does not end' };
  return { required, ...readOptions(split) };
}

function readOptions(words: readonly string[]): Pick<RequirementLine, 'options' | 'fault'> {
  const options: LineOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') break;
    // pip takes no notice of words between options.
    if (!/^-./.test(word)) continue;
    const [given = '', attached] = word.startsWith('--')
      ? word.split(/=(.*)/s)
      : [word.slice(0, 2), word.slice(2) || undefined];
    const known = optionOf(given);
    if (typeof known === 'string') return { options, fault: known };
    const { name, hasValue } = known;
    const value = hasValue && attached === undefined ? words[++at] : (attached ?? '');
    if (value === undefined) return { options, fault: `has nothing after ${given}` };
    if (!hasValue && attached !== undefined) return { options, fault: `gives a value to ${given}, which takes none` };
    if (name === '--hash' && !HASH.test(value))
      return { options, fault: `has the hash '${value}', expected sha256:, sha384: or sha512: before it` };
    options.push({ name, value });
  }
  return { options };
}

/** The option of a name, which may be cut short where it stays the only one; else what is wrong with it. */
function optionOf(given: string): { name: string; hasValue: boolean } | string {
  const exact = OPTIONS.some(([names]) => names.includes(given));
  const near = exact || !given.startsWith('--') ? [given] : LONG_NAMES.filter((name) => name.startsWith(given));
  const found = OPTIONS.find(([names]) => names.includes(near[0] ?? ''));
  if (near.length > 1) return `has ${given}, which may be ${near.join(' or ')}`;
  const [name] = found?.[0] ?? [];
  return found && name !== undefined
    ? { name, hasValue: found[1] }
    : `has the option ${given}, which pip takes on its command line only, if at all`;
}

const WORD = /\s*((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/y;

/** Words of a text as a shell splits them; undefined where a quotation does not end. */
function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  WORD.lastIndex = 0;
  const whole = text.trimEnd();
  while (WORD.lastIndex < whole.length) {
    const [, word] = WORD.exec(whole) ?? [];
    if (word === undefined) return undefined;
    words.push(
      word.replace(
        /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"/g,
        (_, escaped?: string, single?: string, double?: string) =>
          escaped ?? single ?? double?.replace(/\\(["\\])/g, '$1') ?? '',
      ),
    );
  }
  return words;
}
