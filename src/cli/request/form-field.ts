import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { MarError } from '#errors/mar-error.js';
import type { PredictInput } from '#index.js';
import type { Io } from '../command.js';

/** An input of a form, by its name. */
export type Field = NonNullable<PredictInput['fields']>[number];

/** What may follow a value behind a semicolon. */
const ATTRIBUTE = /\s*;\s*(type|filename|headers|encoder)=/gi;

/**
 * An input of a form as `curl -F` writes it: `NAME=TEXT`, `NAME=@FILE` which is sent as a file, or `NAME=<FILE` whose content is sent as a
 * text (`-` is standard input), each with `;type=TYPE` and `;filename=NAME` at its end. A value in quotes may hold any of that. Files are
 * relative to the working directory. Throws `ERR_USAGE`.
 */
export async function readField(text: string, io: Pick<Io, 'cwd' | 'stdin'>): Promise<Field> {
  const [name = '', given] = text.split(/=(.*)/s);
  if (name === '' || given === undefined) {
    throw new MarError(`'${text}' is not an input of a form, expected NAME=VALUE or NAME=@FILE.`, {
      code: 'ERR_USAGE',
    });
  }
  const [, how = '', rest = ''] = /^([@<]?)(.*)$/s.exec(given) ?? [];
  const { value, type, filename } = readPart(rest, text);
  const attributes = {
    ...(type !== undefined && { contentType: type }),
    ...(filename !== undefined && { filename }),
  };
  if (how === '') return { name, bytes: Buffer.from(value), ...attributes };
  if (value === '-') {
    const bytes = await buffer(io.stdin);
    // Without a name of its own a part is a text, and has no type.
    return how === '@' ? { name, bytes, filename: '-', ...attributes } : { name, bytes, ...attributes };
  }
  if (how === '@') return { name, file: resolve(io.cwd, value), ...attributes };
  return { name, bytes: await readText(resolve(io.cwd, value), text), ...attributes };
}

interface Part {
  readonly value: string;
  readonly type?: string;
  readonly filename?: string;
}

/** A value and its attributes. Other than curl, a semicolon before anything else is a part of the value. */
function readPart(text: string, asked: string): Part {
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(?=;|$)/s.exec(text);
  const start = quoted?.[0].length ?? 0;
  const marks = [...text.slice(start).matchAll(ATTRIBUTE)];
  const end = start + (marks[0]?.index ?? text.length - start);
  const found: { type?: string; filename?: string } = {};
  for (const [at, mark] of marks.entries()) {
    const key = mark[1]?.toLowerCase();
    const from = start + mark.index + mark[0].length;
    const value = text.slice(from, start + (marks[at + 1]?.index ?? text.length - start)).trim();
    if (key === 'type' || key === 'filename') found[key] = unquoted(value);
    else
      throw new MarError(`'${asked}' has ;${key}=, which is not understood here.`, {
        code: 'ERR_USAGE',
        hint: 'An input of a form may have ;type=TYPE and ;filename=NAME; put a value with other semicolons in double quotes.',
      });
  }
  // What stands behind a quotation makes it a part of the value.
  const isQuoted = quoted !== null && end === start;
  return { value: isQuoted ? unquoted(text.slice(0, end).trim()) : text.slice(0, end), ...found };
}

function unquoted(text: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)?.[1];
  return inside === undefined ? text : inside.replace(/\\(["\\])/g, '$1');
}

async function readText(file: string, asked: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MarError(`The file ${file} of the input '${asked}' cannot be read.`, {
      code: 'ERR_USAGE',
      hint: 'After < a form names a file whose text is sent; a text that begins with < is put in double quotes, or sent from a file, too.',
      cause,
    });
  }
}

/** A declared input: `NAME=VALUE`, or `NAME=@FILE`; the value as it is written. Throws `ERR_USAGE`. */
export function readInput(text: string, cwd: string): Field {
  const [name = '', value] = text.split(/=(.*)/s);
  if (name === '' || value === undefined)
    throw new MarError(`'${text}' is not an input, expected NAME=VALUE or NAME=@FILE.`, { code: 'ERR_USAGE' });
  return value.startsWith('@') ? { name, file: resolve(cwd, value.slice(1)) } : { name, bytes: Buffer.from(value) };
}

/** What is to be said of inputs that have the same name. */
export function repeatedInputs(fields: readonly Field[]): string[] {
  const names = fields.map(({ name }) => name);
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...repeated].map(
    (name) =>
      `the input '${name}' is given ${names.filter((one) => one === name).length} times, and all are sent: a handler gets the last one, as from the real servers; ready-made services and declared inputs refuse them.`,
  );
}
