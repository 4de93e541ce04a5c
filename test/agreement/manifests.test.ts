import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { plantSample, SAMPLES } from './manifests.js';
import { runThrough } from './run-through.js';

const missing = missingCommand('python3');
const planted = Object.entries(SAMPLES).map(
  ([name, sample]) => [name, (path: string) => plantSample(sample, path)] as const,
);
const results = missing === undefined ? await runThrough(Object.fromEntries(planted)) : undefined;

for (const [name, { expect, but }] of Object.entries(SAMPLES)) {
  testUnless(missing, test, `${name} → ${expect}, says every command`, () => {
    const result = results?.get(name);
    const meant = (text: string) => but?.differs.test(text) ?? false;
    assert.equal(
      result?.disagreements.filter((text) => !meant(text)),
      [],
    );
    assert.is(result?.disagreements.some(meant), but !== undefined, but?.because);
    assert.is(result?.verdicts.predict.code ?? 'loads', expect);
  });
}

test.run();
