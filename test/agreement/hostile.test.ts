import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CORPUS } from '../hostile/corpus.js';
import { runThrough } from './run-through.js';

const results = await runThrough(Object.fromEntries(CORPUS.map(({ name, plant }) => [name, plant])));

for (const { name, expect, when } of CORPUS) {
  test(`every command says the same of ${name}`, () => {
    const result = results.get(name);
    assert.equal(result?.disagreements, []);
    if (when !== 'warn') assert.is(result?.verdicts.predict.code, expect);
    else assert.is.not(result?.verdicts.predict.stage, 'archive');
  });
}

test.run();
