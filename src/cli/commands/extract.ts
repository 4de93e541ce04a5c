import { resolve } from 'node:path';
import { Command } from 'commander';
import { extract } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { withReadBar } from '../progress-bar.js';
import { ARCHIVES, argument, DIRECTORIES } from '../values.js';

interface ExtractFlags {
  readonly force?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mar extract ARCHIVE [DIR]`: the files of an archive, checked on the way, all or nothing. */
export function extractCommand({ io }: CommandContext): Command {
  const command = new Command('extract')
    .description('write the files of an archive to a directory: all or nothing, never outside of it')
    .addArgument(argument('<archive>', 'a .mar (zip or gzipped tar)', { files: ARCHIVES.files ?? [] }))
    .addArgument(
      argument('[directory]', "absent or empty (default: the archive's name without extension)", DIRECTORIES),
    )
    .option('-f, --force', 'replace an earlier extraction; other files are never removed')
    .option('--json', 'print the result as JSON')
    .action(async (archive: string, directory: string | undefined, { force, json, quiet }: ExtractFlags) => {
      const target = directory === undefined ? undefined : resolve(io.cwd, directory);
      const options = { signal: io.signal, force: force === true, cwd: io.cwd };
      const result = await withReadBar(io, quiet ?? json, ({ onRead }) =>
        extract(resolve(io.cwd, archive), target, { ...options, onProgress: onRead }),
      );
      const { jsonReport } = await import('#report/json.js');
      const { extractReport } = await import('#report/extract.js');
      io.stdout.write(json ? jsonReport(result) : extractReport(result));
    });
  return addExamples(command, [
    ['mar extract resnet-152.mar', 'its files into ./resnet-152'],
    ['mar extract --force resnet-152.mar /srv/model', 'the same over an earlier extraction'],
  ]);
}
