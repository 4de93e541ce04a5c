import { logicalLines, splitLine } from '#conventions/requirement-line.js';
import { publicText } from '#public-source.js';
import type { RequirementsText } from '../facts/packed-requirements.js';
import type { Draft } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

/** Where everybody's packages come from, and the wheels of the large frameworks. */
const KNOWN_INDEX =
  /^https:\/\/([\w-]+\.)*(pypi\.org|pythonhosted\.org|pytorch\.org|nvidia\.com|pyg\.org|anaconda\.org|anaconda\.com)(\/|$)/i;

/** MAR333, MAR334 and MAR344: what lists of requirements ask for, and from where. */
export const REQUIREMENT_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR333',
    name: 'requirements-elsewhere',
    severity: 'error',
    summary: 'the requirements come from an index of their own',
    why: 'Whoever runs that index decides what the server installs and runs, also in place of packages with known names.',
    remedy: 'Set the index where the server is configured, not in the archive.',
    example: { failing: '--extra-index-url http://10.0.0.1/simple', passing: 'numpy==1.26.4' },
    needs: ['requirementLists'],
    *check({ requirementLists }) {
      const lists = requirementLists.filter(({ isSetting }) => isSetting !== true);
      for (const { entry, unread } of lists)
        if (unread !== undefined)
          yield { message: `${entry} ${unread}, so that what it asks for was not read`, at: { entry } };
      yield* eachLine(lists, fromElsewhere);
    },
  }),
  defineRule({
    id: 'MAR334',
    name: 'requirements-open',
    severity: 'note',
    summary: 'a requirement is not a version of a package',
    why: 'Without a version, or from a repository or an address, the server installs what is there on that day.',
    remedy: 'Write name==version.',
    example: { failing: 'git+https://…, or numpy without a version', passing: 'numpy==1.26.4' },
    needs: ['requirementLists'],
    check({ requirementLists }) {
      return eachLine(requirementLists, (line) => {
        if (/^(git|hg|svn|bzr)\+|@\s*(git|https?|file)\b|^(https?|file):/i.test(line)) return `installs from ${line}`;
        return /^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*(;.*)?$/.test(line) ? `names no version of ${line}` : undefined;
      });
    },
  }),
  defineRule({
    id: 'MAR344',
    name: 'index-configured',
    severity: 'warning',
    summary: 'a file of the archive says from which index packages are to come',
    why: 'An installer that reads this file (pip, uv, Poetry, Pipenv or conda, started in the model directory or told to) takes packages from there, also in place of those with known names.',
    remedy: 'Leave the file out, and set the index where the server is configured.',
    example: {
      failing: 'uv.toml with index-url = "http://10.0.0.1/simple"',
      passing: 'requirements.txt with numpy==1.26.4',
    },
    needs: ['requirementLists'],
    check({ requirementLists }) {
      return eachLine(
        requirementLists.filter(({ isSetting }) => isSetting === true),
        fromElsewhere,
      );
    },
  }),
];

/** Where sources of packages usually lie; each has an owner that a reviewer can look up. */
const KNOWN_FORGE =
  /^(git\+)?https:\/\/([\w-]+\.)*(github\.com|gitlab\.com|bitbucket\.org|huggingface\.co|githubusercontent\.com)\//i;

/** What a line has packages come from that is neither a known index nor a known forge, as a clause. */
function fromElsewhere(line: string): string | undefined {
  const { required, options } = splitLine(line);
  for (const { name, value } of required === '' ? options : []) {
    if (name === '--trusted-host' && !KNOWN_INDEX.test(`https://${value}/`))
      return `trusts ${value} without a certificate`;
    if (!/^--(?:index-url|extra-index-url|find-links)$/.test(name)) continue;
    if (/^[a-z+]+:\/\//i.test(value) && !KNOWN_INDEX.test(value)) return `takes packages from ${value} (${name})`;
  }
  const isEditable = options.some(({ name, value }) => name === '--editable' && /^(git|hg|svn|bzr)\+/i.test(value));
  const found = /((?:git|hg|svn|bzr)\+[a-z+]+:\/\/\S+|(?<![\w+])(?:https?|ftp):\/\/\S+)/i.exec(line)?.[1];
  if (found === undefined) return undefined;
  if (isEditable) return `installs what a repository holds at that moment (${found})`;
  return KNOWN_INDEX.test(found) || KNOWN_FORGE.test(found) ? undefined : `takes packages from ${found}`;
}

/** What is to be said of each line of each requirements file; undefined for nothing. */
function eachLine(lists: readonly RequirementsText[], judge: (line: string) => string | undefined): Draft[] {
  const found: Draft[] = [];
  for (const { entry, text } of lists)
    for (const { line, text: content } of logicalLines(text)) {
      const message = judge(content);
      // Findings are kept, printed and uploaded: what opens a private index stays in the file.
      if (message !== undefined)
        found.push({ message: `${entry} ${publicText(message)}`, at: { entry, line, column: 1 } });
    }
  return found;
}
