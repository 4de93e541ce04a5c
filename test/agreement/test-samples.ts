import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { plantSample, SAMPLES } from './manifests.js';
import { runThrough } from './run-through.js';

/** The sentences of Multi Model Server for what it refuses, as recorded or, for 0.4, measured. */
const SENTENCES: Readonly<Record<string, string>> = {
  ERR_MANIFEST_MISSING: 'Model name is not defined.',
  ERR_MANIFEST_JSON: 'Failed to parse signature.json.',
  ERR_MANIFEST_INVALID: 'Failed to parse signature.json.',
  ERR_MANIFEST_NO_MODEL: 'Missing Model entry in manifest file.',
  ERR_MANIFEST_NO_SERVICE: 'Missing Service entry in MANIFEST.json',
  ERR_MANIFEST_NO_NAME: 'Model name is not defined.',
  ERR_MANIFEST_NAME: 'Model name is not Unicode.',
  ERR_MANIFEST_NO_HANDLER: 'Model handler is not defined.',
  ERR_MANIFEST_RUNTIME: 'Runtime is not defined or invalid.',
  ERR_MANIFEST_NO_ENGINE_NAME: 'engineName is required in <engine>.',
};

/** The names of samples about the text and the fields of a manifest; the others are about places, 0.4 and devices. */
export const IN_FIELDS = /^(text|model|name|handler|runtime|engine|description|version|unknown)-/;

/** One test for each sample whose name fits: every command says the same of it, and what was expected. */
export async function testSamples(test: Test, wanted: (name: string) => boolean): Promise<void> {
  const missing = missingCommand('python3');
  const samples = Object.entries(SAMPLES).filter(([name]) => wanted(name));
  const planted = samples.map(([name, sample]) => [name, (path: string) => plantSample(sample, path)] as const);
  const results = missing === undefined ? await runThrough(Object.fromEntries(planted)) : undefined;
  for (const [name, { expect, but }] of samples) {
    testUnless(missing, test, `${name} → ${expect}, says every command`, () => {
      const result = results?.get(name);
      const meant = (text: string) => but?.differs.test(text) ?? false;
      assert.equal(
        result?.disagreements.filter((text) => !meant(text)),
        [],
      );
      assert.is(result?.disagreements.some(meant), but !== undefined, but?.because);
      assert.is(result?.verdicts.predict.code ?? 'loads', expect);
      const { message } = result?.verdicts.serve ?? {};
      if (expect.startsWith('ERR_MANIFEST')) assert.is(message?.split('\n')[0], SENTENCES[expect]);
    });
  }
}
