import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar, runModelArchiver } from '../support/run-mar.js';

/** The help of the whole program, or of one command. */
async function help(command?: string): Promise<string> {
  const { code, stdout, stderr } = await runMar(command === undefined ? ['--help'] : [command, '--help']);
  assert.is(code, 0);
  assert.is(stderr, '');
  return stdout;
}

/** The command lines of a help's examples, each taken apart at blanks; of `a && b` and `a | b` the parts. */
function examplesOf(text: string): string[][] {
  const lines = [...text.matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
  return lines.flatMap((line) => line.split(/ (?:&&|\|) /)).map((part) => part.split(' '));
}

const COMMANDS = [...(await help()).matchAll(/^ {2}([a-z-]+) (?:\[|<| )/gm)]
  .map(([, name = '']) => name)
  .filter((name) => name !== 'help');

test('the commands stand in groups, each is there', async () => {
  const text = await help();
  assert.equal(
    [...text.matchAll(/^(\w.*):$/gm)].map(([, heading]) => heading),
    ['Options', 'Make an archive', 'Prove it', 'Run it', 'Look into it', 'What to rent', 'This program', 'Examples'],
  );
  assert.is(COMMANDS.length, 19);
});

for (const command of COMMANDS) {
  test(`mar ${command} --help ends in examples whose commands and flags exist`, async () => {
    const text = await help(command);
    const own = examplesOf(text).filter(([program]) => program === 'mar' || program?.endsWith('(mar'));
    assert.ok(own.length > 0);
    for (const [, name = '', ...words] of own) {
      const known = await help(name);
      for (const flag of words.filter((word) => word.startsWith('--'))) assert.match(known, new RegExp(` ${flag}\\b`));
    }
  });
}

test('the many flags of a command stand in groups, those of all commands last', async () => {
  for (const command of ['build', 'serve-local', 'validate', 'bench']) {
    const text = await help(command);
    const headings = [...text.matchAll(/^(\w.*):$/gm)].map(([, heading]) => heading);
    assert.ok(headings.length >= 5, command);
    assert.equal(headings.slice(-2), ['General', 'Examples'], command);
    assert.not(headings.includes('Options'), command);
    const general = text.slice(text.indexOf('\nGeneral:'));
    for (const flag of ['-q, --quiet', '--verbose', '-h, --help'])
      assert.ok(general.includes(flag), `${command} ${flag}`);
  }
});

test('model-archiver shows its own name in its examples', async () => {
  const { stdout } = await runModelArchiver(['--help']);
  const [first = []] = examplesOf(stdout);
  assert.is(first[0], 'model-archiver');
  for (const flag of first.filter((word) => word.startsWith('--')))
    assert.match(stdout, new RegExp(`^ {2}${flag} `, 'm'));
});

test.run();
