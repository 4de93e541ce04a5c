import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Row, report } from './report.js';

const HERE = fileURLToPath(new URL('safety/', import.meta.url));
const MAR = fileURLToPath(new URL('../dist/bin/mar.js', import.meta.url));

/** A Python with scikit-learn, joblib, pandas, torch and what else `safety/harmless.py` uses; and one with the other scanners. */
const FRAMEWORKS = process.env['MAR_BENCH_FRAMEWORKS_PYTHON'];
const SCANNERS = process.env['MAR_BENCH_SCANNERS_PYTHON'];
const RIVALS = ['modelaudit', 'fickling', 'picklescan', 'modelscan'] as const;

interface Verdict {
  readonly path: string;
  readonly passed: boolean;
}

function python(interpreter: string, script: string, folder: string): string {
  const { stdout, stderr, status } = spawnSync(interpreter, [join(HERE, script), folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return stdout.trim();
}

/** How many archives of a folder fail, and of how many. */
function failing(folder: string, ...flags: readonly string[]): readonly [number, number] {
  const { stdout } = spawnSync(process.execPath, [MAR, 'validate', '--json', ...flags, folder], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const { archives }: { archives: readonly Verdict[] } = JSON.parse(stdout);
  for (const { path, passed } of archives) console.log(passed ? 'passes' : 'fails', path);
  return [archives.filter(({ passed }) => !passed).length, archives.length];
}

/** Of each rival, how many cases of a folder it flags by exit code 1. */
function rivals(folder: string): Readonly<Record<string, number>> {
  if (SCANNERS === undefined) return {};
  const cases: readonly Readonly<Record<string, unknown>>[] = Object.values(
    JSON.parse(python(SCANNERS, 'peers.py', folder)),
  );
  return Object.fromEntries(RIVALS.map((name) => [name, cases.filter((one) => one[name] === 1).length]));
}

const beside = (found: Readonly<Record<string, number>>): string =>
  RIVALS.filter((name) => name in found)
    .map((name) => `${name} ${found[name]}`)
    .join(', ');

/** Builds both sets, proves that each malicious case fires, and holds ours beside the other scanners. */
export async function run(): Promise<void> {
  if (FRAMEWORKS === undefined) throw new Error('MAR_BENCH_FRAMEWORKS_PYTHON names no Python: see CONTRIBUTING.md');
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-safety-'));
  try {
    const [bad, good] = [join(folder, 'malicious'), join(folder, 'harmless')];
    console.log(
      python(FRAMEWORKS, 'malicious.py', bad),
      python(FRAMEWORKS, 'malicious_more.py', bad),
      python(FRAMEWORKS, 'malicious_configs.py', bad),
      python(FRAMEWORKS, 'malicious_places.py', bad),
      python(FRAMEWORKS, 'fires.py', bad),
    );
    console.log(
      python(FRAMEWORKS, 'harmless.py', good),
      python(FRAMEWORKS, 'harmless_more.py', good),
      python(FRAMEWORKS, 'harmless_libraries.py', good),
    );
    const [found, all] = failing(bad);
    const [alarms, harmless] = failing(good);
    const [strict] = failing(good, '--strict');
    const [theirs, theirAlarms] = [rivals(bad), rivals(good)];
    const best = Math.max(0, ...Object.values(theirs));
    const rows: Row[] = [
      {
        what: 'malicious archives that fail (exit 1, no flags)',
        ours: `${found} of ${all}`,
        others: beside(theirs),
        ratio: (found / all).toFixed(3),
        floor: '≥ 0.97, and the best of them',
        holds: found / all >= 0.97 && found >= best,
      },
      {
        what: 'harmless archives that fail',
        ours: `${alarms} of ${harmless}`,
        others: beside(theirAlarms),
        ratio: '',
        floor: '≤ 1 of 80',
        holds: alarms <= harmless / 80,
      },
      {
        what: '… with `--strict`',
        ours: `${strict} of ${harmless}`,
        others: '',
        ratio: '',
        floor: '≤ 1 of 80',
        holds: strict <= harmless / 80,
      },
    ];
    report('safety', rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
