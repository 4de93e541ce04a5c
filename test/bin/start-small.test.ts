import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Runs a program that starts small, and says whether a hot function was optimized `afterMs` later. */
async function optimizedAfter(afterMs: number): Promise<boolean> {
  const program = `
    import { setTimeout as delay } from 'node:timers/promises';
    const { startSmall } = await import(${JSON.stringify(new URL('../../src/bin/start-small.ts', import.meta.url).href)});
    startSmall();
    await delay(${afterMs});
    function hot(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; }
    for (let round = 0; round < 2000; round++) hot(10_000);
    // Bit 6 of V8's status of a function: optimized by TurboFan. Maglev, which Node 24 has besides, is not put to sleep.
    process.stdout.write((%GetOptimizationStatus(hot) & 0b1000000) !== 0 ? 'optimized' : 'not optimized');
  `;
  const flags = ['--allow-natives-syntax', '--import', 'tsx', '--conditions=mar-source', '--input-type=module', '-e'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  return stdout === 'optimized';
}

test('a server that starts small is optimized later', async () => {
  assert.not(await optimizedAfter(0), 'at once');
  assert.ok(await optimizedAfter(1100), 'after its first second');
});

/** Bytes of V8's space for young objects after a program that starts small has kept many of them, `afterMs` later. */
async function youngSpaceAfter(afterMs: number): Promise<number> {
  const program = `
    import { setTimeout as delay } from 'node:timers/promises';
    import { getHeapSpaceStatistics } from 'node:v8';
    const { startSmall } = await import(${JSON.stringify(new URL('../../src/bin/start-small.ts', import.meta.url).href)});
    startSmall();
    await delay(${afterMs});
    const kept = [];
    for (let at = 0; at < 1_000_000; at++) kept.push({ at });
    process.stdout.write(String(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size));
  `;
  const flags = ['--import', 'tsx', '--conditions=mar-source', '--input-type=module', '-e'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  return Number(stdout);
}

test('its space for young objects grows later', async () => {
  const [atOnce, later] = [await youngSpaceAfter(0), await youngSpaceAfter(1100)];
  assert.ok(later > 2 * atOnce, `${atOnce} at once, ${later} later`);
});

test.run();
