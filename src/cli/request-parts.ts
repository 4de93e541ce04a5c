import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { MarError } from '#errors/mar-error.js';
import type { PredictInput } from '#index.js';
import type { Io } from './command.js';

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
    .option('-d, --data <text>', 'the body as text, JSON or not, or @FILE')
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

/** `Name: value` as a header, its name in lower case; throws `ERR_USAGE`. */
export function readHeader(line: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw new MarError(`'${line}' is not a header, expected 'Name: value'.`, { code: 'ERR_USAGE' });
}

/**
 * An input of a form as `curl -F` writes it: `NAME=TEXT`, `NAME=@FILE` which is sent as a file, or `NAME=<FILE` whose content is sent as a text, each with `;type=TYPE` at its end where it has a content type of its own. Files are relative to `cwd`. Throws `ERR_USAGE`.
 */
export function readField(text: string, cwd: string): NonNullable<PredictInput['fields']>[number] {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new MarError(`'${text}' is not an input of a form, expected NAME=VALUE or NAME=@FILE.`, {
      code: 'ERR_USAGE',
    });
  }
  const name = text.slice(0, equals);
  const [, value = '', type] = /^(.*?)(?:;type=([^;]+))?$/s.exec(text.slice(equals + 1)) ?? [];
  const typed = type === undefined ? {} : { contentType: type.trim() };
  if (value.startsWith('@')) return { name, file: resolve(cwd, value.slice(1)), ...typed };
  if (value.startsWith('<')) return { name, bytes: readText(resolve(cwd, value.slice(1)), text), ...typed };
  return { name, bytes: Buffer.from(value), ...typed };
}

function readText(file: string, asked: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new MarError(`The file ${file} of the input '${asked}' cannot be read.`, {
      code: 'ERR_USAGE',
      hint: 'After < a form names a file whose text is sent; a text that begins with < is sent from a file, too.',
      cause,
    });
  }
}

/** A declared input: `NAME=VALUE`, or `NAME=@FILE`; the value as it is written. Throws `ERR_USAGE`. */
function readInput(text: string, cwd: string): NonNullable<PredictInput['fields']>[number] {
  const [name = '', value] = text.split(/=(.*)/s);
  if (name === '' || value === undefined)
    throw new MarError(`'${text}' is not an input, expected NAME=VALUE or NAME=@FILE.`, { code: 'ERR_USAGE' });
  return value.startsWith('@') ? { name, file: resolve(cwd, value.slice(1)) } : { name, bytes: Buffer.from(value) };
}

/** For commander: every value of a repeatable option. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The request that argument and flags describe; `ERR_USAGE` unless its body comes from one place. */
export async function givenRequest(input: string | undefined, flags: RequestFlags, io: Io): Promise<PredictInput> {
  const { form, input: declared, data, contentType } = flags;
  const asField = (text: string) => readField(text, io.cwd);
  const asInput = (text: string) => readInput(text, io.cwd);
  const fields = form || declared ? [...(form ?? []).map(asField), ...(declared ?? []).map(asInput)] : undefined;
  const given = [
    input !== undefined && 'INPUT',
    fields && (form ? '--form' : '--input'),
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
  const headers = Object.fromEntries((flags.header ?? []).map(readHeader));
  if (fields) return { headers, fields };
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
