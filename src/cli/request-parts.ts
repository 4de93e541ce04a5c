import { resolve } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import type { PredictInput } from '#index.js';

/** `Name: value` as a header, its name in lower case; throws `ERR_USAGE`. */
export function readHeader(line: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw new MarError(`'${line}' is not a header, expected 'Name: value'.`, { code: 'ERR_USAGE' });
}

/**
 * An input of a form as `curl -F` writes it: `NAME=TEXT`, or `NAME=@FILE` which is sent as a file, each with `;type=TYPE` at its end where it has a content type of its own. Files are relative to `cwd`. Throws `ERR_USAGE`.
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
  return { name, bytes: Buffer.from(value), ...typed };
}
