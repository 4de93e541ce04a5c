import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Files, scriptFiles, zip } from '../check/sample-archives.js';
import { runMar } from '../support/run-mar.js';

const POISON = '\u001b[2J\n::stop-commands::t\n\u202e##[error]';
const IN_SCRIPT = JSON.stringify(POISON);

/** Archives that speak wherever an archive can: in their manifest, while they load, in an answer, in an exception, in a golden case. */
const ARCHIVES = {
  'manifest.mar': scriptFiles({
    'MAR-INF/MANIFEST.json': JSON.stringify({
      runtime: 'nodejs',
      description: POISON,
      license: POISON,
      [POISON]: POISON,
      model: { modelName: POISON, handler: 'service.mjs:handle', description: POISON, modelVersion: POISON },
    }),
  }),
  'throws.mar': scriptFiles({ 'service.mjs': `console.log(${IN_SCRIPT}); throw new Error(${IN_SCRIPT});\n` }),
  'answers.mar': scriptFiles({
    'service.mjs': `export function handle() {\n  console.error(${IN_SCRIPT});\n  throw new Error(${IN_SCRIPT});\n}\n`,
    'MAR-INF/tests/a.json': JSON.stringify({
      description: POISON,
      request: { text: 'x' },
      expect: { text: POISON },
    }),
  }),
};

const COMMANDS: readonly (readonly string[])[] = [
  ['validate'],
  ['validate', '--run', '--timeout', '20'],
  ['validate', '--format', 'json'],
  ['validate', '--format', 'github', '--run'],
  ['validate', '--format', 'junit'],
  ['validate', '--format', 'markdown'],
  ['validate', '--format', 'sarif'],
  ['inspect'],
  ['inspect', '--json'],
  ['test'],
  ['predict', 'INPUT'],
];

test('no command shows what an archive says raw, on standard output or on standard error', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'mar-hostile-text-'));
  try {
    writeFileSync(join(cwd, 'input.txt'), 'x');
    let said = 0;
    const tell = async ([name, files]: [string, Files]): Promise<void> => {
      writeFileSync(join(cwd, name), zip(files));
      for (const [command = '', ...rest] of COMMANDS) {
        const args = [command, name, ...rest.map((arg) => (arg === 'INPUT' ? 'input.txt' : arg))];
        const { stdout, stderr } = await runMar(args, { cwd });
        for (const text of [stdout, stderr]) {
          assert.not.match(text, /[^\P{Cc}\n\t]|\p{Bidi_Control}|##\[/u, `${args.join(' ')}\n${JSON.stringify(text)}`);
          if (!args.includes('github')) assert.not.match(text, /^\s*::/m, args.join(' '));
          else assert.not.match(text, /^\s*::stop/m);
          if (text.includes('\\u001b[2J')) said += 1;
        }
      }
    };
    await Promise.all(Object.entries(ARCHIVES).map(tell));
    assert.ok(said > 10, `only ${said} outputs repeat what an archive says`);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});

test.run();
