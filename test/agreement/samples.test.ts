import { cpSync, readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { missingShared, sharedPath } from '../support/shared.js';
import { testUnless } from '../support/test-unless.js';
import { runThrough } from './run-through.js';

/** Where validate differs on purpose: its sentences, and why. */
const MEANT: Readonly<Record<string, readonly [differs: RegExp, because: string]>> = {
  'invalid.mar': [/^validate: MAR313/, 'its handler never returns a list, so that each request is answered with 503'],
  'noop-no-manifest': [
    /^(validate: ERR_ARCHIVE_NOT_FOUND|--run: )/,
    'a folder without a manifest stands for the archives in it',
  ],
  'custom-return-code.mar': [/^validate: passes/, 'it imports mms, which the Python of that server has'],
  'ops.mar': [/^validate: passes/, 'it imports mms or ts'],
  'name-strange.mar': [
    /^(validate: MAR228|serve: 400)/,
    'no address can say its name, which predict and test do not need',
  ],
  'legacy.model': [/^validate: passes/, 'it imports mms'],
  'noop-v0.1': [/^validate: passes/, 'it imports mms'],
  'up-pred-custom-return-code.mar': [/^validate: passes/, 'it imports ts'],
};

for (const peer of ['mms', 'ts']) {
  const store = `peers/store/${peer}`;
  const missing = missingShared(store) ?? missingCommand('python3');
  testUnless(missing, test, `every command says the same of each sample archive in ${store}`, async () => {
    const names = readdirSync(sharedPath(store));
    const results = await runThrough(
      Object.fromEntries(
        names.map((name) => [
          name,
          (path: string) => cpSync(sharedPath(`${store}/${name}`), path, { recursive: true }),
        ]),
      ),
    );
    assert.is(results.size, names.length);
    const differing = [...results].flatMap(([name, { disagreements }]) =>
      disagreements.map((text) => [name, text] as const),
    );
    const isMeant = ([name, text]: readonly [string, string]) => MEANT[name]?.[0].test(text) ?? false;
    assert.equal(
      differing.filter((one) => !isMeant(one)),
      [],
    );
    const gone = Object.keys(MEANT).filter((name) => names.includes(name) && !differing.some(([one]) => one === name));
    assert.equal(gone, [], 'these differ no more');
  });
}

test.run();
