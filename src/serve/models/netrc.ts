import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';

/**
 * `user:password` of a host, from the file that `NETRC` names, else from `.netrc` in the home directory; undefined where it has no entry
 * `machine HOST`. The entry `default` is not used: a password goes to a host that is named. A file of `NETRC` that cannot be read is
 * `ERR_MODEL_DOWNLOAD`.
 */
export async function netrcLogin(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const named = env['NETRC'] || undefined;
  const path = named ?? join(env['HOME'] || homedir(), '.netrc');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (named === undefined && systemCode(cause) !== undefined) return undefined;
    throw new MarError(`The file ${path} of NETRC cannot be read: ${messageOf(cause)}.`, {
      code: 'ERR_MODEL_DOWNLOAD',
      cause,
    });
  }
  return loginOf(host, wordsOf(text));
}

/** Words of the file; one in quotes may hold spaces. Comments and macros are left out. */
function wordsOf(text: string): string[] {
  const lines = text.replaceAll(/^\s*macdef\b[\s\S]*?(?:\n\s*\n|$(?![\s\S]))/gm, '\n').split('\n');
  return lines
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) =>
      Array.from(
        line.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g),
        ([word, quoted]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? word,
      ),
    );
}

function loginOf(host: string, words: readonly string[]): string | undefined {
  let isMeant = false;
  const found: { login?: string; password?: string } = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === 'machine' || word === 'default') {
      if (isMeant) break;
      isMeant = word === 'machine' && words[++at]?.toLowerCase() === host.toLowerCase();
    } else if (word === 'login' || word === 'password' || word === 'account') {
      const value = words[++at];
      if (isMeant && word !== 'account' && value !== undefined) found[word] = value;
    }
  }
  return isMeant ? `${found.login ?? ''}:${found.password ?? ''}` : undefined;
}
