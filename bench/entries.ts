import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgeZip } from '../test/hostile/forge-zip.js';
import { rounds } from './effort.js';
import { type Finished, runTimed } from './processes.js';
import { type Row, ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

/** 70,000 entries of some hundred bytes in a zip. */
const MANY = `
import sys, zipfile
method = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}[sys.argv[2]]
with zipfile.ZipFile(sys.argv[1], "w", method) as archive:
    archive.writestr("MAR-INF/MANIFEST.json", '{"runtime":"nodejs","model":{"modelName":"many","handler":"service.js:handle"}}')
    archive.writestr("service.js", "export const handle = (batch) => batch.map(() => 1);")
    for i in range(69_998):
        archive.writestr(f"labels/{i // 1000}/{i}.txt", f"the label of number {i}, " * 8)
`;

/** Archives of very many entries, honest and hostile: what each entry costs, beside Python's reader. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-entries-'));
  try {
    const [stored, deflated, shared] = ['stored', 'deflated', 'shared'].map((name) => join(folder, `${name}.mar`)) as [
      string,
      string,
      string,
    ];
    for (const [path, method] of [
      [stored, 'stored'],
      [deflated, 'deflated'],
    ] as const)
      await runTimed('python3', ['-c', MANY, path, method], '.');
    writeFileSync(shared, sharedBytes());
    const mar = (args: readonly string[], code = 0) =>
      runTimed(process.execPath, ['dist/bin/mar.js', ...args], '.', code);
    const target = join(folder, 'extracted');
    const emptied = async (measured: () => Promise<Finished>): Promise<Finished> => {
      rmSync(target, { recursive: true, force: true });
      return measured();
    };
    const results = await alternate(rounds(3), {
      stored: () => mar(['validate', stored]),
      storedPython: () => runTimed('python3', ['-m', 'zipfile', '-t', stored], '.'),
      deflated: () => mar(['validate', deflated]),
      deflatedPython: () => runTimed('python3', ['-m', 'zipfile', '-t', deflated], '.'),
      shared: () => mar(['validate', shared], 1),
      inspect: () => mar(['inspect', '--json', deflated]),
      extract: () => emptied(() => mar(['extract', deflated, target])),
      extractPython: () => emptied(() => runTimed('python3', ['-m', 'zipfile', '-e', deflated, target], '.')),
    });
    report('entries', [
      row('`validate`, 70,000 stored entries', results.stored, 'zipfile -t', results.storedPython, true),
      row('`validate`, 70,000 deflated entries', results.deflated, 'zipfile -t', results.deflatedPython, true),
      row('`validate`, 300 entries over the same 10 MB: refused', results.shared, '', [], true),
      row('`inspect`, 70,000 deflated entries', results.inspect, 'zipfile -t', results.deflatedPython, false),
      row('`extract`, 70,000 deflated entries', results.extract, 'zipfile -e', results.extractPython, false),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(what: string, ours: readonly Finished[], name: string, theirs: readonly Finished[], floor: boolean): Row {
  const time = median(ours.map(({ seconds }) => seconds));
  const peak = Math.max(...ours.map(({ peakMegabytes = 0 }) => peakMegabytes));
  const other = median(theirs.map(({ seconds }) => seconds));
  return {
    what,
    ours: `${time.toFixed(2)} s, ${peak.toFixed(0)} MB`,
    others: name === '' ? '' : `\`python3 -m ${name}\` ${other.toFixed(2)} s`,
    ...(name === '' ? { ratio: '' } : ratio(time, other)),
    ...(floor && { floor: '< 2 s, < 200 MB', holds: time < 2 && peak < 200 }),
  };
}

/** Every entry claims the same bytes: 3 GB for whoever reads them one after the other. */
function sharedBytes(): Buffer {
  const data = randomBytes(10 * 2 ** 20);
  const again = Array.from({ length: 299 }, (_, index) => ({
    name: `again-${index}`,
    data,
    listedOnly: true,
    central: { offset: 0 },
  }));
  return forgeZip([{ name: 'first', data }, ...again]);
}
