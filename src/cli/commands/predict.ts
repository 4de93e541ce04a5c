import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Command } from 'commander';
import { MarError } from '#errors/mar-error.js';
import { type PredictInput, predict } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { type ModelFlags, modelOptions, toModelOptions } from '../model-options.js';
import { readField, readHeader } from '../request-parts.js';
import { packedIfSource } from '../server/source-directory.js';
import { ARCHIVES, argument } from '../values.js';

interface PredictFlags extends ModelFlags {
  readonly contentType?: string;
  readonly form?: readonly string[];
  readonly data?: string;
  readonly header?: readonly string[];
  readonly json?: true;
}

/** `mar predict ARCHIVE INPUT`: one inference without a server; the answer goes to stdout as the handler made it. */
export function predictCommand({ io, exit }: CommandContext): Command {
  const command = modelOptions(new Command('predict'))
    .description('run one inference without a server and print the answer')
    .addArgument(argument('<archive>', 'a .mar or a model directory', ARCHIVES))
    .addArgument(argument('[input]', "the request's body: a file, or - for standard input", { files: [] }))
    .option('-d, --data <text>', 'the body as text, JSON or not, or @FILE')
    .option(
      '-F, --form <name=value>',
      'an input of a form: NAME=TEXT or NAME=@FILE, with ;type=TYPE where it matters (repeatable)',
      collect,
    )
    .option('-H, --header <line>', "a header of the request, 'Name: value' (repeatable)", collect)
    .option('--content-type <type>', "content type of the body (default: by the file's extension or content)")
    .option('--json', 'print status, headers and body as JSON')
    .action(async (archive: string, input: string | undefined, flags: PredictFlags) => {
      const result = await predict(
        resolve(io.cwd, await packedIfSource(archive, io)),
        await request(input, flags, io),
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
    [`mar predict greeter.mar -d '[1, 2, 3]' -H 'Accept: application/json'`, 'JSON and a header from the command line'],
    ['echo fine | mar predict --content-type text/plain sentiment.mar -', 'the request from standard input'],
  ]);
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The request that argument and flags describe; `ERR_USAGE` unless its body comes from one place. */
async function request(input: string | undefined, flags: PredictFlags, io: Io): Promise<PredictInput> {
  const { form, data, contentType } = flags;
  const given = [input !== undefined && 'INPUT', form && '--form', data !== undefined && '--data'].filter(Boolean);
  if (given.length !== 1) {
    throw new MarError(
      given.length === 0 ? 'There is nothing to send.' : `The request is given twice: ${given.join(' and ')}.`,
      { code: 'ERR_USAGE', hint: 'Give one of a file (or - for standard input), --data TEXT, and --form NAME=VALUE.' },
    );
  }
  const headers = Object.fromEntries((flags.header ?? []).map(readHeader));
  if (form) return { headers, fields: form.map((text) => readField(text, io.cwd)) };
  const type = contentType ?? headers['content-type'];
  return { ...(await body(input, data, io)), headers, ...(type !== undefined && { contentType: type }) };
}

async function body(input: string | undefined, data: string | undefined, io: Io): Promise<PredictInput> {
  const file = data?.startsWith('@') ? data.slice(1) : input;
  if (data !== undefined && !data.startsWith('@'))
    return { bytes: Buffer.from(data), contentType: /^\s*[[{"]/.test(data) ? 'application/json' : 'text/plain' };
  if (file === '-') return { bytes: await buffer(io.stdin) };
  return file === undefined ? {} : { file: resolve(io.cwd, file) };
}
