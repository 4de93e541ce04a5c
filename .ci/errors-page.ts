/** Writes docs/errors.md from the table in src/errors/codes: `node --import tsx .ci/errors-page.ts`. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { CODE_GROUPS } from '../src/errors/codes.js';
import type { CodeWords, ErrorKind } from '../src/errors/error-kind.js';

const KINDS: Readonly<Record<ErrorKind, string>> = {
  usage: 'the command line, an option or a configuration is wrong',
  input: 'something that was handed over is wrong: an archive, a handler, a request',
  'not-found': 'a file, model or archive does not exist',
  conflict: 'it exists already, or the state forbids it',
  limit: 'a size, count or time was exceeded',
  unavailable: 'the machine is in the way: a full disk, a taken port, no interpreter, a worker that died',
  internal: 'a defect of this tool',
};

/** The whole of docs/errors.md: one heading per code, which is also its anchor. */
export function errorsPage(): string {
  const lines = [
    '# Error codes',
    '',
    'Made by `.ci/errors-page.ts` from src/errors/codes; do not edit. Codes are permanent. Programs find them in `error.code` of a',
    '`MarError`, and in the JSON that `--json` prints: `{ "error": { "code", "kind", "message", "hint", "detail" } }`.',
    '',
    '| kind | what it says |',
    '|---|---|',
    ...Object.entries(KINDS).map(([kind, words]) => `| \`${kind}\` | ${words} |`),
    '',
    '`mar` ends with 3 for `internal` and with 2 for every other kind; `model-archiver` with 2 for `usage`, 3 for `internal` and 1 for the rest.',
  ];
  for (const [title, codes] of Object.entries(CODE_GROUPS)) {
    lines.push('', `## ${title}`);
    for (const [code, { kind, meaning, remedy }] of Object.entries<CodeWords>(codes)) {
      lines.push('', `### ${code}`, '', `\`${kind}\` – ${meaning}`, '', `**What to do.** ${remedy}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync('docs/errors.md', errorsPage());
