import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTimed } from './processes.js';
import { type Row, report } from './report.js';

/** Contents made to take memory while they are looked at, each validated by a process of its own. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-hurting-'));
  try {
    await runTimed('python3', ['bench/hurting.py', folder], '.');
    const rows: Row[] = [];
    for (const file of readdirSync(folder).sort()) {
      const command = ['dist/bin/mar.js', 'validate', '--json', join(folder, file)];
      const { seconds, peakMegabytes = 0 } = await runTimed(process.execPath, command, '.', 0, 1);
      rows.push({
        what: file.slice(0, -'.mar'.length),
        ours: `${peakMegabytes.toFixed(0)} MB, ${seconds.toFixed(1)} s`,
        others: '',
        ratio: '',
        floor: '< 200 MB',
        holds: peakMegabytes < 200,
      });
    }
    report('hurting', rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
