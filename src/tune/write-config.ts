import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MarError, messageOf, reasonOf } from '#errors/mar-error.js';
import { isObject, type JsonObject } from '#json-object.js';
import type { Serving } from '#manifest/manifest.js';

/** Whether the file is a configuration of builds, which a later build reads, and not an archive. */
export function isConfig(file: string): boolean {
  return ['mar.config.json', 'package.json'].includes(basename(file));
}

/** Throws `ERR_CONFIG` where nothing could be written into the configuration: it is not there, not JSON, or a package.json without `mar`. */
export async function checkConfig(file: string): Promise<void> {
  await readConfig(file);
}

/**
 * Writes into a `mar.config.json`, or the key `mar` of a `package.json`, how archives ask to be served, so that later builds keep it; all else stays, with the file's
 * indent. Throws `ERR_CONFIG`.
 */
export async function writeConfig(file: string, serving: Serving): Promise<void> {
  const { text, whole, config } = await readConfig(file);
  const changed = { ...config, serving: { ...serving } };
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  const end = text.endsWith('\n') ? '\n' : '';
  const written = `${JSON.stringify(config === whole ? changed : { ...whole, mar: changed }, null, indent)}${end}`;
  const staged = `${file}.${randomUUID()}`;
  try {
    await writeFile(staged, written);
    await rename(staged, file);
  } catch (cause) {
    await rm(staged, { force: true });
    throw unfit(file, `cannot be written: ${reasonOf(cause)}`);
  }
}

async function readConfig(
  file: string,
): Promise<{ readonly text: string; readonly whole: JsonObject; readonly config: JsonObject }> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unfit(file, `cannot be read: ${reasonOf(cause)}`);
  });
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (cause) {
    throw unfit(file, `is not JSON: ${messageOf(cause)}`);
  }
  const config = basename(file) === 'package.json' && isObject(whole) ? whole['mar'] : whole;
  if (isObject(whole) && isObject(config)) return { text, whole, config };
  throw unfit(file, 'holds no configuration of builds');
}

function unfit(file: string, found: string): MarError {
  return new MarError(`${file} ${found}.`, {
    code: 'ERR_CONFIG',
    hint: 'Name the mar.config.json of the model, a package.json with the key mar, or a new archive.',
  });
}
