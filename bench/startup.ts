import { rounds } from './effort.js';
import { runTimed } from './processes.js';
import { ratio, report } from './report.js';
import { alternate, median } from './statistics.js';

/** How long `--help` takes beside an empty Node program: what a shell feels at every call. */
export async function run(): Promise<void> {
  const node =
    (...args: string[]) =>
    async () =>
      (await runTimed(process.execPath, args, '.')).seconds;
  const times = await alternate(rounds(15), {
    empty: node('-e', '0'),
    mar: node('dist/bin/mar.js', '--help'),
    'model-archiver': node('dist/bin/model-archiver.js', '--help'),
  });
  const empty = median(times.empty);
  report(
    'startup',
    (['mar', 'model-archiver'] as const).map((name) => ({
      what: `\`${name} --help\``,
      ours: `${(median(times[name]) * 1000).toFixed(0)} ms`,
      others: `\`node -e 0\` ${(empty * 1000).toFixed(0)} ms`,
      ...ratio(median(times[name]), empty, { atMost: 2.5 }),
    })),
  );
}
