import { resolve } from 'node:path';
import { Command } from 'commander';
import { inspect } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { onlyArchive } from '../only-archive.js';
import { withReadBar } from '../progress-bar.js';
import { ARCHIVES, argument } from '../values.js';

/** `mar inspect ARCHIVE`: what is inside, without running it. */
export function inspectCommand({ io, exit }: CommandContext): Command {
  const command = new Command('inspect')
    .description('show what an archive or model directory holds: manifest, entries, digests, models, device context')
    .addArgument(
      argument('[archive]', 'a .mar (zip or gzipped tar) or a model directory (default: the only .mar here)', ARCHIVES),
    )
    .option('--json', 'print the result as JSON')
    .action(async (given: string | undefined, options: { json?: true; quiet?: true }) => {
      const archive = given ?? (await onlyArchive(io, 'inspect'));
      const result = await withReadBar(io, options.quiet, (watch) =>
        inspect(resolve(io.cwd, archive), { signal: io.signal, ...watch }),
      );
      const { jsonReport } = await import('#report/json.js');
      const { inspectReport } = await import('#report/inspect.js');
      io.stdout.write(options.json ? jsonReport(result) : inspectReport(result, io.stdout.columns));
      if (!result.sound) exit(1);
    });
  return addExamples(command, [
    ['mar inspect resnet-152.mar', 'what an archive holds'],
    ['mar inspect --json resnet-152.mar | jq .models', 'its models for another program'],
  ]);
}
