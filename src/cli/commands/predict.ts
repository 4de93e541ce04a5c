import { resolve } from 'node:path';
import { Command } from 'commander';
import { predict } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { type ModelFlags, modelOptions, toModelOptions } from '../model-options.js';
import { givenRequest, type RequestFlags, requestOptions } from '../request/request-parts.js';
import { packedIfSource } from '../server/source-directory.js';
import { ARCHIVES, argument } from '../values.js';

interface PredictFlags extends ModelFlags, RequestFlags {
  readonly json?: true;
}

/** `mar predict ARCHIVE INPUT`: one inference without a server; the answer goes to stdout as the handler made it. */
export function predictCommand({ io, exit }: CommandContext): Command {
  const command = requestOptions(modelOptions(new Command('predict')))
    .description('run one inference without a server and print the answer')
    .addArgument(argument('<archive>', 'a .mar or a model directory', ARCHIVES))
    .addArgument(argument('[input]', "the request's body: a file, or - for standard input", { files: [] }))
    .option('--json', 'print status, headers and body as JSON')
    .action(async (archive: string, input: string | undefined, flags: PredictFlags) => {
      const result = await predict(
        resolve(io.cwd, await packedIfSource(archive, io)),
        await givenRequest(input, flags, io),
        toModelOptions(flags, io),
      );
      const { failureReport, predictReport, predictJson } = await import('#report/predict.js');
      if (flags.json) io.stdout.write(predictJson(result));
      else if (result.failure === undefined) io.stdout.write(predictReport(result, io.stdout.isTTY === true));
      else io.stderr.write(failureReport(result.modelName, result.status, result.failure));
      exit(result.status < 400 ? 0 : 1);
    });
  return addExamples(command, [
    ['mar predict resnet-152.mar cat.jpg', 'ask a model once'],
    [
      "mar predict vad.mar -F input=@speech.json -F 'sr=16000;type=application/json'",
      'several inputs by name, as curl -F sends them',
    ],
    ['mar predict upscaler.mar -i image=@cat.jpg -i factor=2', 'the inputs that the handler declares'],
    [`mar predict greeter.mar -d '[1, 2, 3]' -H 'Accept: application/json'`, 'JSON and a header from the command line'],
    ['echo fine | mar predict --content-type text/plain sentiment.mar -', 'the request from standard input'],
  ]);
}
