import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CODE_GROUPS, ERROR_CODES } from '#errors/codes.js';
import { errorsPage } from '../../.ci/errors-page.js';

const codes = Object.keys(ERROR_CODES);

/** Codes of Node that our sources look for in errors of Node. */
const OF_NODE = ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_MODULE_NOT_FOUND', 'ERR_BUFFER_TOO_LARGE'];

/** The text of every file of a folder with one of these endings. */
function textsOf(folder: string, endings: RegExp, outside = ''): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => outside === '' || !path.startsWith(outside))
    .map((path) => readFileSync(path, 'utf8'));
}

/** Every string of src/ outside of the table that is a code; comments quote them in backticks. */
function codesInSource(): Set<string> {
  const texts = textsOf('src', /\.ts$/, 'src/errors/');
  return new Set(texts.flatMap((text) => [...text.matchAll(/'(ERR_[A-Z0-9_]+)'/g)].map(([, code = '']) => code)));
}

test('every code is asked for by a test', () => {
  const tests = textsOf('test', /\.[cm]?ts$/, 'test/errors/codes.test.ts').join('\n');
  assert.equal(
    codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests)),
    [],
  );
});

test('docs/errors.md is made from the table', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  assert.is(page, errorsPage(), 'run: node --import tsx .ci/errors-page.ts');
});

test('a code stands in one part of the table only', () => {
  const listed = Object.values(CODE_GROUPS).flatMap((group) => Object.keys(group));
  assert.equal(listed, codes);
  assert.is(new Set(listed).size, listed.length);
});

test('meaning and remedy are sentences', () => {
  for (const [code, { meaning, remedy }] of Object.entries(ERROR_CODES)) {
    for (const text of [meaning, remedy]) assert.match(text, /^(pip |[A-Z`"-]).{8,}\.$/, code);
    assert.not.match(meaning, /^(Use|Give|Name|Choose) /, code);
  }
});

test('every code of the table is used in src/, and src/ uses no other', () => {
  const used = codesInSource();
  assert.equal(
    codes.filter((code) => !used.has(code)),
    [],
    'nothing throws these',
  );
  assert.equal(
    [...used].filter((code) => !codes.includes(code) && !OF_NODE.includes(code)),
    [],
    'these have no words',
  );
});

test('every code that is named in a comment or a page exists', () => {
  const texts = ['src', 'docs', 'templates', 'schemas'].flatMap((folder) => textsOf(folder, /\.(ts|md|py|json)$/));
  const named = texts.flatMap((text) => text.match(/\bERR_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []);
  assert.equal(
    [...new Set(named)].filter((code) => !codes.includes(code) && !OF_NODE.includes(code)),
    [],
  );
});

test.run();
