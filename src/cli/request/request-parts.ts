import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { MarError } from '#errors/mar-error.js';
import type { PredictInput } from '#index.js';
import type { Io } from '../command.js';
import { type Field, readField, readInput, repeatedInputs } from './form-field.js';

/** Flags of the commands that send a request. */
export interface RequestFlags {
  readonly contentType?: string;
  readonly form?: readonly string[];
  readonly input?: readonly string[];
  readonly data?: string;
  readonly header?: readonly string[];
}

/** Adds those flags to a command. */
export function requestOptions(command: Command): Command {
  return command
    .option('-d, --data <text>', 'the body as text, JSON or not, or @FILE, or @- for standard input', onlyBody)
    .option(
      '-F, --form <name=value>',
      'an input of a form: NAME=TEXT or NAME=@FILE, with ;type=TYPE where it matters (repeatable)',
      collect,
    )
    .option(
      '-i, --input <name=value>',
      'an input that the handler declares: NAME=VALUE or NAME=@FILE (repeatable)',
      collect,
    )
    .option('-H, --header <line>', "a header of the request, 'Name: value' (repeatable)", collect)
    .option('--content-type <type>', "content type of the body (default: by the file's extension or content)");
}

/** curl joins several bodies with `&`, which no model wants. */
function onlyBody(text: string, before: string | undefined): string {
  if (before === undefined) return text;
  throw new MarError(`The body is given twice: --data ${shown(before)} and --data ${shown(text)}.`, {
    code: 'ERR_USAGE',
    hint: 'Give all of it at once, as JSON or from a file (--data @FILE), or several inputs by name with --form NAME=VALUE.',
  });
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/**
 * Headers as `curl -H` writes them, names in lower case: `Name: value`, `Name;` for one without a value; `Name:` alone sends none. One that
 * is given twice has both values. Throws `ERR_USAGE`.
 */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, given, mark, rest = ''] = /^([!#$%&'*+.^_`|~\w-]+)\s*([:;])\s*(.*?)\s*$/.exec(line) ?? [];
    const name = given?.toLowerCase();
    if (name === undefined || (mark === ';' && rest !== ''))
      throw new MarError(`'${line}' is not a header, expected 'Name: value'.`, { code: 'ERR_USAGE' });
    const before = headers.get(name);
    if (name === 'content-type' && before !== undefined)
      throw new MarError('The content type is given twice.', { code: 'ERR_USAGE', hint: 'Leave one -H out.' });
    // A body without a type is a request of its own kind.
    if (mark === ';' || rest !== '' || name === 'content-type')
      headers.set(name, before === undefined ? rest : `${before}, ${rest}`);
  }
  return Object.fromEntries(headers);
}

/** For commander: every value of a repeatable option. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The request that argument and flags describe; `ERR_USAGE` unless its body comes from one place. Inputs that are given twice are told on standard error. */
export async function givenRequest(input: string | undefined, flags: RequestFlags, io: Io): Promise<PredictInput> {
  const { form, input: declared, data, contentType } = flags;
  const given = [
    input !== undefined && 'INPUT',
    (form ?? declared) !== undefined && (form ? '--form' : '--input'),
    data !== undefined && '--data',
  ].filter(Boolean);
  if (given.length !== 1) {
    throw new MarError(
      given.length === 0 ? 'There is nothing to send.' : `The request is given twice: ${given.join(' and ')}.`,
      {
        code: 'ERR_USAGE',
        hint: 'Give one of a file (or - for standard input), --data TEXT, and --input or --form NAME=VALUE.',
      },
    );
  }
  const headers = readHeaders(flags.header ?? []);
  const type = contentType ?? headers['content-type'];
  if (form ?? declared) {
    if (type !== undefined)
      throw new MarError(`A form is sent as multipart/form-data, and its content type is given as '${type}'.`, {
        code: 'ERR_USAGE',
        hint: "Give the type of an input with it, --form 'NAME=@FILE;type=TYPE', or send one body: a file, or --data.",
      });
    return { headers, fields: await givenFields(form ?? [], declared ?? [], io) };
  }
  return { ...(await body(input, data, io)), headers, ...(type !== undefined && { contentType: type }) };
}

async function givenFields(form: readonly string[], declared: readonly string[], io: Io): Promise<Field[]> {
  const fields: Field[] = [];
  // One after the other: standard input can be read once.
  for (const text of form) fields.push(await readField(text, io));
  fields.push(...declared.map((text) => readInput(text, io.cwd)));
  for (const message of repeatedInputs(fields)) io.stderr.write(`warning: ${message}\n`);
  return fields;
}

async function body(input: string | undefined, data: string | undefined, io: Io): Promise<PredictInput> {
  const file = data?.startsWith('@') ? data.slice(1) : input;
  if (data !== undefined && !data.startsWith('@'))
    return { bytes: Buffer.from(data), contentType: /^\s*[[{"]/.test(data) ? 'application/json' : 'text/plain' };
  if (file === '-') return { bytes: await buffer(io.stdin) };
  if (input !== undefined && /^\s*[[{"]/.test(input) && !existsSync(resolve(io.cwd, input)))
    throw new MarError(`There is no file ${shown(input)}.`, {
      code: 'ERR_USAGE',
      hint: `A body from the command line is given with --data '…'; --json says how the answer is printed.`,
    });
  return file === undefined ? {} : { file: resolve(io.cwd, file) };
}
