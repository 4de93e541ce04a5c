import { MarError } from '#errors/mar-error.js';

/** Decodes one name or value of a form or query. Throws `ERR_HTTP_MESSAGE` on a broken escape. */
export function decodeForm(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

/** Decodes percent escapes. Throws `ERR_HTTP_MESSAGE` on a broken one. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new MarError(`"${text}" has a broken escape.`, { code: 'ERR_HTTP_MESSAGE' });
  }
}
