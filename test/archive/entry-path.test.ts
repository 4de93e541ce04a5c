import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkEntryPath, decodeName, shownName } from '#archive/entry-path.js';
import { type ArchiveProblem, ProblemList } from '#archive/problem.js';

function problemsOf(path: string): { safe: boolean; found: readonly ArchiveProblem[] } {
  const problems = new ProblemList();
  return { safe: checkEntryPath(path, problems), found: problems.found };
}

const deep = (folders: number): string => `${'d/'.repeat(folders - 1)}f`;
const MOST = [deep(64), 'n'.repeat(255), [200, 200, 200, 200, 220].map((length) => 'n'.repeat(length)).join('/')];

test('a path that is safe everywhere is no problem, up to the limits', () => {
  for (const path of ['a', 'a/b.txt', '..a', 'a..b/c..', 'é/模型.onnx', '.hidden', 'a b', ...MOST]) {
    if (path.endsWith('.')) continue;
    assert.equal(problemsOf(path), { safe: true, found: [] }, path);
  }
  assert.is(Buffer.byteLength(MOST[2] ?? ''), 1024);
});

test('a path that is not is refused, with its code, its reason and the name as it can be shown', () => {
  for (const [path, code, reason] of [
    ['', 'ERR_ENTRY_NAME', 'entry "" has an empty name'],
    ['a\nb', 'ERR_ENTRY_NAME', 'entry "a\\nb" has control characters in its name'],
    ['a\u202eb', 'ERR_ENTRY_NAME', 'has control characters in its name'],
    ['a\\b', 'ERR_ENTRY_PATH', 'entry "a\\b" has a backslash, which is a path separator on Windows'],
    ['/a', 'ERR_ENTRY_PATH', 'entry "/a" has an absolute path'],
    ['c:a', 'ERR_ENTRY_PATH', 'entry "c:a" starts with a drive letter'],
    ['a/../b', 'ERR_ENTRY_PATH', 'entry "a/../b" steps out of its folder with ".."'],
    ['..', 'ERR_ENTRY_PATH', 'entry ".." steps out of its folder with ".."'],
    ['a//b', 'ERR_ENTRY_PATH', 'entry "a//b" has an empty or "." segment'],
    ['a/./b', 'ERR_ENTRY_PATH', 'entry "a/./b" has an empty or "." segment'],
    ['a/', 'ERR_ENTRY_PATH', 'entry "a/" has an empty or "." segment'],
    [`${MOST[2]}x`, 'ERR_LIMIT_PATH', 'is longer than 1024 bytes'],
    [deep(65), 'ERR_LIMIT_PATH', 'is more than 64 folders deep'],
    ['n'.repeat(256), 'ERR_LIMIT_PATH', 'has a name over 255 bytes'],
    [`a/${'é'.repeat(128)}`, 'ERR_LIMIT_PATH', 'has a name over 255 bytes'],
  ] as const) {
    const { safe, found } = problemsOf(path);
    assert.equal([safe, found.map((one) => one.code)], [false, [code]], path);
    assert.ok(found[0]?.message.endsWith(reason), found[0]?.message);
    assert.is(found[0]?.entry, shownName(path), path);
  }
});

test('a name that only Windows forbids is safe, with a warning that shows it', () => {
  for (const [path, name] of [
    ['a/con', 'con'],
    ['AUX.txt', 'AUX.txt'],
    ['com1/x', 'com1'],
    ['a?b', 'a?b'],
    ['a ', 'a '],
    ['a./b', 'a.'],
  ] as const) {
    const { safe, found } = problemsOf(path);
    assert.ok(safe, path);
    assert.equal(
      found.map(({ code, message, found: shown }) => [code, message, shown]),
      [['ERR_ENTRY_NAME_WINDOWS', `entry "${path}" has a name that Windows forbids`, name]],
    );
  }
  for (const path of ['console', 'com', 'com10', 'auxiliary.txt', 'a.b'])
    assert.equal(problemsOf(path).found, [], path);
});

test('a name is decoded as UTF-8 or not at all, and shown short and on one line', () => {
  assert.is(decodeName(Buffer.from('é')), 'é');
  assert.is(decodeName(Buffer.from([0x61, 0xff])), undefined);
  assert.is(shownName('n'.repeat(120)), 'n'.repeat(120));
  assert.is(shownName('n'.repeat(121)), `${'n'.repeat(117)}...`);
  assert.is(shownName('é\u001bx'), 'é\\u001bx');
});

test.run();
