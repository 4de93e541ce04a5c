import { printableLine } from '#printable.js';
import type { ProblemList } from './problem.js';

const MAX_PATH_BYTES = 1024;
const MAX_NAME_BYTES = 255;
const MAX_DEPTH = 64;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const DRIVE = /^[A-Za-z]:/;
/** Most names by far; telling them costs a tenth of looking every character up. */
const PLAIN = /^[\x20-\x7e]*$/;
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff\ufffd]/u;
const WINDOWS_RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const WINDOWS_FORBIDDEN = /[<>:"|?*]|[. ]$/;

/** The text of a recorded name, or undefined when its bytes are not UTF-8 (which every writer of archives uses today). */
export function decodeName(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A recorded path without the `./` that some writers put before every name: the same file to every reader. */
export function withoutDot(path: string): string {
  return path.startsWith('./') ? path.replace(/^(\.\/+)+/, '') : path;
}

/** A name made fit to be shown in a message: unprintable characters as escapes, at most 120 characters. */
export function shownName(name: string): string {
  if (name.length <= 120 && PLAIN.test(name)) return name;
  const short = name.length > 120 ? `${name.slice(0, 117)}...` : name;
  return printableLine(short);
}

/**
 * Whether a recorded path is safe to be joined to a folder on any system: relative, normal, no step upwards, printable, not
 * too long. Reports what is wrong; names that only Windows refuses are a warning and still safe.
 */
export function checkEntryPath(path: string, problems: ProblemList): boolean {
  const entry = shownName(path);
  const bad = (code: 'ERR_ENTRY_PATH' | 'ERR_ENTRY_NAME' | 'ERR_LIMIT_PATH', reason: string): false => {
    problems.add(code, `entry "${entry}" ${reason}`, { entry });
    return false;
  };
  if (path === '') return bad('ERR_ENTRY_NAME', 'has an empty name');
  if (!PLAIN.test(path) && UNPRINTABLE.test(path)) return bad('ERR_ENTRY_NAME', 'has control characters in its name');
  if (path.includes('\\')) return bad('ERR_ENTRY_PATH', 'has a backslash, which is a path separator on Windows');
  if (path.startsWith('/')) return bad('ERR_ENTRY_PATH', 'has an absolute path');
  if (DRIVE.test(path)) return bad('ERR_ENTRY_PATH', 'starts with a drive letter');
  const names = path.split('/');
  if (names.includes('..')) return bad('ERR_ENTRY_PATH', 'steps out of its folder with ".."');
  if (names.includes('.') || names.includes('')) return bad('ERR_ENTRY_PATH', 'has an empty or "." segment');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return bad('ERR_LIMIT_PATH', `is longer than ${MAX_PATH_BYTES} bytes`);
  if (names.length > MAX_DEPTH) return bad('ERR_LIMIT_PATH', `is more than ${MAX_DEPTH} folders deep`);
  for (const name of names) {
    if (Buffer.byteLength(name) > MAX_NAME_BYTES)
      return bad('ERR_LIMIT_PATH', `has a name over ${MAX_NAME_BYTES} bytes`);
    if (WINDOWS_RESERVED.test(name) || WINDOWS_FORBIDDEN.test(name)) {
      problems.add('ERR_ENTRY_NAME_WINDOWS', `entry "${entry}" has a name that Windows forbids`, {
        entry,
        found: name,
      });
    }
  }
  return true;
}
