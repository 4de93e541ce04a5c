import { resolve } from 'node:path';
import { Command } from 'commander';
import { inspect } from '#index.js';
import type { CommandContext } from '../command.js';
import { onlyArchive } from '../only-archive.js';

/** `mar inspect ARCHIVE`: what is inside, without running it. */
export function inspectCommand({ io, exit }: CommandContext): Command {
  return new Command('inspect')
    .description('show what an archive or model directory holds: manifest, entries, digests, models, device context')
    .argument('[archive]', 'a .mar (zip or gzipped tar) or a model directory (default: the only .mar here)')
    .option('--json', 'print the result as JSON')
    .action(async (given: string | undefined, options: { json?: true }) => {
      const archive = given ?? (await onlyArchive(io, 'inspect'));
      const result = await inspect(resolve(io.cwd, archive), { signal: io.signal });
      const { jsonReport } = await import('#report/json.js');
      const { inspectReport } = await import('#report/inspect.js');
      io.stdout.write(options.json ? jsonReport(result) : inspectReport(result, io.stdout.columns));
      if (!result.sound) exit(1);
    });
}
