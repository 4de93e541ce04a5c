import { resolve } from 'node:path';
import { Command } from 'commander';
import { CONVERT_TARGETS, type ConvertOptions, convert, KSERVE_RUNTIMES } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { ARCHIVES, argument, oneOf, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface ConvertFlags extends Omit<ConvertOptions, 'force' | 'signal'> {
  readonly force?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mar convert ARCHIVE --to TARGET`: what another server loads, and what could not be carried. */
export function convertCommand({ io }: CommandContext): Command {
  const command = new Command('convert')
    .description('make of an archive what another server loads, and say what could not be carried; runs nothing of it')
    .addArgument(argument('<archive>', 'a .mar (zip or gzipped tar) or a model directory', ARCHIVES))
    .addOption(
      option('--to <target>', CONVERT_TARGETS.join(', '), { words: CONVERT_TARGETS })
        .argParser(oneOf(CONVERT_TARGETS))
        .makeOptionMandatory(),
    )
    .addOption(
      option('-o, --out <path>', 'the file or directory to write (default: NAME-TARGET beside the archive)', ARCHIVES),
    )
    .option('-f, --force', 'replace an earlier conversion; the archive and other files are never replaced')
    .addOption(
      option('--batch-size <number>', 'rows of a batch, over what the archive asks for').argParser(wholeNumber(1)),
    )
    .addOption(
      option(
        '--max-batch-delay <ms>',
        'what a batch waits for more requests, over what the archive asks for',
      ).argParser(wholeNumber(0)),
    )
    .addOption(option('--workers <number>', 'workers, over what the archive asks for').argParser(wholeNumber(1)))
    .addOption(
      option('--threads <number>', 'threads of each worker, over what the archive asks for').argParser(wholeNumber(1)),
    )
    .addOption(option('--model <entry>', 'triton, mlserver, kserve: the ONNX file, where the archive has several'))
    .addOption(
      option('--bridge-node <from>', 'a Node handler on the Python servers: as mar build has it').choices([
        'pip',
        'bundled',
      ]),
    )
    .addOption(
      option(
        '--vendor <platforms>',
        'a Node handler on the Python servers: native modules to pack, as mar build has it',
        {
          words: ['linux-x64', 'linux-arm64'],
        },
      ),
    )
    .addOption(option('--storage-uri <uri>', 'kserve: where the folder storage will lie; required there'))
    .addOption(
      option(
        '--kserve-runtime <server>',
        'kserve: triton or torchserve (default: triton where the archive only runs its model)',
      ).choices([...KSERVE_RUNTIMES]),
    )
    .addOption(option('--name <name>', "kserve: name of the resource (default: the model's, made valid)"))
    .addOption(option('--cpu <quantity>', 'kserve: processors to request, such as 2 or 500m'))
    .addOption(option('--memory <quantity>', 'kserve: memory to request, such as 2Gi'))
    .addOption(option('--gpu <number>', 'kserve: GPUs to request').argParser(wholeNumber(1)))
    .option('--json', 'print the result as JSON')
    .action(async (archive: string, { json, out, force, quiet: _, ...flags }: ConvertFlags) => {
      const conversion = await convert(resolve(io.cwd, archive), {
        ...flags,
        ...(out !== undefined && { out: resolve(io.cwd, out) }),
        force: force === true,
        signal: io.signal,
      });
      const { jsonReport } = await import('#report/json.js');
      const { conversionReport } = await import('#report/convert/text.js');
      io.stdout.write(json ? jsonReport(conversion) : conversionReport(conversion, io.stdout.columns));
    });
  return addExamples(command, [
    ['mar convert resnet-152.mar --to torchserve', 'an archive that TorchServe loads, a Node handler with the bridge'],
    ['mar convert detector.mar --to triton --batch-size 8', 'a model repository for Triton'],
  ]);
}
