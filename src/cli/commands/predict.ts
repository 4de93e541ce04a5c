import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { predict } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { type ModelFlags, modelOptions, toModelOptions } from '../model-options.js';
import { ARCHIVES, argument } from '../values.js';

interface PredictFlags extends ModelFlags {
  readonly contentType?: string;
  readonly json?: true;
}

/** `mar predict ARCHIVE INPUT`: one inference without a server; the answer goes to stdout as the handler made it. */
export function predictCommand({ io, exit }: CommandContext): Command {
  const command = modelOptions(new Command('predict'))
    .description('run one inference without a server and print the answer')
    .addArgument(argument('<archive>', 'a .mar or a model directory', ARCHIVES))
    .addArgument(argument('<input>', "the request's body: a file, or - for standard input", { files: [] }))
    .option('--content-type <type>', "content type of the input (default: by the file's extension or content)")
    .option('--json', 'print status, headers and body as JSON')
    .action(async (archive: string, input: string, flags: PredictFlags) => {
      const body = input === '-' ? { bytes: await buffer(io.stdin) } : { file: resolve(io.cwd, input) };
      const result = await predict(
        resolve(io.cwd, archive),
        { ...body, ...(flags.contentType !== undefined && { contentType: flags.contentType }) },
        toModelOptions(flags, io),
      );
      const { failureReport, predictReport, predictJson } = await import('#report/predict.js');
      if (flags.json) io.stdout.write(predictJson(result));
      else if (result.failure === undefined) io.stdout.write(predictReport(result));
      else io.stderr.write(failureReport(result.modelName, result.status, result.failure));
      exit(result.status < 400 ? 0 : 1);
    });
  return addExamples(command, [
    ['mar predict resnet-152.mar cat.jpg', 'ask a model once'],
    ['echo fine | mar predict --content-type text/plain sentiment.mar -', 'the request from standard input'],
  ]);
}
