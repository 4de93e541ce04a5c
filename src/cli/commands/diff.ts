import { resolve } from 'node:path';
import { Command } from 'commander';
import { diff } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { withReadBar } from '../progress-bar.js';
import { ARCHIVES, argument } from '../values.js';

/** `mar diff A B`: what changes from one archive to the other, and whether callers notice; exit 1 when they differ. */
export function diffCommand({ io, exit }: CommandContext): Command {
  const command = new Command('diff')
    .description('compare two archives: manifest, files, handler source, models, and whether callers break')
    .addArgument(argument('<from>', 'a .mar or a model directory', ARCHIVES))
    .addArgument(argument('<to>', 'a .mar or a model directory', ARCHIVES))
    .option('--json', 'print the result as JSON')
    .action(async (from: string, to: string, options: { json?: true; quiet?: true }) => {
      const result = await withReadBar(io, options.quiet, (watch) =>
        diff(resolve(io.cwd, from), resolve(io.cwd, to), { signal: io.signal, ...watch }),
      );
      const { jsonReport } = await import('#report/json.js');
      const { diffReport } = await import('#report/diff.js');
      io.stdout.write(options.json ? jsonReport(result) : diffReport(result));
      exit(result.different ? 1 : 0);
    });
  return addExamples(command, [
    ['mar diff resnet-152.mar new/resnet-152.mar', 'what a new build changes, and whether callers notice'],
    ['mar diff model resnet-152.mar', 'whether an archive still holds what its directory does'],
  ]);
}
