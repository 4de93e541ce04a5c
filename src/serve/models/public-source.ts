/** Names of query parameters whose values let their bearer in, as object stores sign their URLs. */
const SECRET = /sig|token|secret|passw|credential|key|auth/i;
const HIDDEN = '***';

/**
 * A source as answers and logs may show it: the user and password of a URL, and the values of query parameters that sign it or
 * carry a key, are replaced by `***`. Anything but an http(s) URL comes back as it is.
 */
export function publicSource(source: string): string {
  if (!/^https?:/i.test(source)) return source;
  const [address = '', query] = source.split(/\?(.*)/s, 2);
  const shown = address.replace(/^([a-z]+:\/*)[^/]*@/i, `$1${HIDDEN}@`);
  if (query === undefined) return shown;
  const parameters = query.split('&').map((parameter) => {
    const [name = ''] = parameter.split('=', 1);
    return SECRET.test(name) && parameter.includes('=') ? `${name}=${HIDDEN}` : parameter;
  });
  return `${shown}?${parameters.join('&')}`;
}
