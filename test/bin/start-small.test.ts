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
    // Bits 4 and 5 of V8's status of a function: optimized by Maglev, by TurboFan.
    process.stdout.write((%GetOptimizationStatus(hot) & 0b110000) !== 0 ? 'optimized' : 'not optimized');
  `;
  const flags = ['--allow-natives-syntax', '--import', 'tsx', '--conditions=mar-source', '--input-type=module', '-e'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  return stdout === 'optimized';
}

test('a server that starts small is optimized later', async () => {
  assert.not(await optimizedAfter(0), 'at once');
  assert.ok(await optimizedAfter(1100), 'after its first second');
});

test.run();
