import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReadProgress } from '#index.js';
import { sumOfSteps } from '#serve/models/sum-of-steps.js';

/** What the listener hears, as `bytes/totalBytes`. */
function heardOf(tellSteps: (newPart: ReturnType<typeof sumOfSteps>) => void): string[] {
  const heard: string[] = [];
  tellSteps(sumOfSteps(({ path, bytes, totalBytes }) => void heard.push(`${path} ${bytes}/${totalBytes}`)));
  return heard;
}

const at = (path: string, bytes: number, totalBytes: number): ReadProgress => ({ path, bytes, totalBytes });

test('the parts are added up, however they take turns', () => {
  const heard = heardOf((newPart) => {
    const [one, two] = [newPart(), newPart()];
    one(at('a', 0, 100));
    two(at('b', 10, 50));
    one(at('a', 60, 100));
    two(at('b', 50, 50));
    one(at('a', 100, 100));
  });
  assert.equal(heard, ['a 0/100', 'b 10/150', 'a 70/150', 'b 110/150', 'a 150/150']);
});

test('a step after another adds to the total, and bytes never go back, though a step ended early', () => {
  const heard = heardOf((newPart) => {
    const part = newPart();
    part(at('download', 40, 40));
    part(at('compare', 10, 90));
    part(at('compare', 30, 90));
    part(at('unpack', 5, 90));
    part(at('unpack', 90, 90));
  });
  assert.equal(heard, ['download 40/40', 'compare 50/130', 'compare 70/130', 'unpack 135/220', 'unpack 220/220']);
});

test.run();
