import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_LIMITS, isBomb, plausibleTotal, withDefaults } from '#archive/limits.js';

const MIB = 2 ** 20;

test('the limits are those that the documentation names', () => {
  assert.equal(
    { ...DEFAULT_LIMITS },
    { entries: 100_000, totalBytes: 274_877_906_944, ratio: 250, ratioFloor: 33_554_432, directoryBytes: 16_777_216 },
  );
  assert.equal(withDefaults(), { ...DEFAULT_LIMITS });
  assert.equal(withDefaults({ entries: 3 }), { ...DEFAULT_LIMITS, entries: 3 });
});

test('an entry is a bomb beyond 32 MiB and beyond 250 to 1, not at one of them', () => {
  const bomb = (size: number, compressed: number): boolean => isBomb(DEFAULT_LIMITS, size, compressed);
  assert.not(bomb(32 * MIB, 1));
  assert.ok(bomb(32 * MIB + 1, 1));
  assert.not(bomb(250 * MIB, MIB));
  assert.ok(bomb(250 * MIB + 1, MIB));
});

test('all entries together may unpack to 250 times the file, and 32 MiB more', () => {
  assert.is(plausibleTotal(DEFAULT_LIMITS, 0), 32 * MIB);
  assert.is(plausibleTotal(DEFAULT_LIMITS, 1000), 32 * MIB + 250_000);
});

test.run();
