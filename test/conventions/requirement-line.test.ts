import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logicalLines, splitLine } from '#conventions/requirement-line.js';

const lines = (text: string): string[] => logicalLines(text).map(({ line, text: content }) => `${line} ${content}`);
const options = (line: string): string[] => splitLine(line).options.map(({ name, value }) => `${name}=${value}`);

test('lines are joined as pip joins them', () => {
  assert.equal(lines('a\r\nb\rc\n\n  d  \n'), ['1 a', '2 b', '3 c', '5 d']);
  assert.equal(lines('--extra-index-\\\nurl x\ny'), ['1 --extra-index-url x', '3 y']);
  assert.equal(lines('\\\nb'), ['1 b']);
  assert.equal(lines('a \\\n# told\nb'), ['1 a', '3 b']);
  assert.equal(lines('a\\'), ['1 a']);
});

test('a comment that ends in a backslash hides no line', () => {
  assert.equal(lines('# harmless \\\n--index-url x\n'), ['2 --index-url x']);
  assert.equal(lines('a # harmless \\\n--index-url x\n'), ['1 a']);
});

test('every sign at which Python ends a line ends one', () => {
  for (const end of ['\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'])
    assert.equal(lines(`a${end}-i x`), ['1 a', '2 -i x'], JSON.stringify(end));
});

test('a comment begins behind a blank, and a mark in front of a text is none of it', () => {
  assert.equal(lines('\ufeffa#b # c\n#d\n'), ['1 a#b']);
});

test('options are found as optparse finds them', () => {
  assert.equal(options('-i x'), ['--index-url=x']);
  assert.equal(options('-ix'), ['--index-url=x']);
  assert.equal(options('--index-url=x'), ['--index-url=x']);
  assert.equal(options('--pypi-url x'), ['--index-url=x']);
  assert.equal(options('--ind x'), ['--index-url=x']);
  assert.equal(options('--extra x'), ['--extra-index-url=x']);
  assert.equal(options('--pre --prefer -f x'), ['--pre=', '--prefer-binary=', '--find-links=x']);
  assert.equal(options('--hash=sha256:x --trusted-host y -c z'), [
    '--hash=sha256:x',
    '--trusted-host=y',
    '--constraint=z',
  ]);
  assert.equal(options('--pr x --unknown -q'), []);
  assert.equal(options('-i'), []);
});

test('words are those of a shell', () => {
  assert.equal(options(`--ind"ex"-url 'a b'`), ['--index-url=a b']);
  assert.equal(options('--index\\-url "a\\"b"'), ['--index-url=a"b']);
  assert.equal(options("-i ''  -f 'x\\'"), ['--index-url=', '--find-links=x\\']);
});

test.run();
