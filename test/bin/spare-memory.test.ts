import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** Peak memory, in kB, of a program that has 200,000 small objects in use and throws away ten times as many. */
async function peak(before: string): Promise<number> {
  const program = `
    ${before}
    const kept = [];
    for (let at = 0; at < 4_000_000; at++) kept[at % 400_000] = { at, text: [at, at] };
    process.stdout.write(String(process.resourceUsage().maxRSS));
  `;
  const flags = ['--import', 'tsx', '--conditions=mar-source', '--input-type=module', '-e'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  return Number(stdout);
}

test('what waits for the collector is little beside what is in use', async () => {
  const module = JSON.stringify(new URL('../../src/bin/spare-memory.ts', import.meta.url).href);
  const load = `const { spareMemory } = await import(${module});`;
  const [usual, spared] = [await peak(load), await peak(`${load} spareMemory();`)];
  assert.ok(spared < 0.85 * usual, `${spared} kB instead of ${usual}`);
});

test.run();
