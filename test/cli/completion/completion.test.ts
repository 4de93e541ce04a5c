import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bashCompletion } from '../../../src/cli/completion/bash.js';
import { fishCompletion } from '../../../src/cli/completion/fish.js';
import { zshCompletion } from '../../../src/cli/completion/zsh.js';
import { missingCommand } from '../../support/commands.js';
import { runMar } from '../../support/run-mar.js';
import { testUnless } from '../../support/test-unless.js';
import { cases, FILES, sampleTree } from './sample-tree.js';

const folder = mkdtempSync(join(tmpdir(), 'mar-completion-'));
mkdirSync(join(folder, 'work'));
for (const name of FILES) {
  if (name.endsWith('/')) mkdirSync(join(folder, 'work', name), { recursive: true });
  else writeFileSync(join(folder, 'work', name), '');
}
test.after(() => rmSync(folder, { recursive: true, force: true }));

const tree = sampleTree();
const scripts = { bash: bashCompletion(tree), zsh: zshCompletion(tree), fish: fishCompletion(tree) };
for (const [shell, script] of Object.entries(scripts)) writeFileSync(join(folder, `script.${shell}`), script);

function shell(command: string, args: readonly string[], input = ''): string {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: join(folder, 'work'),
    encoding: 'utf8',
    input,
    timeout: 30_000,
  });
  assert.is(status, 0, stderr);
  return stdout;
}

/** Asks bash's completion as readline does: the words set up, and the function called. */
function bashOffers(line: string, script = 'script.bash', entry = '_mar'): string[] {
  const asked = shell(
    'bash',
    ['--norc', '-s'],
    `
    source ../${script}
    COMP_LINE='${line}' COMP_POINT=${line.length}
    COMP_WORDS=(${line}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    case $COMP_LINE in *' ') COMP_WORDS+=(''); COMP_CWORD=$((COMP_CWORD + 1)) ;; esac
    ${entry}
    printf '%s\\n' "\${COMPREPLY[@]}"
  `,
  );
  return asked.split('\n').filter(Boolean).sort();
}

/** Types the line and a tab into an interactive zsh on a terminal, and collects what its completion system adds. */
function zshOffers(line: string): string[] {
  writeFileSync(
    join(folder, 'collect.zsh'),
    `autoload -U compinit; compinit -u -D; source ../script.zsh
     bindkey '^I' complete-word
     compadd() {
       if (( \${@[(I)-[OAD]]} )); then builtin compadd "$@"; return; fi
       local -a found; builtin compadd -O found "$@"; print -rl -- $found >> ../matches; builtin compadd "$@"
     }
     leave() { exit }; comppostfuncs=(leave)`,
  );
  const asked = shell(
    'zsh',
    ['-f'],
    `
    zmodload zsh/zpty; : > ../matches
    zpty shell 'TERM=dumb zsh -f -i'
    zpty -w shell 'PS1=; unsetopt beep; source ../collect.zsh'
    zpty -w -n shell '${line}'$'\\t'
    while zpty -r shell chunk; do :; done
    cat ../matches
  `,
  );
  return [...new Set(asked.split('\n').filter(Boolean))].map(bare).sort();
}

const fishOffers = (line: string) =>
  shell('fish', ['--no-config', '-c', `source ../script.fish; complete -C '${line}'`])
    .split('\n')
    .flatMap((text) => text.split('\t')[0] || [])
    .map(bare)
    .sort();

/** Shells differ in whether a folder comes with its slash. */
function bare(name: string): string {
  return name.replace(/\/$/, '').replaceAll('\\', '');
}

for (const { line, offers } of cases) {
  testUnless(missingCommand('bash'), test, `bash completes '${line}'`, () => assert.equal(bashOffers(line), offers));
  testUnless(missingCommand('zsh'), test, `zsh completes '${line}'`, () => assert.equal(zshOffers(line), offers));
  testUnless(missingCommand('fish'), test, `fish completes '${line}'`, () => assert.equal(fishOffers(line), offers));
}

testUnless(missingCommand('bash'), test, 'bash completes --flag=value, which it splits into three words', () => {
  assert.equal(bashOffers('mar build --archive-format = t'), ['tgz']);
  assert.equal(bashOffers('mar build --archive-format ='), ['default', 'no-archive', 'tgz']);
});

testUnless(missingCommand('bash'), test, 'mar completion writes the script for both real programs', async () => {
  const { stdout, code } = await runMar(['completion', 'bash']);
  assert.is(code, 0);
  writeFileSync(join(folder, 'real.bash'), stdout);
  const formats = ['default', 'no-archive', 'tgz', 'tgz-flat', 'zip-store'];
  assert.equal(bashOffers('mar val', 'real.bash'), ['validate']);
  assert.equal(bashOffers('mar build --archive-format ', 'real.bash'), formats);
  assert.equal(bashOffers('model-archiver --archive-format ', 'real.bash', '_model_archiver'), formats);
  assert.equal(bashOffers('mar rules windows', 'real.bash'), ['windows-name']);
  assert.equal(bashOffers('mar validate --ignore windows', 'real.bash'), ['windows-name']);
  assert.equal(bashOffers('mar build --handler ', 'real.bash'), [
    'a.ts',
    'dir',
    'image_classifier',
    'object_detector',
    'tensor',
    'text_classifier',
  ]);
  assert.equal(bashOffers('mar build --accelerator eia1', 'real.bash'), ['eia1.large', 'eia1.medium', 'eia1.xlarge']);
  assert.equal(bashOffers('mar validate --target ', 'real.bash'), ['local', 'mms', 'sagemaker', 'torchserve']);
  assert.equal(bashOffers('mar serve-local w', 'real.bash'), ['with blank.mar']);
});

test('the same for zsh and fish, and the trees as JSON', async () => {
  assert.match((await runMar(['completion', 'zsh'])).stdout, /^#compdef mar\n[\s\S]*\n#compdef model-archiver\n/);
  assert.match((await runMar(['completion', 'fish'])).stdout, 'complete -c model-archiver -l model-name -r');
  const trees: { name: string }[] = JSON.parse((await runMar(['completion', 'bash', '--json'])).stdout);
  assert.equal(
    trees.map(({ name }) => name),
    ['mar', 'model-archiver'],
  );
});

test('an unknown shell is refused with the known ones', async () => {
  const { stderr, code } = await runMar(['completion', 'powershell']);
  assert.is(code, 2);
  assert.match(stderr, 'bash, zsh, fish');
});

test.run();
